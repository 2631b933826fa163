"""``sparsebound gate``: a run against its baseline."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import reports
from reports.gate.baseline import Baseline, failures
from reports.gate.compare import NOT_JUDGED, Finding, compare, status
from reports.gate.timing import findings as slower
from reports.run_folder import RunFolder
from reports.summary import plural, summarise
from theory.errors import InputError

ENDS = {0: "passed", 1: "failed", 2: "not judged"}


def run(args: Namespace) -> int:
    """Compare a run with its baseline, or make it the baseline.

    Parameters
    ----------
    args : Namespace
        ``folder``, ``baseline``, ``update_baseline`` and ``base``, of the command line.

    Returns
    -------
    int
        0: as it was. 1: a regression, or a change that is not in the baseline. 2: not judged.

    Raises
    ------
    InputError
        If there is no such run, or it is not finished; if there is no baseline, or it is of
        another schema; if a run that did not pass is to become the baseline; if there is no such
        base commit.
    """
    document = summarise(RunFolder.open(args.folder))
    now = Baseline.of(document)
    path = Path(args.baseline) if args.baseline else default(now.settings["profile"])
    if args.update_baseline:
        if wrong := failures(document):
            raise InputError("RUN_DIR", args.folder, f"a run that passed ({'; '.join(wrong)})")
        now.write(path)
        print(f"{path}: {plural(len(now.theorems), 'theorem')}; look at the difference, commit it")
        return 0
    findings = compare(document, Baseline.read(path))
    if args.base:
        findings += times(args.base)
    show(findings)
    end = status(findings)
    differences = plural(len(findings), "difference") if findings else "no difference"
    print(f"{ENDS[end]}: {plural(len(now.theorems), 'theorem')} against {path}: {differences}")
    return end


def default(profile: str) -> Path:
    """Say where the baseline of a profile is.

    Parameters
    ----------
    profile : str
        The profile.

    Returns
    -------
    Path

    Examples
    --------
    >>> default("ci").parts[-3:]
    ('reports', 'baselines', 'ci.json')
    """
    return Path(reports.__file__).parent / "baselines" / f"{profile}.json"


def times(ref: str) -> list[Finding]:
    """Time the kernels of a base commit and of what runs in turn, and print each.

    Parameters
    ----------
    ref : str
        The base commit.

    Returns
    -------
    list of Finding
        What did not pass, and kernels that only one of the two has.

    Raises
    ------
    InputError
        If there is no such commit here.
    """
    from checks.timing.against import checkout, compare
    from checks.timing.paired import WorkerError

    with checkout(ref) as base:
        try:
            timings, found = compare(base)
        except WorkerError as error:
            look = "pytest tests/benchmarks/test_kernels.py"
            what = str(error).replace(str(base), ref)
            return [Finding("time", "kernels", "workers", "ran", what, NOT_JUDGED, look)]
    for timing in timings:
        print(f"time: {timing}")
    return [*found, *slower(timings)]


def show(findings: list[Finding]) -> None:
    """Print findings, two lines each: what differs, and what to run to look closer.

    Parameters
    ----------
    findings : list of Finding
        From :func:`reports.gate.compare.compare`.

    Examples
    --------
    >>> show([Finding("truth", "a.b", "status", "held", "vacuous", "regression", "explain a.b")])
    regression (truth): a.b: status: held -> vacuous
      look closer: explain a.b
    """
    for found in findings:
        change = f"{found.quantity}: {found.baseline} -> {found.now}"
        print(f"{found.verdict} ({found.evidence}): {found.subject}: {change}")
        print(f"  look closer: {found.look}")
