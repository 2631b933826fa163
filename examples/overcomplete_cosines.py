"""An overcomplete dictionary of cosines: as it is used for image patches, and certified.

    python examples/overcomplete_cosines.py cosines.npy
    sparsebound certify cosines.npy --prune

64 atoms of length 32: cosines of twice as many frequencies as a basis has, without their means
(but for the first) and of unit norm. Neighbouring frequencies overlap, so that the worst case over
all codes is weak: this is what a certificate says, and why.
"""

from __future__ import annotations

import sys

import numpy as np

LENGTH, ATOMS = 32, 64


def main(path: str) -> None:
    """Make and save."""
    frequencies, samples = np.arange(ATOMS), np.arange(LENGTH)[:, None]
    D = np.cos(np.pi * samples * frequencies / ATOMS)
    D[:, 1:] -= D[:, 1:].mean(axis=0)
    np.save(path, D / np.linalg.norm(D, axis=0))
    print(f"{path}: {ATOMS} atoms of length {LENGTH}")


if __name__ == "__main__":
    main(*sys.argv[1:])
