"""The weights and thresholds of a network of one's own, read and certified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.certify import reading
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.settings import Settings
from sparsebound.checks.certify.supports import dense
from sparsebound.checks.oracles import cross_coherence
from sparsebound.theory.analysis.unfolding import residual
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.codes import judged
from sparsebound.theory.guarantees.network import THEOREM, WITH_SKIPS, Network, network, of_code
from sparsebound.theory.guarantees.unfolded import SHOWN, Depth
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.promise import YOUR_NETWORK

LARGEST_WEIGHTED = 4096
"""Up to how many atoms ``|I - W^T D|`` is held."""

WEIGHTS = ("W", "weights", "encoder.weight", "W_enc")
THRESHOLDS = ("thresholds", "theta")
SKIPS = ("skips", "alpha")
OPTIMAL = "the weights are of least cross coherence, for normalised atoms"
EXACT = "the bounds of the network hold in exact arithmetic; rounding is not in them"


@dataclass(frozen=True)
class Trained:
    """A network of one's own.

    Attributes
    ----------
    weights : tuple of ndarray, each of shape (m, n)
        The weights of each layer.
    thresholds : ndarray, shape (K, n)
        Its thresholds.
    certified : Network
        What is certified of it.
    notes : tuple of str
        What was chosen for the user.
    skips : ndarray, shape (K, K), optional
        With which weights the states before enter its layers; the last one alone without.
    """

    weights: tuple[FloatArray, ...]
    thresholds: FloatArray
    certified: Network
    notes: tuple[str, ...]
    skips: FloatArray | None = None


def certify_network(
    atoms: Atoms,
    weights: Any,
    thresholds: Any,
    depth: Depth,
    settings: Settings,
    skips: Any = None,
) -> Trained:
    """Certify a network for all codes of the set that the settings describe.

    Parameters
    ----------
    atoms : Atoms
        The dictionary, in whose coordinates, as given, the network works.
    weights, thresholds, skips : str or array_like or None
        As in :func:`sparsebound.checks.certify.engine.certify`.
    depth : Depth
        For the sparsity, and the number of layers if thresholds are not given.
    settings : Settings
        Amplitude and noise.

    Raises
    ------
    InputError
        If shapes do not agree, or the dictionary is too large.
    """
    D = atoms.dictionary
    n = D.shape[1]
    if n > LARGEST_WEIGHTED:
        raise InputError(
            "--weights", f"for {n} atoms", f"a dictionary of at most {LARGEST_WEIGHTED}"
        )
    each, notes = _weights(atoms, weights)
    theta, said = (None, []) if thresholds is None else _thresholds(thresholds, n)
    notes += said
    graph, said = (None, []) if skips is None else _skips(skips)
    notes += said
    shared = len(each) == 1
    most = SHOWN if graph is None else len(graph)
    most = most if shared else len(each)
    layers = most if theta is None else len(theta)
    each = each * layers if shared else each
    if graph is not None and len(graph) != layers:
        raise InputError("layers of --skips", len(graph), f"{layers}, as the network has")
    if len(each) != layers:
        raise InputError("layers of --thresholds", layers, f"{len(each)}, as --weights has")
    chosen, found = network(
        D,
        each,
        theta,
        depth.sparsity,
        amplitude=settings.amplitude,
        noise=settings.noise,
        until=settings.tolerance if theta is None and shared and graph is None else None,
        skips=graph,
    )
    if theta is None:
        theorem = THEOREM if graph is None else WITH_SKIPS
        notes.append(f"thresholds were chosen by {theorem}, {len(chosen)} layers")
    return Trained(tuple(each[: len(chosen)]), chosen, found, (*notes, EXACT), graph)


def judge_codes(each: EachCode, D: Dictionary, trained: Trained, X: Any, noise: float) -> None:
    """Enter for which codes a network is certified, each by its own support and amplitude.

    Parameters
    ----------
    each : EachCode
        Where it is entered.
    D : Dictionary
        In the coordinates of its atoms as given.
    trained : Trained
        The network.
    X : ndarray or sparse array, shape (B, n)
        The codes.
    noise : float
        ``nu >= ||W_k^T e||_inf``.
    """
    bounds = {id(W): Ball.of(abs(residual(D, W))).upper for W in trained.weights}
    layers = [bounds[id(W)] for W in trained.weights]
    values, columns = np.zeros(len(each.sparsity)), np.full(len(each.sparsity), -1)
    for code in range(len(values)):
        x = dense(X, code, code + 1)[0].astype(np.float64)
        values[code], _, columns[code] = of_code(
            layers,
            trained.thresholds,
            np.flatnonzero(x),
            amplitude=float(np.abs(x).max()),
            noise=noise,
            skips=trained.skips,
        )
    found = judged(values, values, columns, decides=False)
    each.put(YOUR_NETWORK, np.arange(len(values)), found)


def optimal_weights(atoms: Atoms) -> FloatArray:
    """Weights of least cross coherence, scaled to ``<w_i, d_i> = 1``, shape (m, n)."""
    scaled = _scaled(atoms)
    W = cross_coherence.weights(Dictionary(scaled), every=len(atoms)).W
    return _unit(atoms, W, np.einsum("ij,ij->j", W, scaled))


def _scaled(atoms: Atoms) -> FloatArray:
    """The atoms as columns, divided by powers of two: of ordinary norms."""
    return np.asarray(np.ldexp(atoms.dictionary.data, atoms.dictionary.exponents))


def _unit(atoms: Atoms, W: FloatArray, products: FloatArray) -> FloatArray:
    """Scale weights to ``<w_i, d_i> = 1``, from their products with scaled atoms."""
    with np.errstate(over="ignore", under="ignore"):
        found = np.ldexp(W / products, atoms.dictionary.exponents)
    lost = np.flatnonzero(~np.isfinite(found).all(axis=0))
    if lost.size:
        norm = float(atoms.norms[lost[0]])
        expected = "a norm whose inverse is within the range of float64, for a network"
        raise InputError(f"norm of atom {lost[0]}", norm, expected)
    return np.asarray(found)


def _weights(atoms: Atoms, given: Any) -> tuple[list[FloatArray], list[str]]:
    D = atoms.dictionary
    if given is None or (isinstance(given, str) and given == "dictionary"):
        unit = _unit(atoms, _scaled(atoms), D.scaled_squares.mid)
        return [unit], ["the weights are the dictionary"]
    if isinstance(given, str) and given == "optimal":
        return [optimal_weights(atoms)], [OPTIMAL]
    stored = reading.given(given, "--weights", WEIGHTS)
    array = stored.array
    stack = array[None] if array.ndim == 2 else array
    if stack.ndim == 3 and atoms.layout == "rows":
        stack = stack.swapaxes(1, 2)
    if stack.ndim != 3 or stack.shape[1:] != D.shape:
        shape = D.shape if atoms.layout == "columns" else D.shape[::-1]
        expected = f"{shape}, the shape of the dictionary"
        raise InputError("shape of --weights", array.shape, f"{expected}, once or for each layer")
    return [np.asarray(W, dtype=np.float64) for W in stack], stored.noted("--weights")


def _thresholds(given: Any, n: int) -> tuple[FloatArray, list[str]]:
    stored = reading.given(given, "--thresholds", THRESHOLDS)
    array = np.asarray(stored.array, dtype=np.float64)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 1:
        array = np.repeat(array[:, None], n, axis=1)
    if array.ndim != 2 or array.shape[1] != n:
        raise InputError("shape of --thresholds", array.shape, f"(layers,) or (layers, {n})")
    if (array < 0).any():
        layer, column = (int(i) for i in np.argwhere(array < 0)[0])
        where = f"--thresholds[{layer}, {column}]"
        raise InputError(where, float(array[layer, column]), "a number that is at least 0")
    return array, stored.noted("--thresholds")


def _skips(given: Any) -> tuple[FloatArray, list[str]]:
    stored = reading.given(given, "--skips", SKIPS)
    array = np.asarray(stored.array, dtype=np.float64)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        expected = "(layers, layers): with which weight each state before enters a layer"
        raise InputError("shape of --skips", array.shape, expected)
    if np.triu(array, 1).any():
        layer, state = (int(i) for i in np.argwhere(np.triu(array, 1))[0])
        where = f"--skips[{layer}, {state}]"
        raise InputError(where, float(array[layer, state]), "0: that state comes after the layer")
    return array, stored.noted("--skips")
