"""From the arguments of ``sparsebound certify`` to a certificate, printed and saved."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.certificate import Certificate
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.commands.output import say
from sparsebound.checks.commands.per_code import PROPERTY, THEOREM, npz, writer
from sparsebound.checks.commands.progress import Progress
from sparsebound.reports.certificate import document, text
from sparsebound.reports.fields import read_json, write_bytes
from sparsebound.reports.overwriting import digest, may_be_written
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.codes import PROPERTIES

CERTIFICATE, TEXT, PAGE = "certificate.json", "certificate.txt", "certificate.html"
WEIGHTS = "weights.npy"
SIGNALS = "signals.npz"
"""Arrays of signals, with the dual points that prove their radii."""
UNFINISHED = "unfinished"
"""The folder of codes that are done, while others are not."""

CODES = "codes"
"""Arrays with one entry a code: what ``EachCode`` has, and the names of its columns; what
``EachSplit`` and ``EachLabel`` have, with ``split_`` and ``label_`` before the names."""


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
    write_each, each_name = writer(args.per_code), f"{CODES}.{args.per_code}"
    folder = None if args.out is None else _folder(Path(args.out), args)
    found = certify(
        args.file,
        weights=args.weights,
        thresholds=args.thresholds,
        skips=args.skips,
        codes=args.codes,
        classifier=args.classifier,
        signals=args.signals,
        penalty=args.penalty,
        head=args.head,
        labels=args.labels,
        radius=args.radius or (),
        ridge=args.ridge,
        lam=args.lam,
        nonnegative=args.nonnegative,
        array=args.array,
        atoms=args.atoms,
        drop_zero_atoms=args.drop_zero_atoms,
        codes_axis=args.codes_axis,
        zero_below=args.zero_below,
        filters=args.filters,
        filter_axis=args.filter_axis,
        length=args.length,
        stride=args.stride,
        boundary=args.boundary,
        sparsity=args.sparsity,
        pairs=args.pairs,
        prune=args.prune,
        attack=args.attack,
        amplitude=args.amplitude,
        noise=args.noise,
        tolerance=args.tolerance,
        memory=args.memory,
        searches=args.searches,
        progress=Progress(sys.stderr),
        keep=None if folder is None else folder / UNFINISHED,
        cluster=args.cluster,
        any_arithmetic=bool(args.any_arithmetic),
    )
    made = document(found)
    if folder is not None and found.predictions is not None:
        made["predictions"]["dual_points"] = SIGNALS
    written = json.dumps(made, indent=2, allow_nan=False)
    if folder is not None:
        from sparsebound.reports.html.certificate import certificate_page

        files = {TEXT: f"{text(made)}\n".encode(), PAGE: certificate_page(made).encode()}
        if args.weights == "optimal" and found.weights is not None:
            files[WEIGHTS] = _stored(found.weights)
        if found.codes is not None:
            files[each_name] = write_each(_each(found))
        if found.solutions is not None:
            files[each_name] = write_each(asdict(found.solutions.each))
        if found.predictions is not None:
            files[SIGNALS] = npz(asdict(found.predictions.each))
        _write(folder, made, files)
    say(written if args.json else text(made))
    asked = args.weights is not None or args.thresholds is not None
    failed = asked and found.network is not None and not found.network.certified
    refuted = found.attack is not None and bool(found.attack.beaten)
    refuted |= found.predictions is not None and bool(found.predictions.broken)
    return 1 if failed or refuted else 0


def _folder(folder: Path, args: Namespace) -> Path:
    """Look at where a certificate is to go, before there is any work to lose."""
    above = [one for one in (folder, *folder.parents) if one.exists()]
    if not args.out or not above[0].is_dir():
        raise InputError("--out", args.out, "a folder, or a path that does not exist")
    place, written = folder / CERTIFICATE, {}
    if place.exists() and not args.force:
        there = read_json(place)
        if not isinstance(there, dict) or not {"schema", "kind", "files"} <= set(there):
            expected = f"a folder without a {CERTIFICATE} of somebody else's (--force writes over)"
            raise InputError("--out", args.out, expected)
        written = there["files"]
    names = [TEXT, PAGE, *([WEIGHTS] if args.weights == "optimal" else [])]
    names += [f"{CODES}.{args.per_code}"] if args.codes is not None else []
    names += [SIGNALS] if args.signals is not None and args.codes is None else []
    may_be_written(folder, names, written, "--out", force=args.force)
    return folder


def _left_over(folder: Path, files: dict[str, Any]) -> list[Path]:
    """What an earlier certificate there had beside it, as it was written, and this one has not."""
    try:
        there = read_json(folder / CERTIFICATE)
    except InputError:
        return []
    written = there.get("files") if isinstance(there, dict) else None
    known = {**written} if isinstance(written, dict) else {}
    beside = {WEIGHTS, *(f"{CODES}.{kind}" for kind in ("npz", "parquet"))} & {*known} - {*files}
    places = (folder / name for name in sorted(beside) if (folder / name).is_file())
    return [one for one in places if digest(one.read_bytes()) == known[one.name]]


def _stored(weights: FloatArray) -> bytes:
    stream = BytesIO()
    np.save(stream, weights)
    return stream.getvalue()


def _each(found: Certificate) -> dict[str, Any]:
    """Arrays with one entry a code, and what the columns of matrices are."""
    properties = [asked.property for asked in PROPERTIES]
    theorems = [asked.theorem for asked in PROPERTIES]
    arrays = {PROPERTY: properties, THEOREM: theorems}
    for before, part in (
        ("", found.codes),
        ("split_", found.nearly_sparse),
        ("label_", found.labels),
    ):
        if part is not None:
            named = asdict(part.each).items()
            arrays |= {
                f"{before}{name}".replace("label_label", "label"): one for name, one in named
            }
    return arrays


def _write(folder: Path, made: dict[str, Any], files: dict[str, bytes]) -> None:
    """Write a certificate and what goes with it, each file whole; digests say that they are ours.

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    digests = {name: digest(content) for name, content in files.items()}
    document = json.dumps({**made, "files": digests}, indent=2, allow_nan=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in _left_over(folder, files):
            old.unlink()
        for name, content in {CERTIFICATE: f"{document}\n".encode(), **files}.items():
            write_bytes(folder / name, content)
    except OSError as error:
        expected = f"a folder that can be written ({error})"
        raise InputError("--out", str(folder), expected) from error
