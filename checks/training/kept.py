"""Runs that are kept: where they lie, what is written, and what may be taken up again."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

import numpy as np

from sparsebound.reports.fields import read_json, write_bytes, write_json
from sparsebound.reports.networks import NetworkRun
from sparsebound.reports.training import BASELINE, TrainingRun
from sparsebound.reports.unlabelled import UnlabelledRun
from sparsebound.theory.errors import InputError

PERCENTS = tuple(k / 2 for k in range(31))
"""The grid of radii, of which records hold shares."""
SUPPORT_PERCENTS = tuple(k / 10 for k in range(31))
"""That of radii within which no other atoms are used."""
ARRAYS = ("D", "lam", "ridge", "Y")
"""What every network is kept with; with labels, also what reads the features, and they."""
OF_LABELS = ("V", "b", "y")
NO_ARRAYS = (
    OSError, ValueError, EOFError, AttributeError, TypeError, KeyError, zipfile.BadZipFile,
)  # fmt: skip
"""What reading an ``.npz`` that is none, or damaged, may raise."""
AnyRun = TrainingRun | UnlabelledRun | NetworkRun
Stored = TypeVar("Stored", TrainingRun, UnlabelledRun, NetworkRun)


def places(folder: Path, strategy: str, seed: int) -> tuple[Path, Path]:
    """Name the files of a run: its record, and the network.

    Examples
    --------
    >>> [path.name for path in places(Path("out"), "l1+margin", 0)]
    ['l1+margin-0.json', 'l1+margin-0.npz']
    """
    stem = folder / "runs" / f"{strategy}-{seed}"
    return stem.with_name(f"{stem.name}.json"), stem.with_name(f"{stem.name}.npz")


def make_room(folder: Path) -> None:
    """Make the folder of runs, and see that files can be written there.

    Raises
    ------
    InputError
        If not.
    """
    runs = places(folder, "", 0)[0].parent
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=runs):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


def stored_run(
    folder: Path, strategy: str, seed: int, settings: str, kind: type[Stored]
) -> Stored | None:
    """Read a finished run of some kind; None if there is none, or it is damaged.

    Raises
    ------
    InputError
        If it is of other settings, another strategy or seed, or another kind.
    """
    record, network = places(folder, strategy, seed)
    found = _record(record)
    if found is None:
        return None
    of = found.settings, found.strategy, found.seed
    if not isinstance(found, kind) or of != (settings, strategy, seed):
        expected = f"a folder of the same data and settings ({record.name} is of others)"
        raise InputError("--out", str(folder), expected)
    if isinstance(found, NetworkRun):
        return found
    labelled = isinstance(found, TrainingRun)
    names = ARRAYS + OF_LABELS if labelled else ARRAYS
    if len(found.certified) != len(PERCENTS if labelled else SUPPORT_PERCENTS):
        return None
    return found if strategy == BASELINE or _holds(network, names) else None


def keep_run(folder: Path, run: AnyRun, arrays: dict[str, Any]) -> None:
    """Write a run; a network, if there is one, with what it was tested on."""
    record, network = places(folder, run.strategy, run.seed)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        if arrays:
            stream = BytesIO()
            np.savez(stream, **arrays)
            write_bytes(network, stream.getvalue())
        write_json(record, run.to_json())  # last: it says that the run is finished
    except OSError as error:
        raise _unwritable(folder, error) from error


def _record(path: Path) -> AnyRun | None:
    """Read a record of any kind; None if there is none, or it is damaged."""
    for kind in (TrainingRun, UnlabelledRun, NetworkRun):
        try:
            return kind.from_json(read_json(path))
        except InputError:
            continue
    return None


def _holds(network: Path, names: tuple[str, ...]) -> bool:
    """Whether a file holds arrays of finite numbers by these names."""
    try:
        with network.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return all(np.isfinite(stored[name]).all() for name in names)
    except NO_ARRAYS:
        return False


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError("--out", str(folder), f"a folder that can be written ({error})")
