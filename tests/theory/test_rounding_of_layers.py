"""Rounding of layers of networks: bounds that correct ones keep, and that are nearly attained."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS
from sparsebound.checks.protocol import Subject, SubjectError
from sparsebound.checks.provider import Request
from sparsebound.checks.subjects.unfolded import unfolded_network, unfolding
from sparsebound.checks.supplies import supplies
from sparsebound.theory.analysis.activations import activation_error
from sparsebound.theory.analysis.filters import step_error
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.analysis.unfolding import rounding
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.experiment import posed
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import Instance
from sparsebound.theory.operators import Convolution
from sparsebound.theory.rate import unfolded
from sparsebound.theory.verdict import Status, decide
from tests.machines import SCALES, Machine


def layer(
    machine: Machine, instance: Instance, W: NDArray[Any], x: NDArray[Any], r: float = 0.0
) -> NDArray[Any]:
    """``x + W^T (y - D x) + r``, x of shape (B, n)."""
    kept, product = machine.kept, machine.product
    D, y, weights, r = (kept(v) for v in (instance.D.data, instance.Y.mid, W, r))
    with np.errstate(under="ignore"):
        residual = kept(y - product(kept(x), D.T))
        return kept(kept(kept(x) + product(residual, weights)) + r)


def missed(
    instance: Instance, W: NDArray[Any], x: NDArray[Any], found: NDArray[Any], r: float = 0.0
) -> NDArray[Any]:
    """Distance from the exact pre-activation, the largest of an entry of each code."""
    D, weights = (np.vectorize(Fraction, otypes=[object])(v) for v in (instance.D.data, W))
    X, E, x, found = (
        np.vectorize(Fraction, otypes=[object])(np.asarray(v, dtype=float))
        for v in (instance.X, instance.E, x, found)
    )
    exact = x + (X @ D.T + E - x @ D.T) @ weights + Fraction(r)
    return np.asarray(abs(found - exact).max(axis=1), dtype=float)


def single(values: Any, dtype: Any) -> NDArray[Any]:
    return np.asarray(np.asarray(values).astype(dtype), dtype=float)


@pytest.mark.parametrize("flushes", [False, True])
@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("dtype", SCALES)
def test_correct_layers_keep_the_bound(dtype: Any, fused: bool, flushes: bool) -> None:
    """At any scale of signals, atoms and weights, from states off the code, and perturbed."""
    name, half = np.dtype(dtype).name, 2.0**-30 if dtype is np.float32 else 2.0**-250
    for seed, scale in enumerate(SCALES[dtype]):
        rng, machine = np.random.default_rng(seed), Machine(dtype, fused, flushes, seed)
        X = np.where(rng.random((3, 6)) < 0.5, rng.standard_normal((3, 6)), 0.0)
        E = rng.standard_normal((3, 5))
        for atoms in (1.0, half, 1 / half):
            size = min(scale, half) if atoms > 1 else scale
            with np.errstate(under="ignore"):
                found = Instance(
                    rng.standard_normal((5, 6)) * atoms, single(X * size, dtype), E * size * atoms
                )
                W = single(rng.standard_normal((5, 6)) / atoms, dtype)
            x = single(np.where(found.support, 1.5 * found.X, 0.25 * size), dtype)
            r = float(dtype(size / 8))
            v = layer(machine, found, W, x, r)
            bound = rounding(found, W, name)
            on = np.where(found.support, abs(x - found.X), 0).max(axis=1)
            off = np.where(found.support, 0, abs(x)).max(axis=1)
            allowed = bound.base + bound.on * on + bound.off * off + bound.gamma * r
            assert np.isfinite(allowed).all()
            assert (missed(found, W, x, v, r) <= allowed).all()
            if dtype is np.float64:
                v = layer(machine, found, W, x)
                steps = step_error(found, W, x[:, None], found.Y.mid).max(axis=(1, 2))
                assert (missed(found, W, x, v) <= steps * (1 + 2.0**-10)).all()


def sum_over_atoms(dtype: Any, n: int) -> tuple[Instance, NDArray[Any]]:
    """Terms of ``D x`` that each are lost, and a weight that makes them all of the error."""
    unit = float(np.finfo(dtype).eps) / 2
    D, X = np.full((1, n), 2.0**-12), np.full((1, n), unit * 2.0**12 * 15 / 16)
    D[0, 0], X[0, 0] = 1, 1 + 2.0**-10
    W = np.zeros((1, n))
    W[0, 0] = 64
    return Instance(D, X, -np.sum(D * X, keepdims=True)), W


def sum_over_rows(dtype: Any, m: int) -> tuple[Instance, NDArray[Any]]:
    """Terms of ``W^T y`` that each are lost."""
    unit = float(np.finfo(dtype).eps) / 2
    W, y = np.full((m, 1), 2.0**-12), np.full((1, m), unit * 2.0**12 * 15 / 16)
    W[0, 0], y[0, 0] = 1, 1 + 2.0**-10
    D = np.zeros((m, 1))
    D[0, 0] = 2.0**-20
    return Instance(D, [[0]], y), W


@pytest.mark.parametrize("dtype", SCALES)
def test_roundings_nearly_add_up_to_the_bound(dtype: Any) -> None:
    machine, name = Machine(dtype), np.dtype(dtype).name
    found, W = sum_over_rows(dtype, 400)
    v = layer(machine, found, W, found.X)
    error = missed(found, W, found.X, v)[0]
    assert 0.85 <= error / rounding(found, W, name).base[0] <= 1
    if dtype is np.float64:
        assert 0.85 <= error / step_error(found, W, found.X[:, None], found.Y.mid).max() <= 1
    # the signal is what cancels D x, and counts as much again; in float64 with its own rounding
    found, W = sum_over_atoms(dtype, 400)
    v = layer(machine, found, W, found.X)
    share = 0.42 if dtype is np.float32 else 0.28
    assert share <= missed(found, W, found.X, v)[0] / rounding(found, W, name).base[0] <= 1


def test_terms_of_a_convolution_are_the_taps_of_its_filters() -> None:
    """Three hundred taps on a signal of a thousand entries."""
    unit, taps, length = 2.0**-24, 300, 1000
    w, y = np.full((1, taps), 2.0**-12), np.full((1, length), unit * 2.0**12 * 15 / 16)
    w[0, 0], y[0, 0] = 1, 1 + 2.0**-10
    W = Convolution(w, length)
    D = ConvolutionalDictionary(W.with_filters(np.where(np.arange(taps) == 0, 2.0**-20, 0)[None]))
    found = Instance(D, np.zeros((1, length)), y)
    matrix = matrix_of(W)
    v = Machine(np.float32).product(single(y, np.float32).astype(np.float32), matrix[:, :1])
    exact = y.astype(np.longdouble)[0] @ matrix[:, 0]
    error = abs(np.float64(v[0, 0]) - exact)
    assert 0.8 <= error / rounding(found, W, "float32").base[0] <= 1


@pytest.mark.parametrize("dtype", SCALES)
def test_what_is_flushed_nearly_adds_up_to_the_bound(dtype: Any) -> None:
    """Four hundred products, all just below the range."""
    tiny = float(np.finfo(dtype).tiny)
    W, D = np.full((400, 1), 2.0**-5), np.full((400, 1), 2.0**-10)
    found = Instance(D, [[0]], np.full((1, 400), 31 * tiny))
    v = layer(Machine(dtype, flushes=True), found, W, found.X)
    assert v == 0
    bound = rounding(found, W, np.dtype(dtype).name).base[0]
    assert 0.3 <= missed(found, W, found.X, v)[0] / bound <= 1


@pytest.mark.parametrize("dtype", SCALES)
def test_the_bound_is_infinite_where_the_range_may_be_left(dtype: Any) -> None:
    name, largest = np.dtype(dtype).name, float(np.finfo(dtype).max)
    inside, outside = (Instance([[1]], [[0]], [[largest * share]]) for share in (1 / 16, 0.5))
    assert np.isfinite(rounding(inside, np.ones((1, 1)), name).base).all()
    assert np.isinf(rounding(outside, np.ones((1, 1)), name).base).all()


def small(scale: float) -> Instance:
    X = np.array([[8.0, 0, 0, 0], [0, -8, 0, 1]]) * scale
    D = [[4, 0, 1, 0], [0, 4, 0, 1], [0, 0, 4, 0], [1, 0, 0, 4]]
    return Instance(D, X, np.full((2, 4), 0.125 * scale))


@pytest.mark.parametrize("dtype", SCALES)
def test_networks_hold_at_any_scale_and_no_more_than_that(dtype: Any) -> None:
    """A state that is off by eight times what a layer declares is refuted."""
    for scale in SCALES[dtype]:
        found = small(scale)
        design = Design(layers=4, dtype=np.dtype(dtype).name, rounded=True)
        with np.errstate(under="ignore"):
            run = unfolding(designed(found, design))
        assert run.dtype == np.dtype(dtype).name
        verdict = decide(unfolded.THEOREM, found, {"unfolding": run})
        assert set(verdict.status.tolist()) == {int(Status.HOLDS)}
        # what a network declares for its activations is what these may lose, for bounds of states
        sizes, kind = np.abs(found.X).max(axis=1)[:, None], FloatingPoint.of(run.dtype)
        needed = activation_error(kind, sizes + run.thresholds, run.thresholds)
        assert (needed <= run.p_in).all()
        assert (run.p_in <= 32 * needed).all()
        states = run.iterates.copy()
        declared = run.rho[:, 2] + run.p_in[:, 2]
        for code, sign in ((0, 1), (1, -1)):
            states[code, 3, code] -= sign * 8 * declared[code]
        wrong = decide(unfolded.THEOREM, found, {"unfolding": replace(run, iterates=states)})
        assert set(wrong.status.tolist()) == {int(Status.VIOLATED)}


def network(D: Any, W: Any, Y: Any, thresholds: Any) -> NDArray[Any]:
    """A network in float32."""
    with np.errstate(over="ignore", invalid="ignore"):
        soft = ACTIVATIONS["soft"]
        return unfolded_network(D, W, Y, thresholds, soft, dtype="float32").astype(np.float32)


def test_data_beyond_the_range_of_a_subject_are_refused() -> None:
    provider = supplies(Subject.of(network), unfolded.THEOREM)["unfolding"]
    run = provider.find(posed(small(1.0)), Request())
    verdict = decide(unfolded.THEOREM, small(1.0), {"unfolding": run})
    assert set(verdict.status.tolist()) == {int(Status.HOLDS)}
    with pytest.raises(SubjectError, match="needs data within the range of float32"):
        provider.find(posed(small(2.0**120)), Request())


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", SCALES)
def test_activations_are_computed_about_as_well_as_is_said(dtype: Any, name: str) -> None:
    """Within the bound; one rounding alone is a sixteenth of it, without that of the hard one."""
    kind, rng = FloatingPoint.of(dtype), np.random.default_rng(0)
    for scale in SCALES[dtype]:
        with np.errstate(under="ignore"):
            v = (4 * rng.standard_normal(4000) * scale).astype(dtype)
            theta = (rng.random(4000) * scale).astype(dtype)
            h = ACTIVATIONS[name](v, theta)
        sizes, wide = np.abs(v).astype(np.longdouble), theta.astype(np.longdouble)
        beyond = np.abs(h.astype(np.longdouble) - v) - wide
        allowed = activation_error(kind, sizes, wide)
        assert (beyond <= allowed).all()
        if name == "soft" and scale == 1:
            assert (beyond / allowed).max() >= 1 / 40
