"""``sparsebound gate`` of what ``sparsebound train`` left: shares against those reviewed."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from sparsebound.checks.commands.train import RESULTS
from sparsebound.checks.project import project
from sparsebound.reports.fields import read_json
from sparsebound.reports.gate.compare import status
from sparsebound.reports.gate.trained import TrainedBaseline, compare_trained
from sparsebound.reports.summary import plural
from sparsebound.reports.training import TRAINING, TrainingResults, read_results
from sparsebound.reports.unlabelled import OF_FEATURES
from sparsebound.theory.errors import InputError

NAME, FILE = "training", "sparsebound-training.json"
"""What stands for the profile in the name of a baseline; and its name, where none is said."""


def trained(folder: str) -> TrainingResults | None:
    """Read what was trained into a folder; None if it is another one.

    Parameters
    ----------
    folder : str

    Raises
    ------
    InputError
        If it was trained without labels, or the results cannot be read.
    """
    place = Path(folder) / RESULTS
    if not place.is_file():
        return None
    document = read_json(place)
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind == OF_FEATURES:
        expected = "a training with labels; one without labels has no gate"
        raise InputError("RUN_DIR", folder, expected)
    if kind != TRAINING:
        return None
    return read_results(document)


def gate_training(results: TrainingResults, args: Namespace) -> int:
    """Compare what was trained with its baseline, or make it the baseline.

    Parameters
    ----------
    results : TrainingResults
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        0: within the range of the reviewed seeds. 1: a regression, or a change that is not in the
        baseline. 2: not judged.

    Raises
    ------
    InputError
        If an option is of benchmarks or of pages; if a certificate is broken that is to become the
        baseline; if there is no baseline, or it is of something else.
    """
    for name in ("base", "base_python", "report"):
        if getattr(args, name):
            option = f"--{name.replace('_', '-')}"
            raise InputError(option, getattr(args, name), "to be left out for what was trained")
    place = project()
    named = "{profile}" in place.baseline
    path = Path(args.baseline or (place.baseline_of(NAME) if named else place.root / FILE))
    if args.update_baseline:
        if results.broken:
            raise InputError("RUN_DIR", args.folder, "a training that broke no certificate")
        TrainedBaseline.of(results).write(path)
        count = plural(len(results.runs), "training run")
        print(f"{path}: {count}; look at the difference, commit it")
        return 0
    findings = compare_trained(results, TrainedBaseline.read(path))
    from sparsebound.checks.commands.gate import ENDS, show

    show(findings)
    end = status(findings)
    differences = plural(len(findings), "difference") if findings else "no difference"
    count = plural(len(results.runs), "training run")
    print(f"{ENDS[end]}: {count} against {path}: {differences}")
    return end
