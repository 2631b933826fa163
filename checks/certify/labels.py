"""Labels that a linear classifier reads out of codes: which of them provably survive noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import LOST, Atoms
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.read_outs import (
    LinearReadOut,
    read_out,
    right_classes,
    stored_arrays,
)
from sparsebound.checks.certify.statistics import MarginDistribution, distribution
from sparsebound.checks.certify.supports import entries_of, portions
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.arithmetic.ball import UNIT
from sparsebound.theory.guarantees.codes import CERTIFIED, OPEN, REFUTED
from sparsebound.theory.guarantees.labels import (
    ERRORS,
    OF_SIGNS,
    THEOREM,
    KnownOfCode,
    by_lasso,
    by_own_signs,
    surviving,
)
from sparsebound.theory.guarantees.network import BELOW
from sparsebound.theory.promise import LASSO, LASSO_WITH_SIGNS

CLASSIFIER = "--classifier"
READ_AT_ONCE = 2**19
"""Scores times nonzeros that are held at once."""

FRAGILE = 20
"""Codes that are named, of those whose labels are read."""


@dataclass(frozen=True)
class EachLabel:
    """What is known of the label of each code, arrays of shape (B,).

    Attributes
    ----------
    label, rival : ndarray of int
        The class that is asked about, and the one that is next.
    status : ndarray of int8
        1 if the label provably survives the noise that is asked about, -1 if it is not even that
        of the code, 0 otherwise.
    error : ndarray
        Errors of the entries on the support, of normalised atoms, that the label survives.
    noise : ndarray
        ``nu`` up to which the Lasso with some ``lam`` has the label, whatever the noise is.
    lam_above, lam_below : ndarray
        Between which every ``lam`` has it, for the noise that is asked about.
    own_signs : ndarray of bool
        Whether these three are by the signs of the code, or for any signs on its support.
    """

    label: IntArray
    rival: IntArray
    status: np.ndarray
    error: FloatArray
    noise: FloatArray
    lam_above: FloatArray
    lam_below: FloatArray
    own_signs: np.ndarray


@dataclass(frozen=True)
class WeakLabel:
    """A code whose label survives little."""

    code: int
    label: int
    rival: int
    error: float
    noise: float


@dataclass(frozen=True)
class CertifiedLabels:
    """What holds for the labels of the codes of a file.

    ``given`` says whether labels were given, of which ``right`` are surely those that are read; of
    those that are ``certified``, ``by_signs`` are by the signs of the codes alone; ``unmoved`` are
    read whatever the noise is, and the others have the distribution ``noise``; ``lam`` is the
    interval of weights that will do for all that are certified at once, if there is one.
    """

    count: int
    classes: int
    theorem: str
    errors_theorem: str
    signs_theorem: str
    given: bool
    asked: float
    right: int
    certified: int
    by_signs: int
    unmoved: int
    noise: MarginDistribution
    lam: tuple[float, float] | None
    weakest: tuple[WeakLabel, ...]
    each: EachLabel = field(repr=False, compare=False)


def read_classifier(classifier: Any, atoms: Atoms) -> LinearReadOut:
    """Read a linear classifier of codes.

    Parameters
    ----------
    classifier : str, Path or (array_like, array_like)
        Weights (C, n) and biases (C,), or a file of both; of one row, as of two classes in
        scikit-learn, the second class is read where the score is positive.
    atoms : Atoms
        The dictionary; columns of atoms that were left out are left out, too.

    Raises
    ------
    InputError
        If there is no such pair, or shapes do not agree.

    Examples
    --------
    >>> atoms = Atoms(np.eye(2), "rows", "")
    >>> read_classifier(([[1.0, -1.0]], [0.5]), atoms).weights
    array([[ 0.,  0.],
           [ 1., -1.]])
    """
    n = len(atoms) + len(atoms.dropped)
    found = read_out(classifier, stored_arrays(classifier, CLASSIFIER), CLASSIFIER, n)
    weights, biases = found.weights, found.biases
    if len(weights) == 1:
        weights, biases = (np.concatenate([0 * part, part]) for part in (weights, biases))
    kept = np.setdiff1d(np.arange(n), atoms.dropped)
    return LinearReadOut(weights[:, kept], biases, found.notes)


def certify_labels(
    atoms: Atoms,
    classifier: LinearReadOut,
    X: Any,
    each: EachCode,
    *,
    labels: Any = None,
    noise: float = 0.0,
) -> CertifiedLabels:
    """Say which labels of codes survive noise, by what is known of the codes already.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    classifier : LinearReadOut
        What reads labels.
    X : ndarray or sparse array, shape (B, n)
        The codes.
    each : EachCode
        What is known of them.
    labels : str or array_like of int, shape (B,), optional
        The right ones; by default those that are read.
    noise : float
        ``nu >= ||D^T e||_inf``, of normalised atoms: also of all noise of that norm.

    Raises
    ------
    InputError
        If labels are no classes, one a code.
    """
    count, classes = len(each.sparsity), len(classifier.biases)
    asked = None if labels is None else right_classes(labels, count, classes, "codes")
    label, rival, read = (np.zeros(count, dtype=np.int64) for _ in range(3))
    error, smallest = np.zeros(count), np.zeros(count)
    for codes, rows in portions(
        atoms, X, each.sparsity, np.arange(count), max(1, READ_AT_ONCE // classes)
    ):
        with np.errstate(over="ignore", under="ignore"):
            scale = np.where(codes.sizes > 0, codes.powers, 0)[:, None]
            entries = entries_of(atoms, codes)
            true = Ball(np.ldexp(entries.mid, scale), np.ldexp(entries.rad, scale) + LOST)
        true = true.where(codes.used, 0)
        norms = atoms.norms[codes.index]
        sizes = Ball(norms, norms * ((atoms.length + 8) * UNIT))
        weights = Ball(np.moveaxis(classifier.weights[:, codes.index], 0, 1))
        weights = (weights / sizes.reshape(len(rows), 1, -1)).where(codes.used[:, None], 0)
        biases = Ball(np.broadcast_to(classifier.biases, (len(rows), classes)).copy())
        if asked is None:
            scores = np.einsum("bcs,bs->bc", weights.mid, true.mid) + biases.mid
            label[rows] = scores.argmax(axis=1)
        else:
            label[rows] = asked[rows]
        found = surviving(true, codes.used, weights, biases, label[rows])
        read[rows], error[rows], rival[rows] = found.read, found.error, found.rival
        smallest[rows] = np.where(codes.used, abs(true).lower, np.inf).min(axis=1)
    known = _known(each, smallest)
    lasso, of_signs = by_lasso(error, known, noise), by_own_signs(error, known, noise)
    own = of_signs.noise > lasso.noise
    reach, above, below = (
        np.where(own, getattr(of_signs, name), getattr(lasso, name))
        for name in ("noise", "lam_above", "lam_below")
    )
    survives = above < below
    state = np.where(survives, CERTIFIED, np.where(read == REFUTED, REFUTED, OPEN)).astype(np.int8)
    return _summed(
        EachLabel(label, rival, state, error, reach, above, below, own),
        read,
        classes,
        noise,
        given=asked is not None,
    )


def _known(each: EachCode, smallest: FloatArray) -> KnownOfCode:
    """What is known of codes already, as bounds: margins are 1 - v, or 1/v - 1 of a v above 1."""
    bounds = []
    for name in (LASSO, LASSO_WITH_SIGNS):
        status, margins, _ = each.of_property(name)
        with np.errstate(all="ignore"):
            below = np.minimum(np.nextafter(1 - margins, 2), BELOW)
            beyond = np.maximum(1 / (1 + margins) * (1 + 2.0**-40), 1.0)
        value = np.where(status == CERTIFIED, below, beyond)
        bounds.append(np.where(np.isnan(margins), np.inf, value))
    recovery, fuchs = bounds
    return KnownOfCode(each.growth, recovery, fuchs, each.lasso_reach, smallest)


def _summed(
    each: EachLabel, read: IntArray, classes: int, noise: float, *, given: bool
) -> CertifiedLabels:
    certified = np.flatnonzero(each.status == CERTIFIED)
    lam = None
    if len(certified):
        above, below = (
            float(each.lam_above[certified].max()),
            float(each.lam_below[certified].min()),
        )
        lam = (above, below) if above < below else None
    order = np.flatnonzero((read == CERTIFIED) & np.isfinite(each.noise))
    order = order[np.argsort(each.noise[order], kind="stable")][:FRAGILE]
    return CertifiedLabels(
        len(read),
        classes,
        THEOREM,
        ERRORS,
        OF_SIGNS,
        given,
        noise,
        int((read == CERTIFIED).sum()),
        len(certified),
        int(each.own_signs[certified].sum()),
        int(np.isposinf(each.noise).sum()),
        distribution(each.noise),
        lam,
        tuple(
            WeakLabel(
                int(code),
                int(each.label[code]),
                int(each.rival[code]),
                float(each.error[code]),
                float(each.noise[code]),
            )
            for code in order
        ),
        each,
    )
