"""What holds for each code of a file, and which atoms are to blame where nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.oracles.basis_pursuit import certificates
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.codes import (
    PROPERTIES,
    UNKNOWN_ATOM,
    margins,
    support_quantities,
)
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import PURSUIT
from sparsebound.theory.quantities import recovery_value

SHOWN = 20
"""Failing codes that are kept, of each property."""

BINS = 20
"""Of every histogram of a certificate."""

SEARCHED = 2048
"""Up to how many atoms a linear program is solved where the certificate of Fuchs fails."""


@dataclass(frozen=True)
class MarginDistribution:
    """Distribution of the lower ends of margins; those that are unknown are left out."""

    least: float | None
    median: float | None
    largest: float | None
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Share:
    """How many codes have a property, by a theorem."""

    property: str
    theorem: str
    certified: int
    share: float
    margins: MarginDistribution


@dataclass(frozen=True)
class Failing:
    """A code that a theorem says nothing about, and the atom to blame."""

    code: int
    property: str
    theorem: str
    margin: float | None
    atom: int | None


@dataclass(frozen=True)
class CertifiedCodes:
    """What holds for the codes of a file.

    ``growth`` is the distribution of ``||(D_S^T D_S)^{-1}||`` in the maximum norm, the factor of
    ``lam`` in the error of the Lasso by ``stability.lasso_witness``.
    """

    count: int
    sparsity: tuple[int, int]
    growth: MarginDistribution
    properties: tuple[Share, ...]
    failing: tuple[Failing, ...]


def certify_codes(atoms: Atoms, d: Profile, X: np.ndarray) -> CertifiedCodes:
    """Certify each code by its own support.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    d : Profile
        Its quantities.
    X : ndarray, shape (B, n)
        The codes.

    Raises
    ------
    InputError
        If there are no codes, or they are of another length.
    """
    n = len(atoms)
    if X.ndim != 2 or X.shape[1] != n:
        raise InputError("shape of --codes", X.shape, f"codes of length {n}, one a row")
    used = np.count_nonzero(X, axis=1)
    if not used.any():
        raise InputError("--codes", "zero throughout", "a code that is not zero")
    every = np.arange(n)
    rows, norms = atoms.scaled(every), atoms.scaled_norms(every)
    least = np.empty((len(X), len(PROPERTIES)))
    blamed = np.full(least.shape, UNKNOWN_ATOM)
    growth = np.zeros(len(X))
    for code, x in enumerate(X):
        support = np.flatnonzero(x)
        if not len(support):
            least[code] = 1.0  # the zero code: nothing can go wrong
            continue
        found = support_quantities(rows, norms, support, np.sign(x[support]).astype(float))
        growth[code] = float(found.growth.upper)
        for column, (margin, atom) in enumerate(margins(d, len(support), found)):
            least[code, column] = float(margin.lower)
            blamed[code, column] = atom
    _search(atoms, X, least)
    return CertifiedCodes(
        len(X),
        (int(used.min()), int(used.max())),
        _distribution(growth),
        tuple(
            Share(
                asked.property,
                asked.theorem,
                int((least[:, column] > 0).sum()),
                float((least[:, column] > 0).mean()),
                _distribution(least[:, column]),
            )
            for column, asked in enumerate(PROPERTIES)
        ),
        tuple(_failing(least, blamed)),
    )


def _search(atoms: Atoms, X: np.ndarray, least: np.ndarray) -> None:
    """Solve for a better dual certificate where that of Fuchs does not prove recovery."""
    column = [asked.property for asked in PROPERTIES].index(PURSUIT)
    failed = np.flatnonzero(~(least[:, column] > 0))
    if len(atoms) > SEARCHED or not len(failed):
        return
    for code in failed:  # one by one: what a solver leaves open depends on all that it solves
        instance = Instance(atoms.dictionary, X[code : code + 1])
        margin = 1 - Ball.of(recovery_value(instance, certificates(instance, search=True)).upper)
        least[code, column] = max(least[code, column], float(margin.lower[0]))


def _distribution(values: np.ndarray) -> MarginDistribution:
    known = values[np.isfinite(values)]
    if not len(known):
        return MarginDistribution(None, None, None, (), ())
    counts, edges = _histogram(known)
    return MarginDistribution(
        float(known.min()),
        float(np.median(known)),
        float(known.max()),
        tuple(map(float, edges)),
        tuple(map(int, counts)),
    )


def _histogram(values: FloatArray) -> tuple[IntArray, FloatArray]:
    """Counts in bins, closed to the right: in one, where values are too near each other for more.

    They are equal, but that no bin holds both positive values and others.

    Examples
    --------
    >>> _histogram(np.array([1.0, 1 + 2.0**-52]))[0]
    array([2])
    >>> _histogram(np.array([-5e-324, 5e-324]))
    (array([1, 1]), array([-4.94065646e-324,  0.00000000e+000,  4.94065646e-324]))
    """
    least, largest = values.min(), values.max()
    both = least <= 0 < largest
    with np.errstate(over="ignore"):
        edges = np.linspace(least, largest, BINS + 1)
    if not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        edges = np.array([least, 0.0, largest] if both else [least, largest])
    elif both:
        edges[1 + np.abs(edges[1:-1]).argmin()] = 0
    places = np.searchsorted(edges[1:-1], values, side="left")
    return np.bincount(places, minlength=len(edges) - 1), edges


def _failing(least: np.ndarray, blamed: np.ndarray) -> Iterator[Failing]:
    """The worst codes of each property; of an unknown margin the first of all."""
    for column, asked in enumerate(PROPERTIES):
        failed = np.flatnonzero(~(least[:, column] > 0))
        order = np.argsort(least[failed, column], kind="stable")
        for code in failed[order[:SHOWN]]:
            margin, atom = float(least[code, column]), int(blamed[code, column])
            yield Failing(
                int(code),
                asked.property,
                asked.theorem,
                margin if np.isfinite(margin) else None,
                atom if atom != UNKNOWN_ATOM else None,
            )
