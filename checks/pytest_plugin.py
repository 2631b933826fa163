"""The pytest plugin: one test item a theorem, markers by topic, a summary, JUnit properties.

``pytest --pyargs sparsebound.checks`` tries the whole catalogue. In a suite of your own::

    import pytest
    from sparsebound.checks.pytest_plugin import check_theorem

    @pytest.mark.theorems("uniqueness", load=["conjectures/mine.py"])
    def test_theorem(theorem, record_property):
        check_theorem(theorem, record_property)

A solver or a network of your own, instead of ours, with what is known to fail and why::

    from sparsebound.checks.pytest_plugin import parametrize_with_theorems

    @parametrize_with_theorems(my_solver, "rate", xfail={"rate.fista": "it has no momentum"})
    def test_solver(check, record_property):
        check(record_property)

:mod:`sparsebound.checks.protocol` says what a subject is. The marker takes identifiers and
topics (none: all), and parametrises the argument ``theorem``. ``--sparsebound-profile``,
``--sparsebound-examples`` and ``--sparsebound-seed`` say how much is tried, and from which seed;
``--sparsebound-steps``, for how many steps iterations run.
Select topics by marker: ``pytest --pyargs sparsebound.checks -m uniqueness``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sparsebound.checks.protocol import Subject
    from sparsebound.checks.runner import RunSettings
    from sparsebound.reports.tally import Tally
    from sparsebound.theory.theorem import Theorem

PROPERTY = "sparsebound"
FAILED = pytest.fail.Exception
"""What a test of a theorem raises that did not hold."""
_RUN = pytest.StashKey["RunSettings"]()
_config: list[pytest.Config] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    group = parser.getgroup("sparsebound", "theorems of sparse coding")
    group.addoption("--sparsebound-profile", default="dev", help="dev, ci or nightly")
    group.addoption("--sparsebound-examples", type=int, help="examples of each theorem")
    group.addoption("--sparsebound-steps", type=int, help="steps of iterations and pursuits")
    group.addoption("--sparsebound-seed", type=int, default=0, help="seed of the run")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; those of topics follow when a test asks for theorems."""
    config.addinivalue_line(
        "markers", "theorems(*names, load=()): parametrise 'theorem' with theorems, by identifier"
    )
    _config[:] = [config]


def run_settings(config: pytest.Config) -> RunSettings:
    """Read the options of a run; a bad one is a usage error of pytest."""
    from sparsebound.checks.runner import RunSettings
    from sparsebound.theory.errors import InputError

    if _RUN not in config.stash:
        try:
            config.stash[_RUN] = RunSettings(
                profile=config.getoption("--sparsebound-profile"),
                examples=config.getoption("--sparsebound-examples"),
                steps=config.getoption("--sparsebound-steps"),
                seed=config.getoption("--sparsebound-seed"),
            )
        except InputError as error:
            raise pytest.UsageError(f"--sparsebound-{error}") from None
    return config.stash[_RUN]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item a theorem for functions with the marker."""
    marker = metafunc.definition.get_closest_marker("theorems")
    if marker is None:
        return
    from sparsebound.checks.loading import load, theorems
    from sparsebound.theory.catalogue import select
    from sparsebound.theory.errors import InputError

    if "theorem" not in metafunc.fixturenames:
        raise pytest.UsageError(f"{metafunc.definition.nodeid} needs an argument named 'theorem'")
    try:
        extra: dict[str, Theorem] = {}
        for file in marker.kwargs.get("load", ()):
            extra |= load(str(file))
        chosen = select(list(marker.args), extra, theorems())
    except InputError as error:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: {error}") from None
    run_settings(metafunc.config)
    for topic in sorted({theorem.topic for theorem in chosen}):
        metafunc.config.addinivalue_line("markers", f"{topic}: theorems of the topic {topic}")
    metafunc.parametrize(
        "theorem",
        [
            pytest.param(theorem, id=theorem.id, marks=getattr(pytest.mark, theorem.topic))
            for theorem in chosen
        ],
    )


def check_theorem(
    theorem: Theorem,
    record_property: Callable[[str, object], None],
    *,
    subject: Subject | Callable[..., Any] | str | None = None,
    rate_only: bool = False,
) -> Tally:
    """Check a theorem and refute its mutants; fail the test with a replayable counterexample.

    Parameters
    ----------
    theorem : Theorem
        What to check.
    record_property : callable
        pytest's fixture of that name; what is recorded appears in JUnit files.
    subject : callable or str, optional
        What to check instead of our own algorithms and networks, or its ``module:callable``.
    rate_only : bool
        Whether the subject is held against rates, and not against the steps of an algorithm.

    Returns
    -------
    Tally
        What the verdicts add up to.

    Raises
    ------
    InputError
        If the subject cannot be checked against the theorem.
    """
    from sparsebound.checks.protocol import Subject
    from sparsebound.checks.runner import plan
    from sparsebound.checks.shards import run_shard
    from sparsebound.checks.supplies import probe
    from sparsebound.reports.summary import judged_as
    from sparsebound.reports.tally import Tally

    run = run_settings(_config[0])
    tested = None if subject is None else Subject.of(subject, rate_only=rate_only)
    tally = Tally.empty(theorem.id)
    if tested:
        probe(tested, theorem)
    for _, part in plan([theorem], run):
        tally = tally + run_shard(theorem, part, run, tested).tally
    for name, value in _properties(tally).items():
        record_property(f"{PROPERTY}.{name}", value)
    if tested:
        record_property(f"{PROPERTY}.subject", tested.name)
        types = judged_as([{"id": theorem.id, "judged": tally.judged}])
        record_property(f"{PROPERTY}.judged", types)
    if tally.status != "held":
        pytest.fail(_failure(theorem, tally, tested), pytrace=False)
    return tally


def parametrize_with_theorems(
    subject: Callable[..., Any] | str,
    *names: str,
    xfail: Mapping[str, str] | None = None,
    rate_only: bool = False,
    load: Sequence[str] = (),
) -> pytest.MarkDecorator:
    """Make one test item for each theorem that a solver or a network is held against.

    Parameters
    ----------
    subject : callable, estimator or str
        What is checked, or its ``module:callable``.
    *names : str
        Theorems and topics; of a topic those that are about what subjects compute, of which those
        are skipped that this one cannot be asked. Without any:
        what it can be asked about its results, whatever its algorithm.
    xfail : mapping, optional
        Theorems that are known to fail, and why; one that passes all the same is a failure, and so
        is one that cannot be asked.
    rate_only : bool
        Whether it is held against rates, and not against the steps of an algorithm.
    load : sequence of str
        Python files with further theorems.

    Returns
    -------
    decorator
        For a test with an argument ``check``, which is called, with pytest's ``record_property`` if
        results are to appear in JUnit files.

    Raises
    ------
    InputError
        If a name is unknown, or one in ``xfail`` is none of what is checked.

    Examples
    --------
    >>> from sparsebound.checks.algorithms.proximal import ista
    >>> parametrize_with_theorems(ista, "rate.ista").args[0]
    'check'
    """
    from sparsebound.checks.loading import load as loaded
    from sparsebound.checks.loading import theorems
    from sparsebound.checks.protocol import Subject
    from sparsebound.checks.supplies import asked_of_subjects, whatever_the_algorithm
    from sparsebound.theory.catalogue import select
    from sparsebound.theory.errors import InputError

    if not isinstance(xfail, Mapping | None):
        raise InputError("xfail", xfail, "a mapping from theorems to reasons")
    tested, known = Subject.of(subject, rate_only=rate_only), dict(xfail or {})
    extra: dict[str, Theorem] = {}
    for file in load:
        extra |= loaded(str(file))
    found = select(list(names), extra, theorems())
    fits = asked_of_subjects if names or load else whatever_the_algorithm
    chosen = [theorem for theorem in found if theorem.id in names or fits(theorem)]
    unknown = sorted(set(known) - {theorem.id for theorem in chosen})
    if unknown:
        expected = f"some of {[theorem.id for theorem in chosen]}"
        raise InputError("xfail", unknown, expected)
    return pytest.mark.parametrize(
        "check",
        [
            pytest.param(
                partial(_check_subject, theorem, tested, theorem.id in names),
                id=theorem.id,
                marks=(
                    [pytest.mark.xfail(reason=known[theorem.id], raises=FAILED, strict=True)]
                    if theorem.id in known
                    else []
                ),
            )
            for theorem in chosen
        ],
    )


def _check_subject(
    theorem: Theorem,
    subject: Subject,
    named: bool,
    record_property: Callable[[str, object], None] = lambda name, value: None,
) -> None:
    """Check one; what was not named and cannot be asked is skipped."""
    from sparsebound.checks.protocol import SubjectError

    try:
        check_theorem(theorem, record_property, subject=subject)
    except SubjectError as error:
        if named:
            raise
        pytest.skip(str(error))


def _properties(tally: Tally) -> dict[str, Any]:
    refuted = sum(mutant.refuted for mutant in tally.mutants)
    return {
        "theorem": tally.theorem,
        "status": tally.status,
        "holds": tally.holds,
        "violated": tally.violated,
        "vacuous": tally.vacuous,
        "undecided": tally.undecided,
        "max_ratio": "" if tally.max_ratio is None else f"{tally.max_ratio:.6f}",
        "mutants": f"{refuted}/{len(tally.mutants)}",
    }


def _failure(theorem: Theorem, tally: Tally, subject: Subject | None) -> str:
    from sparsebound.reports.wording import replay_command
    from sparsebound.reports.worst import canonical

    def again(recipe: dict[str, Any]) -> str:
        about = {"subject": subject.name, "rate_only": subject.rate_only} if subject else {}
        if subject and not subject.found_by_name:
            return f"recipe: {canonical(recipe)} ({subject.name} is not found by name)"
        return f"replay: {replay_command(theorem.id, recipe, settings=about)}"

    lines = [f"{theorem.id}: {tally.status}"]
    if tally.violation:
        lines += [tally.violation.text, again(tally.violation.recipe)]
    if tally.fault:
        lines += [str(tally.fault), tally.fault.text]
        lines += [again(tally.fault.recipe)] if tally.fault.recipe else []
    lines += [
        f"mutant survived {mutant.examples} examples: {mutant.name}"
        for mutant in tally.mutants
        if not mutant.refuted
    ]
    if tally.status == "vacuous":
        lines.append("no instance satisfied its premises: nothing was checked")
    return "\n".join(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a line a theorem; values travel with the reports, so it works under xdist."""
    rows = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            values = dict(getattr(report, "user_properties", ()))
            if f"{PROPERTY}.theorem" in values and getattr(report, "when", "") == "call":
                rows.append({key.removeprefix(f"{PROPERTY}."): v for key, v in values.items()})
    if not rows:
        return
    terminalreporter.section("theorems")
    width = max(len(row["theorem"]) for row in rows)
    for row in sorted(rows, key=lambda row: row["theorem"]):
        terminalreporter.line(
            f"{row['theorem']:<{width}}  {row['status']:<16} held {row['holds']:>6}  "
            f"vacuous {row['vacuous']:>6}  lhs/rhs {row['max_ratio'] or '-':>8}  "
            f"mutants {row['mutants']}"
        )
