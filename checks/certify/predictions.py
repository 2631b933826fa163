"""What is guaranteed for the features of signals of one's own, and for what is read out of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from sparsebound.checks.certify.again import surely_broken
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.autoencoder import Autoencoder
from sparsebound.checks.certify.depths import Depths, LabelDepths, SupportDepths, summary
from sparsebound.checks.certify.dual_points import EachSignal, each_signal
from sparsebound.checks.certify.read_outs import read_out, right_classes, stored_arrays
from sparsebound.checks.certify.reading import given
from sparsebound.checks.certify.signals import (
    AT_ONCE,
    CertifiedSignal,
    above_ridge,
    certified_signals,
    layers_of,
    ridged,
)
from sparsebound.checks.certify.sizes import not_extreme, not_large
from sparsebound.checks.oracles.label_attack import label_changes
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Head
from sparsebound.theory.instance import Dictionary

WEAKEST = 10
"""Signals that are listed."""
LARGEST = 1024
"""Most atoms: every signal has a linear system of its own."""
FEATURES_ALONE = (
    "exact features, of a file with atoms alone: codes of one step are no minimisers and may jump, "
    "so that they have no radius (network.encoder_step: when their supports are right)"
)
"""What is asked for instead of the codes of an encoder."""
UNIQUE, RADIUS = "uniqueness.features", "training.certified_radius"


@dataclass(frozen=True)
class WithinRadius:
    """How many labels are right and certified within a radius, and what an attack leaves of them.

    ``broken`` are signals whose label an attack changed inside the radius that was certified; of
    these, what float64 says was decided again exactly.
    """

    radius: float
    certified: int
    attacked: int | None = None
    broken: tuple[int, ...] = ()
    theorem: str = RADIUS


@dataclass(frozen=True)
class Predictions:
    """What is guaranteed for signals; a label is right if it is the one that was given.

    ``active`` are the least, the mean and the largest number of atoms that a signal uses,
    ``support_radii`` those of the distances within which it uses no others (the median in the
    middle). Without a head, there are no labels, and ``depths`` are those at which all of the atoms
    are used. ``each`` are arrays, with all that a radius can be worked out again from.
    """

    count: int
    atoms: int
    thresholds: tuple[float, float]
    ridge: float
    active: tuple[int, float, int]
    unique: int
    undecided: int
    right: int | None
    within: tuple[WithinRadius, ...]
    weakest: tuple[int, ...]
    signals: tuple[CertifiedSignal, ...]
    depths: Depths
    support_radii: tuple[float, float, float]
    each: EachSignal = field(repr=False, compare=False)
    theorem: str = UNIQUE
    support_theorem: str = RADIUS

    @property
    def broken(self) -> tuple[int, ...]:
        """Signals whose certificate an attack broke."""
        return tuple(sorted({code for entry in self.within for code in entry.broken}))


@dataclass(frozen=True)
class Question:
    """What is asked of signals, as it was read.

    Attributes
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    signals : ndarray, shape (B, m)
        The signals.
    thresholds : ndarray, shape (n,)
        One an atom.
    weights, biases : ndarray, shape (C, n) and (C,), or None
        The head.
    labels : ndarray of int, shape (B,), or None
        The right classes.
    radii : tuple of float
        Within which labels are asked for.
    ridge : float
        The weight of ``||z||^2 / 2``.
    notes : tuple of str
        What was changed in reading the head.
    """

    D: FloatArray
    signals: FloatArray
    thresholds: FloatArray
    weights: FloatArray | None
    biases: FloatArray | None
    labels: IntArray | None
    radii: tuple[float, ...]
    ridge: float
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> tuple[FloatArray, FloatArray] | None:
        """Weights and biases, if there are any."""
        if self.weights is None or self.biases is None:
            return None
        return self.weights, self.biases


def question(
    found: Atoms,
    signals: Any,
    *,
    penalty: Any = None,
    head: Any = None,
    labels: Any = None,
    radii: Sequence[float] = (),
    ridge: float | None = None,
    autoencoder: Autoencoder | None = None,
) -> Question:
    """Read what is asked of signals.

    Parameters
    ----------
    found : Atoms
        The dictionary.
    signals : str or array_like, shape (B, m)
        The signals, one in each row.
    penalty : float, str or array_like, optional
        The threshold of all atoms, or of each; by default that of the file of the head (``lam``).
    head : str, Path or (array_like, array_like), optional
        Weights (C, n) and biases (C,), or a file of both.
    labels : str or array_like, optional
        The right classes, from 0 on.
    radii : sequence of float
        Distances, in the l2 norm.
    ridge : float, optional
        By default that of the file of the head (``ridge``), or 0.
    autoencoder : Autoencoder, optional
        What looks for codes by one step, where the file of the dictionary has it: such codes are no
        minimisers, and nothing is certified of them.

    Raises
    ------
    InputError
        If shapes do not agree, thresholds are not positive, labels are no classes, a radius is
        asked for without a head, or codes are those of one step of an encoder.
    """
    if autoencoder is not None:
        option = "--penalty" if head is None else "--head"
        raise InputError(
            option, f"an encoder of one step, {autoencoder.architecture}", FEATURES_ALONE
        )
    D = np.asarray(found.rows, dtype=np.float64).T
    m, n = D.shape
    if n > LARGEST:
        raise InputError("--signals", f"{n} atoms", f"a dictionary of at most {LARGEST} atoms")
    Y = _matrix(signals, "--signals", m)
    stored = stored_arrays(head, "--head")
    read = None if head is None else read_out(head, stored, "--head", n)
    if read is not None and len(read.weights) < 2:
        raise InputError("--head", read.weights.shape, "weights of at least 2 classes")
    weights, biases = (None, None) if read is None else (read.weights, read.biases)
    penalty = stored.get("lam") if penalty is None else penalty
    if penalty is None:
        raise InputError("--penalty", None, "a threshold, or a head whose file has one (lam)")
    if ridge is None:
        ridge = float(_real(stored.get("ridge", 0.0), "--ridge", ((), (1,))).reshape(()))
    if not (isfinite(ridge) and ridge >= 0):
        raise InputError("--ridge", ridge, "a finite number that is at least 0")
    known = None
    if labels is not None:
        if weights is None:
            raise InputError("--labels", "labels", "to be used together with --head")
        known = right_classes(labels, len(Y), len(weights), "signals")
    for radius in radii:
        if weights is None:
            raise InputError("--radius", radius, "to be used together with --head")
        if not (isfinite(radius) and radius > 0):
            raise InputError("--radius", radius, "a finite number above 0")
    lam = _thresholds(penalty, n)
    not_extreme("signal", Y)
    not_extreme("atom", D.T)
    not_large("--penalty", lam)
    not_large("--ridge", ridge)
    not_large("--radius", radii)
    if read is not None:
        not_large("--head", read.weights)
        not_large("--head", read.biases)
    notes = () if read is None else read.notes
    return Question(D, Y, lam, weights, biases, known, tuple(map(float, radii)), ridge, notes)


def _matrix(value: Any, option: str, width: int) -> FloatArray:
    array = np.asarray(given(value, option, ("Y", "X", "signals", "images")).array, dtype=float)
    array = array[None] if array.ndim == 1 else array
    if array.ndim != 2 or array.shape[1] != width or not len(array):
        raise InputError(option, array.shape, f"signals of length {width}, one in each row")
    return array


def _thresholds(penalty: Any, n: int) -> FloatArray:
    if isinstance(penalty, str):
        try:
            penalty = float(penalty)
        except ValueError:
            penalty = given(penalty, "--penalty", ("lam", "thresholds")).array
    each = f"one threshold, or one for each of {n} atoms"
    lam = _real(penalty, "--penalty", ((), (1,), (n,)), each)
    wrong = ~(np.isfinite(lam) & (lam > 0))
    if wrong.any():
        raise InputError("--penalty", _short(lam[wrong].flat[0]), "thresholds that are above 0")
    return np.broadcast_to(lam, (n,)).copy()


def _real(
    value: Any, option: str, shapes: Sequence[tuple[int, ...]], expected: str = "one number"
) -> FloatArray:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise InputError(option, array.dtype, f"{expected}: real numbers")
    if array.shape not in shapes:
        raise InputError(option, array.shape, expected)
    return array.astype(np.float64)


def certify_signals(asked: Question, *, attack: bool = False) -> Predictions:
    """Certify features, and what is read out of them, signal by signal.

    Every number is rigorous: features are worked out in ball arithmetic from the support that a
    solver names, and a signal whose optimality conditions that does not decide has radius 0. A
    ridge is the square of its float64 root, that is, what was asked for up to a rounding.

    Parameters
    ----------
    asked : Question
        From :func:`question`.
    attack : bool
        Whether to look for other labels within the radii.

    Examples
    --------
    >>> D, head = np.eye(2), (np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))
    >>> asked = Question(D, np.array([[4.0, 1.0]]), np.ones(2), *head, None, (1.0, 2.5), 0.0)
    >>> found = certify_signals(asked)
    >>> found.signals[0].support, round(found.signals[0].radius, 6)
    ((0,), 2.12132)
    >>> [entry.certified for entry in found.within]
    [1, 0]
    """
    B, n = len(asked.signals), asked.D.shape[1]
    D = ridged(asked.D, asked.ridge)
    padded = above_ridge(asked.signals, D)
    layers = layers_of(D, asked.weights)
    signals = tuple(
        entry
        for first in range(0, B, AT_ONCE)
        for entry in _some(D, padded[first : first + AT_ONCE], asked, layers)
    )
    right = None
    labels = np.array([-1 if entry.label is None else entry.label for entry in signals])
    correct: Mask = np.ones(B, dtype=bool)
    if asked.weights is not None:
        correct = labels == asked.labels if asked.labels is not None else correct
        right = int(correct.sum()) if asked.labels is not None else None
    active = [len(entry.support) for entry in signals]
    radii = np.array([entry.radius or 0.0 for entry in signals])
    steady = np.array([entry.support_radius for entry in signals])
    order = [int(code) for code in np.argsort(radii, kind="stable") if correct[code]]
    return Predictions(
        B,
        n,
        (float(asked.thresholds.min()), float(asked.thresholds.max())),
        asked.ridge,
        (min(active), float(np.mean(active)), max(active)),
        sum(entry.unique is True for entry in signals),
        sum(entry.unique is None for entry in signals),
        right,
        tuple(_within(D, padded, asked, labels, correct, radii, attack=attack)),
        tuple(order[:WEAKEST]) if asked.weights is not None else (),
        signals,
        summary(layers.L, [entry.depth for entry in signals]),
        (float(steady.min()), float(np.median(steady)), float(steady.max())),
        each_signal(asked.D, asked.signals, asked.thresholds, asked.ridge, asked.head, signals),
    )


def _within(
    D: Dictionary,
    signals: FloatArray,
    asked: Question,
    labels: IntArray,
    correct: Mask,
    radii: FloatArray,
    *,
    attack: bool,
) -> Iterator[WithinRadius]:
    for radius in asked.radii:
        certified = correct & (radii > radius)
        if not attack or asked.weights is None or asked.biases is None:
            yield WithinRadius(radius, int(certified.sum()))
            continue
        head = _heads(asked.weights, asked.biases, labels)
        changed = label_changes(D, signals, asked.thresholds, head, radius, len(asked.D))
        beaten = np.asarray(np.isfinite(changed).all(axis=1))
        seems = np.flatnonzero(certified & beaten)  # in float64: decided again before it counts
        given = signals[seems], changed[seems], asked.thresholds, head.select(seems)
        proved = surely_broken(D, *given, radii[seems])
        broken, beaten[seems] = seems[proved], proved
        left = int((correct & ~beaten).sum())
        yield WithinRadius(radius, int(certified.sum()), left, tuple(map(int, broken)))


def _heads(weights: FloatArray, biases: FloatArray, labels: IntArray) -> Head:
    """The same head for each signal."""
    B = len(labels)
    return Head(
        np.broadcast_to(weights, (B, *weights.shape)),
        np.broadcast_to(biases, (B, *biases.shape)),
        labels,
    )


def _some(
    D: Dictionary, signals: FloatArray, asked: Question, layers: LabelDepths | SupportDepths
) -> Iterator[CertifiedSignal]:
    """Certify a few signals, all with the same thresholds and the same head."""
    B, lam = len(signals), asked.thresholds
    thresholds = np.broadcast_to(lam, (B, *lam.shape))
    if asked.weights is None or asked.biases is None:
        return certified_signals(D, signals, thresholds, layers=layers)
    head = _heads(asked.weights, asked.biases, np.zeros(B, dtype=int))
    return certified_signals(D, signals, thresholds, head.weights, head.biases, layers)


def _short(value: Any) -> int | float:
    return int(value) if isfinite(value) and value == int(value) else float(value)
