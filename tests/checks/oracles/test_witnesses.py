"""Weights around what the theorems on the Lasso ask for, and minimisers for them."""

import numpy as np
import pytest

from sparsebound.checks.oracles.witnesses import coherent_witnesses, witnesses
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.instance import Instance


def relative(instance: Instance) -> FloatArray:
    norms = np.linalg.norm(instance.D.data, axis=0)
    return np.asarray(instance.D.data * norms[0] / norms)


@pytest.mark.parametrize("find", [witnesses, coherent_witnesses])
@pytest.mark.parametrize("noise", [0.0, 0.05, 1.0])
def test_optimality_conditions_hold(find, noise: float) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(2)
    X = rng.standard_normal((16, 12)) * (np.arange(12) < 1 + np.arange(16)[:, None] % 3)
    D = rng.standard_normal((10, 12)) * rng.uniform(0.5, 2, 12)
    instance = Instance(D, X, noise * rng.standard_normal((16, 10)))
    found = find(instance)
    atoms = relative(instance)
    for code in range(16):
        used = atoms[:, found.support[code]]
        signs = found.signs[code, found.support[code]]
        right = used.T @ instance.Y.mid[code] - found.lam[code] * signs
        entries = np.linalg.solve(used.T @ used, right)
        assert (np.sign(entries) == signs).all()
        correlations = atoms.T @ (instance.Y.mid[code] - used @ entries)
        assert (np.abs(correlations) <= found.lam[code] * (1 + 1e-9)).all()


def test_weights_lie_on_both_sides_of_the_premise() -> None:
    rng = np.random.default_rng(0)
    instance = Instance(np.eye(8), np.tile(np.eye(8)[:1] * 100, (16, 1)), rng.random((16, 8)))
    threshold = np.abs(instance.E[:, 1:]).max(axis=1)
    shares = witnesses(instance).lam / threshold
    assert (shares < 1).any()
    assert ((shares > 1) & (shares < 1.02)).sum() >= 4


def test_noise_beside_the_support_is_met_from_below() -> None:
    found = witnesses(Instance(np.eye(2), [[5, 0]], [[0, 1]]))
    assert 0.95 < found.lam[0] < 1
    assert found.support.tolist() == [[True, True]]


def test_no_noise() -> None:
    found = coherent_witnesses(Instance(np.eye(2), [[8, 0], [0, 0]]))
    assert found.lam.tolist() == [1, 1]
    assert found.signs.tolist() == [[1, 0], [0, 0]]
