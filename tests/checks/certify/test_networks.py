"""Networks of one's own: what is certified of them, and planted bugs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.commands.main import main
from sparsebound.reports.certificate import document, text
from sparsebound.reports.html.certificate import certificate_page
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.frames import tight_frame
from sparsebound.theory.constructions.low_coherence import alternating_projection
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import coherence

LAYERS, SPARSITY = 6, 2


def frame() -> FloatArray:
    """Seven by fourteen, equiangular."""
    D = tight_frame(7, 14)
    return np.asarray(D / np.linalg.norm(D, axis=0))


def schedule(D: FloatArray) -> FloatArray:
    """Thresholds of the master theorem, a little larger than needed."""
    mu = float(coherence(Dictionary(D)).upper)
    bounds = ((2 * SPARSITY - 1) * mu * (1 + 1e-9)) ** np.arange(LAYERS)
    return np.asarray(SPARSITY * mu * (1 + 1e-9) * bounds)


def test_the_bound_is_that_of_the_master_theorem() -> None:
    D = frame()
    found = certify(D, weights=D, thresholds=schedule(D), sparsity=SPARSITY).network
    assert found is not None
    assert found.certified
    q = (2 * SPARSITY - 1) / np.sqrt(13)
    bounds = [layer.bound.value for layer in found.layers]
    assert bounds == pytest.approx(q ** np.arange(1, LAYERS + 1), rel=1e-7)


@pytest.mark.parametrize("column", [0, 9])
def test_a_scaled_column_and_halved_thresholds_are_named(
    column: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    D = frame()
    W = D.copy()
    W[:, column] *= 1.5
    np.save(tmp_path / "D.npy", D)
    np.save(tmp_path / "W.npy", W)
    np.save(tmp_path / "theta.npy", schedule(D) / 2)
    arguments = ["--weights", tmp_path / "W.npy", "--thresholds", tmp_path / "theta.npy"]
    words = ["certify", tmp_path / "D.npy", *arguments, "--sparsity", SPARSITY]
    assert main([str(word) for word in words]) == 1
    said = capsys.readouterr().out
    assert "Your network: not certified" in said
    assert f"layer 0, column {column}: the threshold is" in said
    assert f"largest at column {column}" in said


def test_a_single_bad_layer_is_the_one_that_is_named() -> None:
    D = frame()
    W = np.repeat(D[None], LAYERS, axis=0)
    W[3, :, 5] *= 1.5
    found = certify(D, weights=W, thresholds=schedule(D), sparsity=SPARSITY).network
    assert found is not None
    assert [layer.certified for layer in found.layers[:4]] == [True, True, True, False]
    assert found.layers[3].column == 5
    assert found.reason is not None
    assert found.reason.startswith("layer 3, column 5")


def test_thresholds_halved_alone_leave_a_bound_for_what_passes_them() -> None:
    D = frame()
    theta = schedule(D) / 2
    found = certify(D, weights=D, thresholds=theta, sparsity=SPARSITY).network
    assert found is not None
    assert not found.certified
    rng = np.random.default_rng(1)
    for _ in range(50):
        x = np.zeros(14)
        x[rng.choice(14, SPARSITY, replace=False)] = rng.uniform(-1, 1, SPARSITY)
        state = np.zeros(14)
        for layer, threshold in zip(found.layers, theta, strict=True):
            v = state + D.T @ (D @ x - D @ state)
            state = np.sign(v) * np.maximum(np.abs(v) - threshold, 0)
            assert np.abs(state - x).max() <= layer.bound.value


def test_optimal_weights_are_no_worse_and_can_be_saved(tmp_path: Path) -> None:
    D = np.random.default_rng(3).standard_normal((5, 9))
    np.save(tmp_path / "D.npy", D)
    out = tmp_path / "out"
    main(["certify", str(tmp_path / "D.npy"), "--weights", "optimal", "--out", str(out)])
    W = np.load(out / "weights.npy")
    products = W.T @ D
    assert np.diag(products) == pytest.approx(np.ones(9), abs=1e-9)
    unit = products * (np.linalg.norm(D, axis=0)[:, None] / np.linalg.norm(D, axis=0))
    np.fill_diagonal(unit, 0)
    assert np.abs(unit).max() <= float(coherence(Dictionary(D)).mid) + 1e-9


def test_weights_follow_the_layout_of_the_dictionary() -> None:
    D = frame()
    columns = certify(D, weights=D, sparsity=1).network
    rows = certify(D.T.copy(), weights=D.T.copy(), sparsity=1).network
    assert columns == rows


def test_low_coherence_weights_of_the_dictionary_are_certified_by_default() -> None:
    D = alternating_projection(12, 16, 0)
    found = certify(D, weights="dictionary", tolerance=1e-2)
    assert found.network is not None
    assert found.network.certified
    assert found.network.layers[-1].bound.value <= 1e-2


@pytest.mark.parametrize("weights", ["dictionary", "optimal"])
@pytest.mark.parametrize("power", [-1020, -830, 500, 1000])
def test_networks_of_atoms_of_any_norm(weights: str, power: int) -> None:
    D = np.array([[1, 0, 0.6], [0, 1, 0.8]])
    plain, moved = (
        certify(np.ldexp(D, shift), weights=weights, noise=1e-3) for shift in (0, power)
    )
    assert plain.network is not None
    assert moved.network is not None
    assert plain.network.certified
    assert moved.network.certified
    assert moved.network.diagonal.value <= 1e-15
    assert plain.weights is not None
    assert moved.weights is not None
    assert np.allclose(np.ldexp(moved.weights, power), plain.weights, rtol=1e-14, atol=0)


@pytest.mark.parametrize("weights", ["dictionary", "optimal"])
def test_atoms_without_weights_in_float64_are_refused(weights: str) -> None:
    D = np.array([[1.0, 0, 3], [0, 2.0**-1050, 4]])
    with pytest.raises(InputError, match=r"norm of atom 1 is .* inverse"):
        certify(D, weights=weights)


def test_it_is_said_of_which_coefficients_a_network_and_a_depth_are() -> None:
    """Atoms of norm 2: of a depth nothing changes, of a network the codes do."""
    D = np.array([[1, 0, 0.6], [0, 1, 0.8]])
    found = certify(2 * D, weights=D / 2, tolerance=0.01)
    assert found.unfolded == certify(D, tolerance=0.01).unfolded
    shown, page = text(document(found)), certificate_page(document(found))
    assert "D, codes of 1 nonzero, as coefficients of normalised atoms" in shown
    assert "Your network: certified, for coefficients of the atoms as given" in shown
    assert "For coefficients of the atoms as given." in page


def test_the_inner_products_of_atoms_as_given_are_not_taken_for_their_cross_coherence() -> None:
    """Of least cross coherence are weights of normalised atoms; other products may be larger."""
    D = np.array([[1, 0, 600], [0, 1, 800]])
    best = certify(D, weights="optimal")
    assert best.network is not None
    assert best.network.cross_coherence.value > 1 > float(coherence(Dictionary(D)).mid)
    assert best.network.cross_coherence.theorem == "rate.unfolded"
    assert any("cross coherence, for normalised atoms" in note for note in best.notes)
    shown = text(document(best))
    assert "|<w_i, d_j>| is up to" in shown
    assert "mu(W, D)" not in shown
