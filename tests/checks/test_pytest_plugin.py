"""The pytest plugin, in suites of their own."""

from __future__ import annotations

import pytest

from sparsebound.checks.protocol import SubjectError
from sparsebound.checks.pytest_plugin import parametrize_with_theorems, run_settings
from sparsebound.theory.errors import InputError

pytest_plugins = ["pytester"]

SUITE = """
import pytest
from sparsebound.checks.pytest_plugin import check_theorem

@pytest.mark.theorems({names})
def test_theorem(theorem, record_property):
    check_theorem(theorem, record_property)
"""

FALSE = """
from fractions import Fraction
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Theorem

def claims(instance):
    yield Claim("mu <= 1/2", coherence(instance.D), Fraction(1, 2))

THEOREM = Theorem("Too good", r"mu \\\\le 1/2", INDEPENDENT, claims, about="dictionary")
"""

SOLVER = """
import numpy as np
from sparsebound.checks.pytest_plugin import parametrize_with_theorems

def ista(D, Y, lam, L, start, steps):
    points = [start]
    for _ in range(steps):
        v = points[-1] + (Y - points[-1] @ D.T) @ D / L
        points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L, 0))
    return np.stack(points, axis=1)

@parametrize_with_theorems(
    ista, "rate.ista", "rate.fista", "stability", xfail={{"rate.fista": "{reason}"}}
)
def test_solver(check, record_property):
    check(record_property)
"""

QUICK = ["--sparsebound-examples", "30", "-p", "no:cacheprovider"]


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config\n")
    return pytester


def test_one_item_a_theorem_with_markers_and_a_summary(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE.format(names="'dictionary.welch', 'uniqueness.spark'"))
    found = suite.runpytest_subprocess(*QUICK, "-v")
    found.assert_outcomes(passed=2)
    found.stdout.fnmatch_lines(
        [
            "*test_theorem?dictionary.welch? PASSED*",
            "*test_theorem?uniqueness.spark? PASSED*",
            "*= theorems =*",
            "dictionary.welch * held * mutants 1/1",
        ]
    )
    chosen = suite.runpytest_subprocess(*QUICK, "-m", "uniqueness")
    chosen.assert_outcomes(passed=1, deselected=1)


def test_values_reach_junit_files_also_under_xdist(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE.format(names="'dictionary.welch', 'dictionary.gershgorin'"))
    found = suite.runpytest_subprocess(*QUICK, "-n", "2", "--junitxml", "junit.xml")
    found.assert_outcomes(passed=2)
    found.stdout.fnmatch_lines(["*= theorems =*", "dictionary.gershgorin * held *"])
    written = (suite.path / "junit.xml").read_text()
    assert '<property name="sparsebound.status" value="held"' in written
    assert '<property name="sparsebound.mutants" value="1/1"' in written


def test_a_false_conjecture_fails_with_a_counterexample_that_can_be_replayed(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(SUITE.format(names="load=['too_good.py']"), too_good=FALSE)
    found = suite.runpytest_subprocess(*QUICK)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        ["conjecture.too_good: violated", "D =", "replay: sparsebound check conjecture.too_good *"]
    )


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        ("'uniqueness.sparc'", [], "*'uniqueness.sparc'*did you mean uniqueness.spark*"),
        ("load=['nowhere.py']", [], "*a Python file that exists*"),
        ("", ["--sparsebound-profile", "fast"], "*sparsebound-profile is 'fast'*"),
    ],
)
def test_bad_selections_and_options_are_usage_errors(
    suite: pytest.Pytester, names: str, options: list[str], message: str
) -> None:
    suite.makepyfile(SUITE.format(names=names))
    found = suite.runpytest_subprocess(*QUICK, *options)
    assert found.ret != 0

    text = found.stdout.str() + found.stderr.str()
    assert message.strip("*").split("*")[0] in text


def test_a_number_of_steps_is_an_option(pytester: pytest.Pytester) -> None:
    assert run_settings(pytester.parseconfig("--sparsebound-steps", "7")).steps == 7
    with pytest.raises(pytest.UsageError, match="--sparsebound-steps is 0; expected an integer"):
        run_settings(pytester.parseconfig("--sparsebound-steps", "0"))


def test_the_catalogue_is_a_suite(suite: pytest.Pytester) -> None:
    found = suite.runpytest_subprocess(
        "--pyargs", "sparsebound.checks", *QUICK, "-k", "welch and not orders", "-q"
    )
    found.assert_outcomes(passed=1)


SUBJECTS = """
import numpy as np
import pytest
from sparsebound.checks.pytest_plugin import check_theorem
from sparsebound.checks.algorithms import proximal

def good(D, Y, lam, L, start, steps):
    return proximal.ista(D, Y, lam, L, start, steps).points

def bad(D, Y, lam, L, start, steps):
    return proximal.ista(D, Y, lam, L / 4, start, steps).points

@pytest.mark.theorems("rate.ista")
@pytest.mark.parametrize("subject", [good, bad], ids=["good", "bad"])
def test_subject(theorem, record_property, subject):
    check_theorem(theorem, record_property, subject=subject)

@pytest.mark.theorems("rate.ista")
def test_place(theorem, record_property):
    check_theorem(theorem, record_property, subject="test_solvers:bad", rate_only=True)
"""


def test_a_subject_of_ones_own(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_solvers=SUBJECTS)
    found = suite.runpytest_subprocess(*QUICK, "--junitxml", "junit.xml")
    found.assert_outcomes(passed=1, failed=2)
    found.stdout.fnmatch_lines(
        [
            "rate.ista: violated",
            "violated: step 1, coordinate 0: * expected, * found (a step, up to rounding*",
            "replay: sparsebound check rate.ista --subject test_solvers:bad --replay *",
            "violated: step 1: F(x^k) - F[*] <= L R^2/(4k)*",
            "replay: sparsebound check rate.ista --subject test_solvers:bad --rate-only --replay *",
        ]
    )
    written = (suite.path / "junit.xml").read_text()
    assert '<property name="sparsebound.subject" value="test_solvers:good"' in written


def test_a_solver_against_theorems_with_what_is_known_to_fail(suite: pytest.Pytester) -> None:
    suite.makepyfile(SOLVER.format(reason="it has no momentum"))
    found = suite.runpytest_subprocess(*QUICK, "-v", "-rxs")
    outcomes = found.parseoutcomes()
    assert (outcomes["passed"], outcomes["xfailed"]) == (1, 1)
    assert outcomes["skipped"] >= 2
    assert "failed" not in outcomes
    found.stdout.fnmatch_lines(["*rate.ista* PASSED*", "rate.ista * held *"])
    found.stdout.fnmatch_lines(["XFAIL*it has no momentum*", "SKIPPED*stability.omp needs*"])


def test_what_is_expected_to_fail_has_to_be_asked() -> None:
    with pytest.raises(InputError, match=r"xfail is \['rate.iht'\]; expected some of"):
        parametrize_with_theorems(len, "rate.ista", xfail={"rate.iht": "no"})


def test_reasons_are_given_by_theorem() -> None:
    with pytest.raises(InputError, match="expected a mapping from theorems to reasons"):
        parametrize_with_theorems(len, "rate.ista", xfail=["rate.ista"])  # type: ignore[arg-type]


def test_an_expected_failure_hides_no_other_error() -> None:
    """What cannot be asked at all is no failure that somebody knows of."""
    mark = parametrize_with_theorems(len, "rate.ista", xfail={"rate.ista": "no momentum"})
    ((parameters,),) = mark.args[1:]
    (expected,) = parameters.marks
    with pytest.raises(SubjectError, match="needs a callable of D, Y, lam, L") as found:
        parameters.values[0]()
    assert not isinstance(found.value, expected.kwargs["raises"])
    with pytest.raises(expected.kwargs["raises"]):
        pytest.fail("violated")
