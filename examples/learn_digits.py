"""Learn the dictionary of handwritten digits that ships with the package.

    python examples/learn_digits.py checks/data/digits.npz

It needs scikit-learn (``pip install sparsebound[examples]``), whose digits are 8 x 8 images of
the UCI Optical Recognition of Handwritten Digits data set. 128 atoms are learned from all images
without their means; the codes of the first 100 images come from orthogonal matching pursuit with
four atoms each. Run again, it gives the same file up to the rounding of the linear algebra.
"""

from __future__ import annotations

import sys

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import DictionaryLearning, sparse_encode

ATOMS, NONZEROS, IMAGES = 128, 4, 100


def main(path: str) -> None:
    """Learn, encode and save."""
    images = load_digits().data / 16.0
    images = images - images.mean(axis=1, keepdims=True)
    learner = DictionaryLearning(
        ATOMS,
        alpha=0.5,
        max_iter=40,
        transform_algorithm="omp",
        transform_n_nonzero_coefs=NONZEROS,
        random_state=0,
    )
    atoms = learner.fit(images).components_
    atoms = atoms[np.linalg.norm(atoms, axis=1) > 1e-6].astype(np.float32)
    codes = sparse_encode(
        images[:IMAGES], atoms.astype(float), algorithm="omp", n_nonzero_coefs=NONZEROS
    )
    np.savez_compressed(path, D=atoms.T, X=codes.astype(np.float32))
    print(f"{path}: {atoms.shape[0]} atoms of length {atoms.shape[1]}, {len(codes)} codes")


if __name__ == "__main__":
    main(*sys.argv[1:])
