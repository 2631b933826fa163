"""The closed form: equal to its definition, and broken by no input that was looked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

training = import_module("sparsebound.checks.training")
certified = import_module("sparsebound.checks.training.certified")
drift = import_module("sparsebound.checks.training.drift")


def by_definition(z: Any, g: Any, D: Any, V: Any, b: Any, label: int, ridge: float) -> float:
    """(v) of ``training.certified_radius``, one signal, by pseudoinverses."""
    n = D.shape[1]
    gram, logits = D.T @ D + ridge * np.eye(n), V @ z + b
    support = list(np.flatnonzero(z))
    off = sorted(set(range(n)) - set(support), key=lambda j: g[j] / np.sqrt(gram[j, j]))
    best = np.inf
    for j in range(len(V)):
        if j == label:
            continue
        margin, v = logits[label] - logits[j], V[label] - V[j]
        if margin <= 0:
            return 0.0
        for k in range(len(off) + 1):
            T = support + off[:k]
            price = g[off[k - 1]] ** 2 / gram[off[k - 1], off[k - 1]] if k else 0.0
            part = gram[np.ix_(T, T)]
            squared = v[T] @ np.linalg.pinv(part) @ v[T] if T else 0.0
            if T and np.linalg.matrix_rank(part) < len(T):
                squared = np.inf
            best = min(best, price + (margin**2 / squared if squared else np.inf))
    return float(np.sqrt(best))


def instance(seed: int, m: int, n: int, ridge: float = 0.0, nonnegative: bool = True) -> Any:
    """Features of signals, atoms of several norms, a head, predictions as labels."""
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((m, n)) * rng.uniform(0.5, 2, n)
    V, b, Y = rng.standard_normal((3, n)), 0.1 * rng.standard_normal(3), rng.standard_normal((8, m))
    lam = np.full(n, 0.4)

    def encode(signals: Any) -> Any:
        parts = (torch.tensor(part) for part in (signals, D, lam))
        return training.encode(*parts, ridge=ridge, nonnegative=nonnegative)

    found = encode(2 * Y)
    z, g = found.codes.numpy(), found.gaps.numpy()
    return encode, 2 * Y, z, g, D, V, b, (z @ V.T + b).argmax(axis=1)


@pytest.mark.parametrize("nonnegative", [True, False])
@pytest.mark.parametrize(("m", "n", "ridge"), [(6, 5, 0.0), (4, 7, 0.0), (4, 7, 0.1)])
def test_it_is_the_closed_form(m: int, n: int, ridge: float, nonnegative: bool) -> None:
    for seed in range(3):
        _, _, z, g, D, V, b, y = instance(seed, m, n, ridge, nonnegative)
        found = certified.certified_radii(z, g, D, V, b, y, ridge=ridge)
        expected = [by_definition(z[i], g[i], D, V, b, y[i], ridge) for i in range(len(z))]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        assert (certified.certified_radii(z, g, D, V, b, (y + 1) % 3, ridge=ridge) == 0).all()
        if nonnegative:
            dearer = certified.certified_radii(z, g, D, V, b, y, ridge=ridge, prices=True)
            assert (dearer >= found * (1 - 1e-9)).all()


@pytest.mark.parametrize("nonnegative", [True, False])
@pytest.mark.parametrize(("m", "n", "ridge"), [(5, 5, 0.0), (4, 7, 0.0), (4, 7, 0.1)])
def test_no_input_within_the_radius_has_another_label(
    m: int, n: int, ridge: float, nonnegative: bool
) -> None:
    rng, tried = np.random.default_rng(0), 0
    for seed in range(4):
        _, Y, z, g, D, V, b, y = instance(seed, m, n, ridge, nonnegative)
        head = (D, V, b, y)
        radii = certified.certified_radii(z, g, *head, ridge=ridge, prices=nonnegative)
        for i in np.flatnonzero((radii > 0) & np.isfinite(radii)):
            point = torch.tensor(np.repeat(Y[i : i + 1], 40, axis=0), requires_grad=True)
            delta = torch.tensor(rng.standard_normal((40, m)))
            for _ in range(6):  # towards the class that is nearest
                delta = radii[i] * 0.9999 * delta / delta.norm(dim=1, keepdim=True)
                parts = (point + delta, torch.tensor(D), torch.full((n,), 0.4).double())
                codes = training.encode(*parts, ridge=ridge, nonnegative=nonnegative).codes
                logits = codes @ torch.tensor(V).T + torch.tensor(b)
                assert (logits.argmax(1) == y[i]).all()
                others = logits.clone()
                others[:, y[i]] = -np.inf
                (gradient,) = torch.autograd.grad(
                    (others.max(1).values - logits[:, y[i]]).sum(), point
                )
                delta = delta + radii[i] * gradient / gradient.norm(dim=1, keepdim=True).clamp_min(
                    1e-12
                )
                tried += 40
    assert tried > 1000


def test_mutants_of_the_theorem_are_not_what_is_computed() -> None:
    """Gaps are divided by norms, and k starts at 0: counterexamples of ``theory_training.md``."""
    D, g, V = np.diag([1.0, 10.0]), [[0.0, 1.0]], np.array([[1.0, -1000.0], [0.0, 0.0]])
    (found,) = certified.certified_radii([[1.0, 0.0]], g, D, V, [0, 0], [0])
    assert found**2 <= 0.0121
    (found,) = certified.certified_radii(
        [[2.0, 0.0]], [[0.0, 10.0]], np.eye(2), [[1.0, 0.0], [0.0, 0.0]], [-1, 0], [0]
    )
    assert found == pytest.approx(1.0)


def test_dependent_atoms_zero_atoms_and_no_features() -> None:
    D = np.array([[1.0, 1.0], [0.0, 0.0]])
    V = np.array([[1.0, 2.0], [0.0, 0.0]])
    (found,) = certified.certified_radii([[1.0, 0.0]], [[0.0, 0.0]], D, V, [0, 0], [0])
    assert found == 0  # N is infinite at a price of 0
    never = np.array([[1.0, 0.0], [0.0, 0.0]])
    (found,) = certified.certified_radii([[1.0, 0.0]], [[0.0, 1.0]], never, V, [0, 0], [0])
    assert found == pytest.approx(1.0)
    (found,) = certified.certified_radii([[0.0, 0.0]], [[0.3, 0.4]], np.eye(2), V, [1, 0], [0])
    assert found == pytest.approx(0.6)  # 0.4^2 + 1/5 < 0.3^2 + 1
    assert certified.certified_radii(np.zeros((0, 2)), np.zeros((0, 2)), D, V, [0, 0], []).size == 0
    (found,) = certified.certified_radii([[1.0, 0.0]], [[0.0, 1.0]], D, V[:1], [0], [0])
    assert found == np.inf  # one class


def test_hoyer_of_codes_that_are_zero() -> None:
    assert certified.hoyer_sparsity(np.zeros((2, 4))) == 1
    assert abs(certified.hoyer_sparsity([[0.0, 0.0], [1.0, 1.0]])) < 1e-12


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, z, g, D, V, b, y = instance(0, 6, 5)
    whole = certified.certified_radii(z, g, D, V, b, y)
    monkeypatch.setattr(certified, "CHUNK", 30)
    np.testing.assert_allclose(certified.certified_radii(z, g, D, V, b, y), whole)


def test_a_certificate_drifts_as_the_theorem_says() -> None:
    turned = np.array([[0.8, 0.6], [0.6, 0.8]])
    angle = drift.turned(np.eye(2), turned)
    assert np.cos(angle) == pytest.approx(0.8)
    assert drift.drifted_coherence(0.0, angle) == pytest.approx(drift.coherence_of(turned))
    rng = np.random.default_rng(0)
    for _ in range(50):
        D, E = rng.standard_normal((2, 4, 6))
        moved = D + 0.1 * rng.uniform() * E
        mu, now = drift.coherence_of(D), drift.coherence_of(moved)
        angle = drift.turned(D, moved)
        assert now <= drift.drifted_coherence(mu, angle) + 1e-12
        s = drift.sparsity_of(mu, 6)
        if angle < drift.allowed_turn(mu, s):
            assert now < 1 / (2 * s - 1) + 1e-12
    assert drift.allowed_turn(1.0, 0) == 0


@pytest.mark.parametrize(("m", "n", "ridge"), [(6, 5, 0.0), (4, 7, 0.1), (40, 12, 0.0), (3, 1, 0)])
def test_what_is_certified_contains_the_published_certificate(m: int, n: int, ridge: float) -> None:
    positive = 0
    for seed in range(4):
        _, _, z, g, D, V, b, y = instance(seed, m, n, ridge)
        ours = certified.certified_radii(z, g, D, V, b, y, ridge=ridge)
        theirs = certified.published_radii(z, g, D, V, b, y, ridge=ridge)
        assert theirs.shape == ours.shape
        assert (theirs <= ours * (1 + 1e-12)).all()
        norms = np.sqrt((D**2).sum(axis=0) + ridge)
        for i, found in enumerate(theirs):
            assert found == pytest.approx(
                published(z[i], g[i], D, V, b, int(y[i]), ridge), rel=1e-9
            )
        positive += int((theirs > 0).sum())
        wrong = (y + 1) % 3
        assert not certified.published_radii(z, g, D, V, b, wrong, ridge=ridge).any()
        scaled = certified.published_radii(z * norms, g / norms, D / norms, V / norms, b, y)
        if not ridge:
            assert scaled == pytest.approx(theirs, rel=1e-9)
    assert positive or n == 1


def published(z: Any, g: Any, D: Any, V: Any, b: Any, label: int, ridge: float) -> float:
    """The same certificate, one signal, size of support by size of support."""
    n = D.shape[1]
    extended = np.vstack([D, np.sqrt(ridge) * np.eye(n)])
    norms = np.linalg.norm(extended, axis=0)
    unit, gaps = extended / norms, sorted(np.where(z != 0, 0, np.maximum(g, 0)) / norms)
    sizes = np.abs(unit.T @ unit) - np.eye(n)
    logits, best = V @ z + b, 0.0
    for s in range(1, n):
        babel = max(np.sort(row)[::-1][: s - 1].sum() for row in sizes)
        if babel >= 1:
            break
        apart = min(
            (logits[label] - logits[j]) / np.linalg.norm((V[label] - V[j]) / norms)
            for j in range(len(V))
            if j != label
        )
        best = max(best, min(gaps[s] / 2, apart * np.sqrt(1 - babel)))
    return best
