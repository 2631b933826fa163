"""The pursuit that stops at the noise, held against a loop that anyone would write."""

import numpy as np
import pytest

from sparsebound.checks.algorithms.stopped_pursuit import stopped_pursuit
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary


def by_a_loop(D: np.ndarray, y: np.ndarray, eps: float) -> list[int]:
    norms, picks, residual = np.linalg.norm(D, axis=0), [], y
    while np.linalg.norm(residual) > eps + 1e-13 * np.linalg.norm(y) and len(picks) < min(D.shape):
        picks.append(int(np.argmax(np.abs(residual @ D) / norms)))
        residual = y - D[:, picks] @ np.linalg.lstsq(D[:, picks], y)[0]
    return picks


@pytest.mark.parametrize(("m", "n"), [(3, 2), (4, 8), (16, 32), (10, 10)])
def test_agrees_with_a_loop(m: int, n: int) -> None:
    rng = np.random.default_rng(m)
    D = rng.standard_normal((m, n)) * rng.uniform(0.1, 10, n)
    Y = rng.standard_normal((16, m))
    eps = np.linspace(0, 1.2, 16) * np.linalg.norm(Y, axis=1)
    run = stopped_pursuit(Dictionary(D), Y, eps)
    for code in range(16):
        assert [p for p in run.picks[code] if p >= 0] == by_a_loop(D, Y[code], eps[code])


def test_noise_of_norm_eps_beside_the_code_starts_no_step() -> None:
    D = np.array([[3.0, 0, 1], [4.0, 0, 2], [0.0, 1, 0]]) / 7
    y = np.array([[3.0, 4.0, 0.1]])
    assert stopped_pursuit(Dictionary(D), y, [0.1]).picks.tolist() == [[0]]


def test_the_first_residual_is_tested() -> None:
    run = stopped_pursuit(Dictionary(np.eye(2)), [[3, 4], [0, 0]], [5, 0])
    assert run.picks.tolist() == [[-1], [-1]]


def test_most_steps() -> None:
    assert stopped_pursuit(Dictionary(np.eye(3)), [[3, 2, 1]], [0], 2).picks.tolist() == [[0, 1]]


def test_negative_eps() -> None:
    with pytest.raises(InputError, match="eps is"):
        stopped_pursuit(Dictionary(np.eye(2)), [[1, 0]], [-1])
