"""From the arguments of ``sparsebound certify`` to a certificate, printed and saved."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import Namespace
from io import BytesIO
from pathlib import Path

import numpy as np

from checks.certify.engine import certify
from reports.certificate import document, text
from theory.errors import InputError

CERTIFICATE, TEXT, WEIGHTS = "certificate.json", "certificate.txt", "weights.npy"


def run(args: Namespace) -> int:
    """Certify what the arguments name.

    Parameters
    ----------
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        0, or 1 if a network was given and it is not certified.

    Raises
    ------
    InputError
        If an argument cannot be used; nothing was written then.
    """
    if args.out is not None and Path(args.out).exists() and not Path(args.out).is_dir():
        raise InputError("--out", args.out, "a folder, or a path that does not exist")
    found = certify(
        args.file,
        weights=args.weights,
        thresholds=args.thresholds,
        codes=args.codes,
        layout=args.atoms,
        sparsity=args.sparsity,
        amplitude=args.amplitude,
        noise=args.noise,
        tolerance=args.tolerance,
        memory=args.memory,
        progress=_progress if sys.stderr.isatty() else None,
    )
    made = document(found)
    written = json.dumps(made, indent=2, allow_nan=False)
    if args.out is not None:
        folder = Path(args.out)
        folder.mkdir(parents=True, exist_ok=True)
        save(folder / CERTIFICATE, f"{written}\n".encode())
        save(folder / TEXT, f"{text(made)}\n".encode())
        if args.weights == "optimal" and found.weights is not None:
            stored = BytesIO()
            np.save(stored, found.weights)
            save(folder / WEIGHTS, stored.getvalue())
    print(written if args.json else text(made))
    return 0 if found.network is None or found.network.certified else 1


def save(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rproducts: {done} of {total} blocks", end=end, file=sys.stderr, flush=True)
