"""``sparsebound gate``: a run against its baseline, and benchmarks against a base commit."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparsebound.checks.commands.gate_training import gate_training, trained
from sparsebound.checks.project import project
from sparsebound.checks.timing.against import SourceTree
from sparsebound.reports.gate.baseline import Baseline, failures
from sparsebound.reports.gate.benchmark import Benchmark
from sparsebound.reports.gate.compare import NOT_JUDGED, Finding, compare, status
from sparsebound.reports.gate.history import GATE, SCHEMA, history
from sparsebound.reports.gate.reviewed import FILE as BENCHMARKS
from sparsebound.reports.gate.reviewed import Reviewed
from sparsebound.reports.run_folder import RunFolder
from sparsebound.reports.summary import plural, summarise
from sparsebound.theory.errors import InputError

if TYPE_CHECKING:
    from sparsebound.checks.timing.benchmarks import Measured, Stage

ENDS = {0: "passed", 1: "failed", 2: "not judged"}


def run(args: Namespace) -> int:
    """Compare a run with its baseline, or make it the baseline.

    Parameters
    ----------
    args : Namespace
        ``folder``, ``baseline``, ``update_baseline``, ``base``, ``base_python``,
        ``skip_benchmarks`` and ``report``, of the command line.

    Returns
    -------
    int
        0: as it was. 1: a regression, or a change that is not in the baseline. 2: not judged.

    Raises
    ------
    InputError
        If there is no such run, or it is not finished; if there is no baseline, or it is of
        another schema; if a run that did not pass is to become the baseline; if there is no such
        base commit, or no such interpreter; if an option would be ignored.
    """
    from sparsebound.checks.commands.reporting import page_at

    if (results := trained(args.folder)) is not None:
        return gate_training(results, args)
    _refuse_what_is_ignored(args)
    page = page_at(args.report, "--report", force=args.force)
    folder = RunFolder.open(args.folder)
    document = summarise(folder)
    now = Baseline.of(document)
    place = project()
    path = Path(args.baseline or place.baseline_of(now.settings["profile"]))
    timed = path.parent / BENCHMARKS if args.baseline else place.root / place.benchmarks
    head = SourceTree(place.root, module=place.kernels) if place.kernels else None
    if head is None and (asked := args.base or args.base_python):
        said = "kernels to measure: [tool.sparsebound] in pyproject.toml names their module"
        raise InputError("--base" if args.base else "--base-python", asked, said)
    measures = None if args.skip_benchmarks else head
    if args.update_baseline:
        update(document, now, path, measures, timed)
        return 0
    baseline = Baseline.read(path)
    findings = compare(document, baseline)
    show(findings)
    compared, measured = "", None
    if measures:
        compared, measured = benchmarks(args.base, baseline, timed, measures, args.base_python)
        show(measured.findings)
        findings += measured.findings
    end = status(findings)
    gate = {
        "schema": SCHEMA,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": end,
        "outcome": ENDS[end],
        "baseline": {"file": str(path), "provenance": baseline.provenance},
        "base": compared,
        "findings": [asdict(finding) for finding in findings],
        "benchmarks": [asdict(one) for one in measured.benchmarks] if measured else [],
    }
    _keep(folder, gate)
    if page:
        from sparsebound.reports.html.gate import gate_page
        from sparsebound.reports.publish import write

        print(write(page, gate_page(document, gate, history(folder.path, document))))
    differences = plural(len(findings), "difference") if findings else "no difference"
    print(f"{ENDS[end]}: {plural(len(now.theorems), 'theorem')} against {path}: {differences}")
    return end


def _refuse_what_is_ignored(args: Namespace) -> None:
    base = {"--base": args.base, "--base-python": args.base_python}
    ignored = {
        "--skip-benchmarks": base if args.skip_benchmarks else {},
        "--update-baseline": {**base, "--report": args.report} if args.update_baseline else {},
    }
    for option, others in ignored.items():
        for name, value in others.items():
            if value:
                raise InputError(name, value, f"to be left out with {option}")


def update(
    document: dict[str, Any], now: Baseline, path: Path, head: SourceTree | None, timed: Path
) -> None:
    """Make a run the baseline, and measure the benchmarks that go with it.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.
    now : Baseline
        Of the run.
    path : Path
        Where it goes.
    head : SourceTree or None
        Whose benchmarks are measured.
    timed : Path
        Where these go.

    Raises
    ------
    InputError
        If the run did not pass, or a file is there that is something else.
    """
    if wrong := failures(document):
        named = str(document["run"].get("command"))
        raise InputError("RUN_DIR", named, f"a run that passed ({'; '.join(wrong)})")
    found = None
    if head:
        from sparsebound.checks.timing.benchmarks import review

        with stages() as stage:
            found = review(head, stage)
    now.write(path)
    print(f"{path}: {plural(len(now.theorems), 'theorem')}; look at the difference, commit it")
    if found:
        found.write(timed)
        print(f"{timed}: {plural(len(found.calibrated), 'kernel')}; likewise")


def benchmarks(
    ref: str | None,
    baseline: Baseline,
    file: Path,
    head: SourceTree,
    python: str | None = None,
) -> tuple[str, Measured]:
    """Measure the benchmarks, against a base commit's code if there is one; print them as found.

    Parameters
    ----------
    ref : str or None
        The base commit; that of the baseline by default.
    baseline : Baseline
        Of the run.
    file : Path
        The reviewed benchmarks, for where there is no base commit.
    head : SourceTree
        Whose benchmarks are measured.
    python : str, optional
        The interpreter of the environment that the base commit runs in; this one by default.

    Returns
    -------
    compared : str
        With what.
    measured : Measured

    Raises
    ------
    InputError
        If a base commit or an interpreter is asked for that is not there.
    """
    from sparsebound.checks.timing.against import checkout, interpreter
    from sparsebound.checks.timing.benchmarks import Measured, against_base, against_file
    from sparsebound.checks.timing.paired import WorkerError

    commit = ref or str(baseline.provenance.get("commit") or "(the baseline names none)")
    base, compared, measured = None, f"commit {commit}", Measured()
    with ExitStack() as stack:
        try:
            base = stack.enter_context(checkout(commit, interpreter(python), head))
            compared += f", run by {base.python}" if python else ""
        except InputError as error:
            if ref or python:
                raise
            compared = f"calibration kernels and {file} ({error})"
        print(f"benchmarks against {compared}", flush=True)
        try:
            with stages() as stage:
                if base:
                    results = against_base(base, head, stage)
                else:
                    results = against_file(Reviewed.read(file), head, stage)
                for one in results:
                    measured.add(one)
                    if isinstance(one, Benchmark):
                        print(one, flush=True)
        except (WorkerError, InputError) as error:
            look = f"python -c 'import {head.module}'"
            what = str(error).replace(str(base.root), commit) if base else str(error)
            unknown = Finding("time", "benchmarks", "state", "measured", what, NOT_JUDGED, look)
            measured.add(unknown)
    return compared, measured


@contextmanager
def stages() -> Iterator[Stage]:
    """Show what is being measured: a bar on a terminal, a line for each stage elsewhere."""
    if not sys.stderr.isatty():

        def plain(name: str) -> Any:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            return lambda done, total: None

        yield plain
        return
    from rich.console import Console
    from rich.progress import Progress

    screen = sys.stdout.isatty()  # then what is printed goes above the bars
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=screen) as bars:

        def barred(name: str) -> Any:
            task = bars.add_task(name, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield barred


def _keep(folder: RunFolder, gate: dict[str, Any]) -> None:
    """Keep how the gate ended for the history; a folder that cannot be written changes nothing."""
    try:
        folder.keep(GATE, gate)
    except (InputError, OSError) as error:
        print(f"sparsebound: not kept for the history: {error}", file=sys.stderr)


def show(findings: list[Finding]) -> None:
    """Print findings, two lines each: what differs, and what to run to look closer.

    Parameters
    ----------
    findings : list of Finding
        From :func:`sparsebound.reports.gate.compare.compare`.

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
