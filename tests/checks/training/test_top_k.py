"""Radii of top-k layers: nothing changes within them, and just beyond them something may."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

training = import_module("sparsebound.checks.training")
top_k_radii = import_module("sparsebound.checks.training.top_k").top_k_radii


def problem(seed: int, count: int = 20) -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(seed)
    D, V, b = rng.standard_normal((5, 7)), rng.standard_normal((3, 7)), rng.standard_normal(3) / 9
    return D, V, b, rng.standard_normal((count, 5))


def seen(Y: Any, k: int, D: Any, V: Any, b: Any) -> tuple[Any, Any]:
    """What is kept, and the label."""
    codes = training.TopK(k)(torch.tensor(Y @ D)).numpy()
    return codes > 0, (codes @ V.T + b).argmax(axis=1)


@pytest.mark.parametrize("k", [1, 2, 6])
def test_a_layer_keeps_its_label_within_its_radius(k: int) -> None:
    D, V, b, Y = problem(0)
    rng, (kept, y) = np.random.default_rng(1), seen(Y, k, D, V, b)
    radii = top_k_radii(Y, k, D, V, b, y)
    assert (radii > 0).all()
    for _ in range(300):
        delta = rng.standard_normal(Y.shape)
        delta *= 0.999 * radii[:, None] / np.linalg.norm(delta, axis=1, keepdims=True)
        same, label = seen(Y + delta, k, D, V, b)
        assert (label == y).all()
        assert (same == kept).all()
    assert (top_k_radii(Y, k, D, V, b, (y + 1) % 3) == 0).all()


def directions(kept: Any, label: int, D: Any, V: Any) -> Any:
    """Where something may change: two scores, one that is kept, the label."""
    S, off = np.flatnonzero(kept), np.flatnonzero(~kept)
    yield from (D[:, i] - D[:, j] for i in S for j in off)
    yield from (D[:, i] for i in S)
    yield from (-D[:, j] for j in off)
    yield from (D[:, S] @ (V[label] - other)[S] for other in np.delete(V, label, axis=0))


@pytest.mark.parametrize("k", [1, 2, 6])
def test_just_beyond_it_something_changes(k: int) -> None:
    D, V, b, Y = problem(2)
    kept, y = seen(Y, k, D, V, b)
    for i, radius in enumerate(top_k_radii(Y, k, D, V, b, y)):
        steps = np.array(list(directions(kept[i], y[i], D, V)))
        steps *= -(1 + 1e-9) * radius / np.linalg.norm(steps, axis=1, keepdims=True)
        same, label = seen(Y[i] + steps, k, D, V, b)
        assert ((same != kept[i]).any(axis=1) | (label != y[i])).any()


def test_there_is_room_also_where_no_signal_keeps_all_it_may() -> None:
    """An atom enters as soon as its score is positive, and it says another class."""
    D, V = np.eye(2), np.array([[1.0, 0.0], [0.0, 100.0]])
    (found,) = top_k_radii([[1.0, -0.01]], 2, D, V, [0, 0], [0])
    assert 0.00999 < found <= 0.01


def test_what_rounding_leaves_open_has_no_radius() -> None:
    eye, b = np.eye(2), np.zeros(2)
    assert top_k_radii([[1.0, 1.0]], 1, eye, eye, b, [0]) == 0  # two scores in a tie
    assert top_k_radii([[1.0, 0.5]], 1, eye, np.ones((2, 2)), b, [0]) == 0  # two classes
    third = np.array([[1 / 3, 0.1 + 0.2], [1.0, 0.0]])  # scores that float64 tells apart, barely
    (found,) = top_k_radii([[3.0, 0.0]], 1, third, eye, b, [0])
    assert 0 < found < 0.1
    near = np.array([[0.1, 0.1 * (1 + 2.0**-52)]] * 3)  # not above what rounding may be
    assert top_k_radii([[0.3, 0.3, 0.3]], 1, near, eye, b, [1]) == 0


def test_an_atom_that_is_0_never_enters() -> None:
    D, V = np.array([[1 / 3, 0.0], [0.1, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    (found,) = top_k_radii([[2.0, 1.0]], 2, D, V, [0, -1], [0])
    score, size = 2 / 3 + 0.1, np.hypot(1 / 3, 0.1)
    assert found == pytest.approx(score / size)
