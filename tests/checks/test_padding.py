"""Shapes that are filled up: few of them, and the answers are those of what was there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.calls import Call
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.examine import Examination, examine
from sparsebound.checks.padding import fillable, filled, filled_up
from sparsebound.checks.protocol import Subject
from sparsebound.checks.search import search
from sparsebound.theory.catalogue import catalogue
from tests.subjects import NEED, OURS

Shapes = tuple[Any, ...]


def shapes(given: dict[str, Any]) -> Shapes:
    def shape(value: Any) -> Any:  # what belongs to several layers is a list
        return tuple(map(shape, value)) if isinstance(value, tuple | list) else np.shape(value)

    return tuple(shape(given[name]) for name in sorted(given))


def counted(run: Callable[..., Any], seen: set[Shapes]) -> Callable[..., Any]:
    """The same, as it were compiled for every shape."""

    def compiled(*arguments: Any, **given: Any) -> Any:
        seen.add(shapes(given))
        return run(*arguments, **given)

    compiled.__signature__ = inspect.signature(run)  # type: ignore[attr-defined]
    compiled.padded = True  # type: ignore[attr-defined]
    return compiled


def examined(name: str, run: Callable[..., Any], tried: int) -> list[Examination]:
    theorem, subject, found = catalogue()[name], Subject.of(run), list[Examination]()

    def look(draw: Draw) -> bool:
        found.append(examine(theorem, draw.recipe, subject=subject))
        return False

    search(draws(theorem), tried, 1, look)
    return found


def refuted(name: str, run: Callable[..., Any], tried: int) -> bool:
    return any(one.violated for one in examined(name, run, tried))


@pytest.mark.parametrize(("name", "tried"), [("rate.ista", 15), ("network.thresholding", 40)])
def test_a_few_shapes_are_compiled_and_the_answers_hold(name: str, tried: int) -> None:
    few, plain = set[Shapes](), set[Shapes]()
    for one in examined(name, counted(OURS[NEED[name]], few), tried):
        assert not one.violated
        assert one.call is not None
        plain.add(shapes(one.call.given))
    assert len(plain) >= 2 * len(few)
    axes = {size for found in few for shape in found for size in shape}
    assert axes <= {8, 32, 128}


@pytest.mark.nightly
@pytest.mark.parametrize("name", NEED)
def test_nothing_changes_for_any_theorem(name: str) -> None:
    assert not refuted(name, counted(OURS[NEED[name]], set()), 40)


def test_what_is_wrong_is_seen_through_what_is_added() -> None:
    def half(v: Any, theta: Any) -> Any:
        return np.sign(v) * np.maximum(np.abs(v) - theta / 2, 0)

    assert refuted("network.thresholding", counted(half, set()), 10)


SIGNALS, ROWS, ATOMS = 2, 3, 5
D, Y = np.ones((ROWS, ATOMS)), np.arange(6.0).reshape(SIGNALS, ROWS)
EACH = np.ones(SIGNALS)
GIVEN: dict[str, tuple[dict[str, Any], set[str]]] = {
    "iteration": ({"D": D, "Y": Y, "lam": EACH, "steps": 4}, {"signals", "rows", "atoms"}),
    "network": ({"D": D, "W": D, "Y": Y}, {"signals", "rows", "atoms"}),
    "blocks": ({"D": D, "W": D, "Y": Y, "blocks": np.zeros(ATOMS, int)}, {"signals", "rows"}),
    "hard thresholding": ({"D": D, "Y": Y, "s": EACH, "steps": 4}, {"signals", "rows"}),
    "pursuit": ({"D": D, "Y": Y}, {"signals", "rows"}),
    "minimiser": ({"D": D, "Y": Y, "lam": EACH}, {"signals", "rows"}),
    "least norm": ({"D": D, "Y": Y, "sigma": EACH}, {"signals"}),
    "convolution": ({"filters": D, "weights": D, "Y": Y, "thresholds": EACH[:, None]}, {"signals"}),
    "head": ({"X": Y, "beta": 1.0, "offset": 1}, {"signals"}),
    "threshold": ({"v": Y, "theta": 1.0}, {"signals", "atoms"}),
    "layers": ({"D": (D, D), "Y": Y}, set()),
}


@pytest.mark.parametrize("kind", GIVEN)
def test_what_is_added_is_what_cannot_change_the_answer(kind: str) -> None:
    given, axes = GIVEN[kind]
    sizes = fillable(given)
    assert set(sizes) == axes
    more = filled(given, sizes)
    if "Y" in given and "signals" in axes:
        assert (more["Y"][:SIGNALS, :ROWS] == Y).all()
        assert (more["Y"][SIGNALS:, :ROWS] == Y[-1]).all()  # no signal that may be divided by
        assert not more["Y"][:, ROWS:].any()
    if "atoms" in axes and "D" in given:
        assert more["D"].shape == (filled_up(ROWS), filled_up(ATOMS))
        assert not more["D"][ROWS:].any()
        assert not more["D"][:, ATOMS:].any()


def test_a_momentum_is_of_steps_and_a_tolerance_of_signals() -> None:
    def moving(D: Any, Y: Any, lam: Any, start: Any, steps: Any) -> Any:
        return np.zeros((len(Y), steps + 1, D.shape[1])), np.zeros(steps)

    def solver(D: Any, Y: Any, lam: Any) -> Any:
        return np.zeros((len(Y), D.shape[1])), np.zeros(len(Y))

    moving.padded = solver.padded = True  # type: ignore[attr-defined]
    start = np.zeros((SIGNALS, ATOMS))
    call = Call(Subject.of(moving), "rate.momentum")
    points, beta = call.carried(start, 8, D=D, Y=Y, lam=EACH)
    assert (points.shape, beta.shape) == ((SIGNALS, 9, ATOMS), (8,))
    call = Call(Subject.of(solver), "stability.near_minimiser")
    last, stated = call.points(D=D, Y=Y, lam=EACH)
    assert (last.shape, stated.shape) == ((SIGNALS, ATOMS), (SIGNALS,))
    assert call.given["D"].shape == D.shape  # a counterexample is what there was
