"""Orthogonal matching pursuit, held against a loop that anyone would write."""

import numpy as np
import pytest

from sparsebound.checks.algorithms.orthogonal_matching_pursuit import orthogonal_matching_pursuit
from sparsebound.theory.constructions import simplex
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Instance


def by_a_loop(D: np.ndarray, y: np.ndarray, steps: int) -> tuple[list[int], np.ndarray]:
    norms = np.linalg.norm(D, axis=0)
    picks: list[int] = []
    residual, entries = y, np.zeros(0)
    while len(picks) < steps and np.linalg.norm(residual) > 1e-13 * np.linalg.norm(y):
        picks.append(int(np.argmax(np.abs(residual @ D) / norms)))
        entries = np.linalg.lstsq(D[:, picks], y, rcond=None)[0]
        residual = y - D[:, picks] @ entries
    point = np.zeros(D.shape[1])
    point[picks] = entries
    return picks, point


@pytest.mark.parametrize(("m", "n", "s"), [(3, 2, 1), (4, 8, 2), (16, 32, 4), (10, 10, 10)])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_agrees_with_a_loop(m: int, n: int, s: int, noise: float) -> None:
    rng = np.random.default_rng(m)
    order = rng.permuted(np.tile(np.arange(n), (16, 1)), axis=1)
    X = np.where(order < s, rng.standard_normal((16, n)), 0.0)
    D = rng.standard_normal((m, n)) * rng.uniform(0.1, 10, n)
    instance = Instance(D, X, noise * rng.standard_normal((16, m)))
    run = orthogonal_matching_pursuit(instance)
    for code in range(16):
        picks, point = by_a_loop(D, instance.Y.mid[code], min(m, n))
        assert [p for p in run.picks[code] if p >= 0] == picks
        scale = np.abs(point).max() * np.linalg.cond(D[:, picks])
        np.testing.assert_allclose(run.points[code], point, atol=1e-12 * scale)


def test_first_index_on_ties() -> None:
    run = orthogonal_matching_pursuit(Instance([[1, -2, 0], [0, 0, 1]], [[0, 1, 0]]))
    assert run.picks.tolist() == [[0]]


def test_stops_at_rounding() -> None:
    """Noise orthogonal to the atoms selected does not start another step."""
    D = np.array([[3.0, 0, 1], [4.0, 0, 2], [0.0, 1, 0]]) / 7
    run = orthogonal_matching_pursuit(Instance(D, [[0.1, 0.7, 0.0], [1e-200, 0, 0], [1e150, 0, 0]]))
    assert (run.picks >= 0).sum(axis=1).tolist() == [2, 1, 1]


def test_codes_that_end_at_different_times() -> None:
    run = orthogonal_matching_pursuit(Instance(np.eye(3), [[0, 0, 0], [5, 0, 0], [1, 3, 2]]))
    assert run.picks.tolist() == [[-1, -1, -1], [0, -1, -1], [1, 2, 0]]
    np.testing.assert_array_equal(run.points, [[0, 0, 0], [5, 0, 0], [1, 3, 2]])


def test_nothing_selected_still_has_a_column() -> None:
    run = orthogonal_matching_pursuit(Instance(simplex(3), np.zeros((2, 4))))
    assert run.picks.tolist() == [[-1], [-1]]


def test_max_steps() -> None:
    instance = Instance(np.eye(3), [[1, 3, 2]])
    assert orthogonal_matching_pursuit(instance, max_steps=2).picks.tolist() == [[1, 2]]
    assert orthogonal_matching_pursuit(instance, max_steps=0).picks.tolist() == [[-1]]
    with pytest.raises(InputError, match="max_steps is -1; expected an integer"):
        orthogonal_matching_pursuit(instance, max_steps=-1)
