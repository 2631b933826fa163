"""Features are exact minimisers, and so are their gradients."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

training = import_module("sparsebound.checks.training")
minimisers = import_module("sparsebound.checks.training.minimisers")
InputError = import_module("sparsebound").InputError


def instance(m: int, n: int, count: int = 6, seed: int = 0) -> tuple[Any, Any, Any]:
    """Signals, unit atoms, thresholds."""
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((m, n))
    D /= np.linalg.norm(D, axis=0)
    arrays = 2 * rng.standard_normal((count, m)), D, rng.uniform(0.2, 0.6, n)
    Y, atoms, thresholds = (torch.tensor(array) for array in arrays)
    return Y, atoms, thresholds


def by_coordinates(Y: Any, D: Any, lam: Any, ridge: float, nonnegative: bool) -> np.ndarray:
    """Cyclic coordinate descent, until nothing changes."""
    Y, D, lam = (np.asarray(part) for part in (Y, D, lam))
    Z = np.zeros((len(Y), D.shape[1]))
    for _ in range(20_000):
        before = Z.copy()
        for j in range(D.shape[1]):
            c = (Y - Z @ D.T) @ D[:, j] + Z[:, j] * (D[:, j] @ D[:, j])
            up, down = np.maximum(c - lam[j], 0), np.maximum(-c - lam[j], 0)
            Z[:, j] = (up if nonnegative else up - down) / (D[:, j] @ D[:, j] + ridge)
        if np.abs(Z - before).max() < 1e-14:
            break
    return Z


@pytest.mark.parametrize("nonnegative", [True, False])
@pytest.mark.parametrize(("m", "n", "ridge"), [(8, 6, 0.0), (6, 10, 0.0), (6, 10, 0.1)])
@pytest.mark.parametrize("steps", [1, 60])
def test_codes_are_those_of_another_solver(
    m: int, n: int, ridge: float, nonnegative: bool, steps: int
) -> None:
    Y, D, lam = instance(m, n)
    found = training.encode(Y, D, lam, ridge=ridge, nonnegative=nonnegative, steps=steps)
    expected = by_coordinates(Y, D, lam, ridge, nonnegative)
    np.testing.assert_allclose(found.codes, expected, atol=1e-8)
    np.testing.assert_array_equal(found.support, np.abs(expected) > 1e-9)
    correlated = (np.asarray(Y) - expected @ np.asarray(D).T) @ np.asarray(D) - ridge * expected
    gaps = np.asarray(lam) - (correlated if nonnegative else np.abs(correlated))
    np.testing.assert_allclose(found.gaps, np.where(found.support, 0, gaps), atol=1e-7)
    np.testing.assert_allclose(found.fit, expected @ np.asarray(D).T, atol=1e-7)
    assert found.violation.max() < 1e-11
    assert (found.codes < 0).any() != nonnegative


@pytest.mark.parametrize("nonnegative", [True, False])
@pytest.mark.parametrize("ridge", [0.0, 0.05])
def test_gradients_are_exact(nonnegative: bool, ridge: float) -> None:
    Y, D, lam = instance(5, 7, 3, seed=1)
    given = [part.clone().requires_grad_() for part in (Y, D, lam)]
    extra = torch.tensor(ridge, dtype=torch.float64, requires_grad=ridge > 0)

    def features(*parts: Any) -> tuple[Any, ...]:
        y, atoms, thresholds, last = parts
        found = training.encode(y, atoms, thresholds, ridge=last, nonnegative=nonnegative)
        return found.codes, found.gaps, found.fit

    assert torch.autograd.gradcheck(features, (*given, extra))


def test_gradients_through_the_module_with_learned_thresholds() -> None:
    encoder = training.SparseEncoder((6, 5), penalty=0.3, learned_thresholds=True)
    signals = torch.randn(4, 6, dtype=torch.float64)
    encoder(signals).codes.sum().backward()
    for parameter in (encoder.atoms, encoder.log_thresholds):
        old, step = parameter.detach().clone(), 1e-6
        direction = torch.randn_like(old)
        values = []
        for sign in (1, -1):
            with torch.no_grad():
                parameter.copy_(old + sign * step * direction)
                values.append(float(encoder(signals).codes.sum()))
                parameter.copy_(old)
        slope = (values[0] - values[1]) / (2 * step)
        assert slope == pytest.approx(float((parameter.grad * direction).sum()), rel=1e-5)
    fixed = training.SparseEncoder((6, 5))
    fixed(signals).codes.sum().backward()
    assert fixed.log_thresholds.grad is None


def test_a_start_that_is_far_off_is_mended_and_too_few_rounds_are_said() -> None:
    Y, D, lam = instance(20, 30, 40, seed=2)
    few = training.encode(Y, D, lam, steps=1, rounds=0)
    assert few.violation.max() > 1e-3
    assert training.encode(Y, D, lam, steps=1).violation.max() < 1e-11


def test_dependent_atoms_give_a_minimiser() -> None:
    D = torch.tensor([[1.0, 1.0, 0.0, 0.6], [0.0, 0.0, 1.0, 0.8]], dtype=torch.float64)
    lam = torch.tensor([0.5, 0.5, 0.5, 0.45], dtype=torch.float64)
    Y = torch.tensor([[2.0, 0.0], [2.0, 2.0], [0.0, 0.0]], dtype=torch.float64)
    found = training.encode(Y, D, lam)
    assert found.violation.max() < 1e-9
    assert torch.isfinite(found.codes).all()
    expected = by_coordinates(Y, D, lam, 0.0, True)
    np.testing.assert_allclose(found.fit, expected @ D.numpy().T, atol=1e-8)


def test_single_precision_no_signals_and_no_features() -> None:
    Y, D, lam = (part.float() for part in instance(8, 12))
    found = training.encode(Y, D, lam, ridge=1e-3)
    assert found.codes.dtype == torch.float32
    assert found.violation.max() < 1e-3
    encoder = training.SparseEncoder(D, penalty=100.0, dtype=torch.float32)
    none = encoder(Y)
    assert not none.support.any()
    assert none.codes.sum() == 0
    assert encoder(Y[:0]).codes.shape == (0, 12)


def test_what_is_within_reach() -> None:
    """Atoms count whose gap is below ``radius ||d||``; the nearest of those, where too many are."""
    D = torch.diag(torch.tensor([1.0, 1.0, 10.0, 1.0], dtype=torch.float64))
    y = torch.tensor([[3.0, 0.8, 0.05, 0.5]], dtype=torch.float64)
    found = training.encode(y, D, torch.ones(4, dtype=torch.float64), width=4)
    np.testing.assert_allclose(found.gaps, [[0, 0.2, 0.5, 0.5]])
    assert found.within(0.1).tolist() == [[True, False, True, False]]
    assert found.within(0.3).tolist() == [[True, True, True, False]]
    narrow = training.encode(y, D, torch.ones(4, dtype=torch.float64), width=2)
    assert narrow.within(1.0).tolist() == [[True, False, True, False]]
    assert training.encode(2 * y + 9, D, torch.ones(4).double(), width=2).within(0).all()


def test_atoms_of_norm_1_and_gradients_along_the_sphere() -> None:
    encoder = training.SparseEncoder((6, 5), penalty=0.2, learned_thresholds=True)
    np.testing.assert_allclose(encoder.atoms.detach().norm(dim=0), 1)
    encoder.remove_radial_gradients()  # no gradient: nothing to do
    encoder(torch.randn(4, 6)).codes.sum().backward()
    assert (encoder.atoms.grad * encoder.atoms).sum(0).abs().max() > 1e-3
    encoder.remove_radial_gradients()
    assert (encoder.atoms.grad * encoder.atoms).sum(0).abs().max() < 1e-12
    with torch.no_grad():
        encoder.atoms *= 2
        encoder.log_thresholds += 9
    encoder.normalise()
    np.testing.assert_allclose(encoder.atoms.detach().norm(dim=0), 1)
    np.testing.assert_allclose(encoder.thresholds.detach(), 0.6)


def test_the_largest_eigenvalue_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    atoms = torch.randn(20, 30, dtype=torch.float64)
    gram = atoms.T @ atoms
    exact = float(torch.linalg.eigvalsh(gram)[-1])
    assert exact <= minimisers.largest_eigenvalue(gram) <= 1.01 * exact
    monkeypatch.setattr(minimisers, "DENSEST_SPECTRUM", 5)
    assert exact <= minimisers.largest_eigenvalue(gram) <= 1.2 * exact


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"atoms": np.eye(2), "penalty": 0}, "penalty is 0; expected positive"),
        ({"atoms": np.eye(2), "penalty": [0.1, np.inf]}, "penalty is"),
        ({"atoms": np.eye(2), "ridge": -1}, "ridge is -1"),
        ({"atoms": np.eye(2), "width": 0}, "width is 0"),
        ({"atoms": np.eye(2), "steps": 0}, "steps is 0"),
        ({"atoms": np.ones(2)}, r"atoms.shape is \(2,\)"),
        ({"atoms": np.zeros((2, 2))}, "atoms is .*; expected finite atoms that are not zero"),
        ({"atoms": (0, 3)}, r"atoms is \(0, 3\)"),
    ],
)
def test_what_is_no_encoder(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        training.SparseEncoder(**arguments)


def test_what_is_no_signal() -> None:
    encoder = training.SparseEncoder(np.eye(2))
    with pytest.raises(InputError, match=r"signals.shape is \(2,\); expected \(B, 2\)"):
        encoder(torch.zeros(2))
    with pytest.raises(InputError, match="finite numbers"):
        encoder(torch.full((1, 2), torch.nan))
