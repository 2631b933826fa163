"""The attack stays within the set that is certified, and within bounds unless they are false."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.attack import Attack, Search, attack
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.networks import Trained
from sparsebound.checks.certify.settings import Settings
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.frames import tight_frame
from sparsebound.theory.constructions.low_coherence import alternating_projection
from sparsebound.theory.guarantees.network import Network, network
from sparsebound.theory.instance import Dictionary

LAYERS = 6


def unit(D: FloatArray) -> FloatArray:
    return np.asarray(D / np.linalg.norm(D, axis=0))


def trained(
    D: FloatArray,
    weights: list[FloatArray],
    sparsity: int,
    settings: Settings,
    claimed: FloatArray | None = None,
) -> Trained:
    """A network of least thresholds; with the bounds of one of other weights, if they are given."""
    asked = {"amplitude": settings.amplitude, "noise": settings.noise}
    every = weights if claimed is None else [claimed] * len(weights)
    thresholds, found = network(Dictionary(D), every, None, sparsity, **asked)
    return Trained(tuple(weights), thresholds, found, ())


def attacked(D: FloatArray, made: Trained, sparsity: int, settings: Settings) -> Attack:
    return attack(Atoms(D.T, "columns", ""), made, sparsity, settings)


def shrunk(found: Network, layer: int, factor: float) -> Network:
    """The same, with the bound of one layer too small."""
    layers = list(found.layers)
    bound = layers[layer].bound
    layers[layer] = replace(layers[layer], bound=replace(bound, value=bound.value * factor))
    return replace(found, layers=tuple(layers))


def drawn(seed: int) -> tuple[FloatArray, list[FloatArray], int, Settings]:
    """A network of one's own: other weights in each layer, noise, diagonals that are not 1."""
    rng = np.random.default_rng(seed)
    D = unit(alternating_projection(12, 16, seed)) * rng.uniform(0.5, 2, 16)
    W = D / (D * D).sum(axis=0)
    change = [0.03, 0.0][seed % 2] * rng.standard_normal((LAYERS, 12, 16))
    weights = [W] * LAYERS if seed % 3 == 0 else [W + each for each in change]
    settings = Settings(2, float(rng.choice([1, 3])), float(rng.choice([0, 0.02])), 1e-3)
    return D, weights, int(rng.integers(1, 4)), settings


@pytest.mark.parametrize("seed", range(18))
def test_no_bound_is_beaten_at_any_layer(seed: int) -> None:
    D, weights, sparsity, settings = drawn(seed)
    made = trained(D, weights, sparsity, settings)
    found = attacked(D, made, sparsity, settings)
    assert found.beaten == ()
    assert 0 < found.found.value <= found.bound.value
    assert len(found.support) <= sparsity
    assert max(map(abs, found.values)) <= settings.amplitude


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("layer", range(LAYERS))
def test_a_bound_that_is_two_percent_too_small_is_beaten(layer: int, noise: float) -> None:
    D, settings = unit(tight_frame(7, 14)), Settings(2, 1.0, noise, 1e-3)
    made = trained(D, [D] * LAYERS, 2, settings)
    assert attacked(D, made, 2, settings).beaten == ()
    false = replace(made, certified=shrunk(made.certified, layer, 0.98))
    assert attacked(D, false, 2, settings).beaten == (layer,)


def test_bounds_without_the_diagonal_of_the_residual_are_beaten() -> None:
    """Weights a tenth too long, with bounds as if they were not: the error stays at a tenth."""
    D, settings = unit(tight_frame(7, 14)), Settings(1, 1.0, 0.0, 1e-3)
    made = trained(D, [1.1 * D] * LAYERS, 1, settings, claimed=D)
    assert attacked(D, made, 1, settings).beaten
    true = trained(D, [1.1 * D] * LAYERS, 1, settings)
    assert attacked(D, true, 1, settings).beaten == ()


def test_bounds_of_less_noise_than_there_is_are_beaten() -> None:
    D, settings = unit(tight_frame(7, 14)), Settings(2, 1.0, 0.05, 1e-3)
    made = trained(D, [D] * LAYERS, 2, settings)
    without = trained(D, [D] * LAYERS, 2, replace(settings, noise=0.04))
    false = replace(made, certified=without.certified)
    assert attacked(D, false, 2, settings).beaten


def level(W: FloatArray, e: FloatArray) -> Fraction:
    """``||W^T e||_inf``, exactly."""
    columns = [[Fraction(float(w)) for w in column] for column in W.T]
    return max(
        abs(sum((w * Fraction(float(v)) for w, v in zip(column, e, strict=True)), Fraction(0)))
        for column in columns
    )


@pytest.mark.parametrize("seed", range(10))
def test_noise_stays_within_its_bound_in_each_layer(seed: int) -> None:
    """Exactly so, and not by being small: also where products cancel, and weights are large."""
    rng = np.random.default_rng(seed)
    D, n = unit(rng.standard_normal((6, 9))), 9
    weights = [D * 10.0 ** rng.integers(-8, 9, 9), D + rng.standard_normal((6, 9))]
    weights[0][:, 1] = weights[0][:, 0] * (1 + 1e-9 * rng.standard_normal(6))
    nu = float(rng.choice([1e-3, 1, 1e6]))
    settings = Settings(3, 1.0, nu, 1e-3)
    made = trained(D, weights, 3, settings)
    search = Search(Atoms(D.T, "columns", ""), made, 3, settings, rng)
    codes = np.concatenate([search.random(20), np.eye(n)])
    codes[0], codes[0, :2] = 0, [1, -1]
    noise = search.noise(codes)
    sizes = [max(level(W, e) for W in weights) for e in noise]
    assert max(sizes) <= Fraction(nu)
    assert sum(size >= Fraction(99, 100) * Fraction(nu) for size in sizes) > len(sizes) / 2


def test_noise_whose_products_cancel_is_left_out() -> None:
    """What float64 takes for the level of the second layer is wrong in the fourth digit."""
    nu, kept = 0.5, 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        D, settings = unit(rng.standard_normal((6, 9))), Settings(1, 1.0, nu, 1e-3)
        atoms, code = Atoms(D.T, "columns", ""), np.eye(9)[:1]
        made = trained(D, [D], 1, settings)
        e = Search(atoms, made, 1, settings, rng).noise(code)[0]
        across = rng.standard_normal((6, 9))
        across -= np.outer(e, e @ across) / (e @ e)
        weights = 10.0 ** (seed % 3 * 6) * across + 1.5 * nu * np.outer(e, np.ones(9)) / (e @ e)
        two = replace(made, weights=(D, weights), thresholds=np.zeros((2, 9)))
        noise = Search(atoms, two, 1, settings, rng).noise(code)[0]
        assert max(level(D, noise), level(weights, noise)) <= Fraction(nu)
        kept += bool(noise.any())
    assert 10 <= kept < 30


def test_without_noise_there_is_none() -> None:
    D, settings = unit(tight_frame(7, 14)), Settings(2, 1.0, 0.0, 1e-3)
    made = trained(D, [D], 2, settings)
    search = Search(Atoms(D.T, "columns", ""), made, 2, settings, np.random.default_rng(0))
    assert not search.noise(search.random(3)).any()


@pytest.mark.parametrize("seed", range(4))
def test_codes_stay_within_the_set(seed: int) -> None:
    D, weights, sparsity, settings = drawn(seed)
    made = trained(D, weights, sparsity, settings)
    rng = np.random.default_rng(seed)
    search = Search(Atoms(D.T, "columns", ""), made, sparsity, settings, rng)
    codes = np.concatenate([search.aligned(), search.random(30)])
    for _ in range(30):
        assert np.abs(codes).max() <= settings.amplitude
        assert 1 <= np.count_nonzero(codes, axis=1).min()
        assert np.count_nonzero(codes, axis=1).max() <= sparsity
        codes = search.changed(codes)


def exactly(D: FloatArray, made: Trained, code: FloatArray, noise: FloatArray) -> list[Fraction]:
    """Errors of a network after each layer, in rational arithmetic."""

    def rational(array: FloatArray) -> np.ndarray:
        return np.array([Fraction(float(v)) for v in array.ravel()]).reshape(array.shape)

    A, x = rational(D), rational(code)
    y, state, found = A @ x + rational(noise), x * 0, []
    for W, theta in zip(made.weights, made.thresholds, strict=True):
        v, t = state + rational(W).T @ (y - A @ state), rational(theta)
        state = np.array([max(a - b, 0) - max(-a - b, 0) for a, b in zip(v, t, strict=True)])
        found.append(max(abs(state - x)))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_errors_that_are_reported_are_errors_of_exact_arithmetic(seed: int) -> None:
    """Lower bounds of them, and close: where the error shrinks, and where all of it is lost."""
    D, weights, sparsity, settings = drawn(seed)
    weights = weights[:4] if seed % 2 else [2.5 * weights[0]] * 4
    made = trained(D, weights, sparsity, settings)
    rng = np.random.default_rng(seed)
    search = Search(Atoms(D.T, "columns", ""), made, sparsity, settings, rng)
    search.errors(search.random(5))
    found = search.enclosed()
    for k, trial in enumerate(found[:-1]):
        assert Fraction(trial.error) <= exactly(D, made, trial.code, trial.noise)[k]
    last = exactly(D, made, found[-1].code, found[-1].noise)[-1]
    assert last * Fraction(999, 1000) <= Fraction(found[-1].error) <= last


@pytest.mark.parametrize("seed", range(16))
def test_what_is_found_is_an_error_of_the_code_that_is_shown(seed: int) -> None:
    D, weights, sparsity, settings = drawn(seed)
    settings = replace(settings, noise=0.0)
    made = trained(D, weights[:2], sparsity, settings)
    found = attacked(D, made, sparsity, settings)
    code = np.zeros(16)
    code[list(found.support)] = found.values
    true = exactly(D, made, code, np.zeros(12))[-1]
    assert Fraction(found.found.value) <= true <= Fraction(found.found.value * (1 + 1e-12))


def test_the_worst_code_of_each_layer_is_held_against_its_bound() -> None:
    """Where the worst code of the last layer does not beat an earlier bound, another one does."""
    compared = 0
    for seed in range(12):
        D, weights, sparsity, settings = drawn(seed)
        made = trained(D, weights, sparsity, settings)
        rng = np.random.default_rng(seed)
        search = Search(Atoms(D.T, "columns", ""), made, sparsity, settings, rng)
        search.errors(np.concatenate([search.aligned(), search.random(50)]))
        errors = exactly(D, made, search.worst[-1].code, search.worst[-1].noise)
        for k, trial in enumerate(search.worst):
            middle = (float(errors[k]) + trial.error) / 2
            if errors[k] < middle * (1 - 1e-9) and middle < trial.error * (1 - 1e-9):
                bound = made.certified.layers[k].bound.value
                false = replace(made, certified=shrunk(made.certified, k, middle / bound))
                search.network = false
                assert search.enclosed()[k].error > middle
                compared += 1
    assert compared > 10


def test_digits_that_float64_loses_are_found_again() -> None:
    """Weights too long by far: balls in float64 know nothing after 40 layers."""
    D, settings = unit(tight_frame(7, 14)), Settings(2, 1.0, 0.0, 1e-3)
    made = trained(D, [1.9 * D] * 40, 2, settings)
    made = replace(made, thresholds=np.full((40, 14), 0.3))
    found = attacked(D, made, 2, settings)
    assert found.found.value > 0.1


def test_a_run_that_overflows_has_found_nothing() -> None:
    D, settings = unit(tight_frame(7, 14)), Settings(2, 1.0, 0.0, 1e-3)
    made = trained(D, [D] * 2, 2, settings)
    made = replace(made, weights=(1e200 * D, 1e200 * D))
    found = attacked(D, made, 2, settings)
    assert np.isfinite(found.found.value)


@pytest.mark.parametrize(
    ("amplitude", "noise", "scale"),
    [(1.0, 1e308, 1.0), (1e300, 1e308, 1e-208), (1.7e308, 1e308, 1e3), (1.0, 1e-3, 1e300)],
)
def test_what_overflows_is_no_attack_and_no_warning(
    amplitude: float, noise: float, scale: float
) -> None:
    D = np.array([[1.0, 0, 3], [0, 1, 4]])
    found = certify(
        D,
        weights=scale * D,
        thresholds=[1.0, 1e308],
        amplitude=amplitude,
        noise=noise,
        attack=True,
    )
    assert found.attack is not None
    assert not found.attack.beaten
