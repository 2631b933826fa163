"""From the arguments of ``sparsebound certify`` to a certificate, printed and saved."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np

from sparsebound.checks.certify.engine import certify
from sparsebound.reports.certificate import document, text
from sparsebound.reports.fields import write_text
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError

CERTIFICATE, TEXT, PAGE = "certificate.json", "certificate.txt", "certificate.html"
WEIGHTS = "weights.npy"


def run(args: Namespace) -> int:
    """Certify what the arguments name.

    Parameters
    ----------
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        0, or 1 if a network was given and it is not certified, or an attack refuted a bound.

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
        atoms=args.atoms,
        filters=args.filters,
        length=args.length,
        stride=args.stride,
        boundary=args.boundary,
        sparsity=args.sparsity,
        prune=args.prune,
        attack=args.attack,
        amplitude=args.amplitude,
        noise=args.noise,
        tolerance=args.tolerance,
        memory=args.memory,
        progress=_progress if sys.stderr.isatty() else None,
    )
    made = document(found)
    written = json.dumps(made, indent=2, allow_nan=False)
    if args.out is not None:
        from sparsebound.reports.html.certificate import certificate_page

        folder, page = Path(args.out), certificate_page(made)
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / CERTIFICATE, f"{written}\n")
        write_text(folder / TEXT, f"{text(made)}\n")
        write_text(folder / PAGE, page)
        if args.weights == "optimal" and found.weights is not None:
            _save(folder / WEIGHTS, found.weights)
    print(written if args.json else text(made))
    asked = args.weights is not None or args.thresholds is not None
    failed = asked and found.network is not None and not found.network.certified
    refuted = found.attack is not None and bool(found.attack.beaten)
    return 1 if failed or refuted else 0


def _save(path: Path, weights: FloatArray) -> None:
    """Write an array, so that nobody ever sees half of it."""
    temporary = path.with_name(f".{path.name}.tmp.npy")
    try:
        np.save(temporary, weights)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rproducts: {done} of {total} blocks", end=end, file=sys.stderr, flush=True)
