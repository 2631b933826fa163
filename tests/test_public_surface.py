"""What is exported, that it is documented, quick to import, typed, and named as the command's."""

from __future__ import annotations

import argparse
import inspect
import subprocess
import sys
from functools import partial
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import sparsebound as sb
from sparsebound.checks.commands import main as command

EXPORTED = [
    *("Certificate", "Claim", "DeepInstance", "Dictionary", "Experiment", "Family", "InputError"),
    *("Instance", "Mutant", "Premise", "Provider", "Setting", "Source", "Status", "Theorem"),
    *("Verdict", "add_codes", "catalogue", "certify", "check", "check_subject", "decide"),
    "strategies",
]
FRAME = [[4, 0, 1], [0, 4, 1]]
DEEP = sb.DeepInstance((sb.Instance(np.eye(2), [[1, 1]]),), [[1, 1]])


def test_the_exported_names() -> None:
    assert sb.__all__ == EXPORTED
    assert set(EXPORTED) <= set(dir(sb))
    assert set(sb._HOME) == set(EXPORTED)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        sb.nothing  # noqa: B018


@pytest.mark.parametrize("name", EXPORTED)
def test_everything_exported_has_an_example(name: str) -> None:
    """They run as doctests; an enumeration is shown by what returns it."""
    found = getattr(sb, name)
    documented = [found] if name != "strategies" else [getattr(found, n) for n in found.__all__]
    if name == "Status":
        documented = [sb.check]
    for item in documented:
        text = "".join(part.__doc__ or "" for part in (item, getattr(item, "__init__", item)))
        assert ">>>" in text, item


def test_the_import_is_quick() -> None:
    code = (
        "import sys, sparsebound; "
        "heavy = {'numpy', 'scipy', 'hypothesis', 'cvxpy', 'jinja2'} & set(sys.modules); "
        "assert not heavy, heavy; sparsebound.Dictionary; "
        "assert not {'hypothesis', 'cvxpy'} & set(sys.modules); "
        "import sparsebound.checks.runner; "  # as every process of a run does
        "heavy = {'cvxpy', 'scipy.fft', 'scipy.linalg', 'scipy.optimize'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def options(verb: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Destinations of the options of a verb."""
    found: set[str] = set()
    original = argparse.ArgumentParser.add_argument

    def recorded(self: Any, *flags: str, **rest: Any) -> Any:
        action = original(self, *flags, **rest)
        if self.prog == f"sparsebound {verb}":
            found.add(action.dest)
        return action

    with monkeypatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "add_argument", recorded)
        command.main([verb, "--help"])
    return found - {"help"}


def test_options_are_parameters_of_the_same_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    certified = set(inspect.signature(sb.certify).parameters)
    kept = {"out", "per_code", "force"}
    assert options("certify", monkeypatch) - certified == {"file", "load", "json", *kept}
    checked = set(inspect.signature(sb.check_subject).parameters)
    left = {
        "report",
        "resume",
        "replay",
        "mutant",
        "json",
        "force",
        "cluster",
        "any_arithmetic",
        "until",
    }  # what the command does besides
    assert options("check", monkeypatch) - checked == left
    capsys.readouterr()


def test_a_theorem_on_data_of_ones_own() -> None:
    verdict = sb.check("uniqueness.coherence", FRAME, [3, 0, 0])
    assert verdict.status.tolist() == [sb.Status.HOLDS]
    both = sb.check("uniqueness.coherence", FRAME, [[3, 0, 0], [1, 1, 1]])
    assert both.status.tolist() == [sb.Status.HOLDS, sb.Status.VACUOUS]
    assert isinstance(both, sb.Verdict)
    assert sb.check(sb.catalogue()["dictionary.welch"], FRAME).ratio[0] < 1
    noisy = sb.check("rate.ista", FRAME, [3, 0, 0], noise=[0.5, 0], settings={"weight": 0.25})
    assert noisy.status.tolist() == [sb.Status.HOLDS]
    assert noisy.ratio != sb.check("rate.ista", FRAME, [3, 0, 0], noise=[0.5, 0]).ratio
    deep = sb.catalogue()["uniqueness.deep"].extremal(1)
    assert sb.check("uniqueness.deep", deep).attained.all()
    welch = sb.catalogue()["dictionary.welch"]
    wrong = sb.check(welch, welch.extremal(1), mutant=welch.mutants[0].name)
    assert wrong.status.tolist() == [sb.Status.VIOLATED]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sb.check("uniqueness.sparc", FRAME, [1, 0, 0]), "uniqueness.spark"),
        (lambda: sb.check("uniqueness", FRAME, [1, 0, 0]), "uniqueness is a topic of 18"),
        (lambda: sb.check("rate.ista", FRAME), "X is None; expected codes, as rate.ista is about"),
        (lambda: sb.check("rate.ista", FRAME, [1, 0]), r"X.shape is \(1, 2\)"),
        (lambda: sb.check("rate.ista", FRAME, [np.nan, 0, 0]), r"X\[0, 0\] is nan"),
        (lambda: sb.check("rate.deep", FRAME, [1, 0, 0]), "a DeepInstance, as rate.deep is about"),
        (lambda: sb.check("rate.ista", DEEP), "a dictionary and codes, or an Instance"),
        (lambda: sb.check("rate.ista", sb.Instance(FRAME, [[1, 0, 0]]), [1]), "X is"),
        (lambda: sb.check("rate.ista", FRAME, [1, 0, 0], settings={"wait": 1}), "'weight'"),
        (lambda: sb.check("rate.ista", FRAME, [1, 0, 0], settings={"weight": 3}), "one of"),
        (lambda: sb.check("rate.ista", FRAME, [1, 0, 0], mutant="x"), "mutant is 'x'"),
        (lambda: sb.check_subject(len), "theorems to check builtins:len against"),
        (lambda: sb.check_subject(len, "rate.ista"), "cannot be checked against rate.ista"),
        (lambda: sb.check_subject(3, "rate.ista"), "--subject is"),
        (lambda: sb.strategies.dictionaries("none"), "families is"),
        (lambda: sb.strategies.dictionaries("mutually_unbiased", max_atoms=3), "at least 8"),
        (lambda: sb.strategies.sparse_codes(3, max_nonzeros=4), "max_nonzeros is 4"),
        (lambda: sb.strategies.sparse_codes(3, max_codes=0), "max_codes is 0"),
        (lambda: sb.strategies.instances("rate"), "rate is a topic"),
        (lambda: sb.certify(FRAME, stride=(2,)), "together with --filters"),
        (lambda: sb.certify(FRAME, filters=True, boundary="odd"), "--boundary is 'odd'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(call: Any, message: str) -> None:
    with pytest.raises(sb.InputError, match=message):
        call()


def overshooting(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """ISTA with thresholds that are too small by a third."""
    points = [np.array(start, dtype=float)]
    for _ in range(steps):
        x = points[-1]
        v = x + (Y - x @ D.T) @ D / L
        points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L / 1.5, 0))
    return np.stack(points, axis=1)


def test_a_solver_of_ones_own(tmp_path: Any) -> None:
    result = sb.check_subject(overshooting, "rate.ista", examples=20, out=tmp_path / "run")
    assert not result.passed
    (theorem,) = result.summary["theorems"]
    assert theorem["status"] == "violated"
    assert theorem["violation"]["recipe"]["family"]
    assert (tmp_path / "run" / "report.html").is_file()
    assert "1 violated" in repr(result)
    with pytest.raises(sb.InputError, match="jobs is 2; expected 1"):
        sb.check_subject(partial(overshooting, steps=12), "rate.ista", jobs=2)


@pytest.mark.parametrize("shown", ["verdict", "certificate", "run"])
def test_results_show_themselves_in_a_notebook(shown: str) -> None:
    made: dict[str, Any] = {
        "verdict": lambda: sb.check("uniqueness.coherence", FRAME, [[3, 0, 0], [1, 1, 1]]),
        "certificate": lambda: sb.certify(FRAME),
        "run": lambda: sb.check_subject(overshooting, "rate.ista", examples=10),
    }
    text = made[shown]()._repr_html_()
    assert text.startswith("<iframe ")
    assert text.endswith("</iframe>")
    assert {"verdict": "uniqueness.coherence", "certificate": "Guaranteed for every code",
            "run": "rate.ista"}[shown] in text  # fmt: skip


def test_strategies_shrink_to_small_members() -> None:
    smallest = find(sb.strategies.dictionaries(), lambda D: True)
    assert smallest.shape[1] <= 3
    assert (np.abs(smallest.data) <= 1).all()
    coherent = find(
        sb.strategies.dictionaries(max_atoms=6), lambda D: np.abs(D.data.T @ D.data - 1).min() == 0
    )
    assert coherent.shape[1] <= 2
    codes = find(sb.strategies.sparse_codes(5), lambda X: (X < 0).any())
    assert codes.shape == (1, 5)
    assert (codes != 0).sum() == 1
    two = find(sb.strategies.instances("rate.ista"), lambda instance: len(instance) == 2)
    assert two.D.shape[1] == 1


@hypothesis.settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(st.data())
def test_strategies_in_a_test_of_ones_own(data: Any) -> None:
    D = data.draw(sb.strategies.dictionaries(["simplex", "gaussian"], max_atoms=8))
    X = data.draw(sb.strategies.sparse_codes(D, max_nonzeros=min(3, D.shape[1]), max_codes=4))
    assert D.shape[1] <= 8
    assert X.shape[1] == D.shape[1]
    assert 1 <= len(X) <= 4
    assert ((X != 0).sum(axis=1) <= 3).all()
    assert not sb.check("uniqueness.coherence", D, X).count(sb.Status.VIOLATED)
