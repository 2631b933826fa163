"""What holds for each code of a file, and which atoms are to blame where nothing does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checks.certify.atoms import Atoms
from checks.oracles.basis_pursuit import certificates
from theory.arithmetic import Ball
from theory.arithmetic.ball import UNIT
from theory.errors import InputError
from theory.guarantees.codes import PROPERTIES, UNKNOWN_ATOM, margins, support_quantities
from theory.guarantees.dictionary import PURSUIT
from theory.guarantees.profile import Profile
from theory.instance import Instance
from theory.quantities import recovery_value

SHOWN = 100
BINS = 20
SEARCHED = 2048
"""Up to how many atoms a linear program is solved where the certificate of Fuchs fails."""


@dataclass(frozen=True)
class Margins:
    """Distribution of margins; those that are unknown are left out."""

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
    margins: Margins


@dataclass(frozen=True)
class Failing:
    """A code that a theorem says nothing about, and the atom to blame."""

    code: int
    property: str
    theorem: str
    margin: float | None
    atom: int | None


@dataclass(frozen=True)
class Codes:
    """What holds for the codes of a file."""

    count: int
    sparsity: tuple[int, int]
    properties: tuple[Share, ...]
    failing: tuple[Failing, ...]


def certify_codes(atoms: Atoms, d: Profile, X: np.ndarray) -> Codes:
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
    norms = Ball(atoms.norms, atoms.norms * ((atoms.length + 4) * UNIT))
    columns = np.asarray(atoms.rows, dtype=np.float64).T
    least = np.empty((len(X), len(PROPERTIES)))
    middle, blamed = least.copy(), np.full(least.shape, UNKNOWN_ATOM)
    for code, x in enumerate(X):
        support = np.flatnonzero(x)
        if not len(support):
            least[code] = middle[code] = 1.0  # the zero code: nothing can go wrong
            continue
        found = support_quantities(
            columns[:, support].T, norms, columns, support, np.sign(x[support]).astype(float)
        )
        for column, (margin, atom) in enumerate(margins(d, len(support), found)):
            least[code, column] = float(margin.lower)
            middle[code, column] = float(margin.mid) if np.isfinite(margin.rad) else np.nan
            blamed[code, column] = atom
    _search(atoms, X, least, middle)
    return Codes(
        len(X),
        (int(used.min()), int(used.max())),
        tuple(
            Share(
                asked.property,
                asked.theorem,
                int((least[:, column] > 0).sum()),
                float((least[:, column] > 0).mean()),
                _distribution(middle[:, column]),
            )
            for column, asked in enumerate(PROPERTIES)
        ),
        tuple(_failing(least, middle, blamed)[:SHOWN]),
    )


def _search(atoms: Atoms, X: np.ndarray, least: np.ndarray, middle: np.ndarray) -> None:
    """Solve for a better dual certificate where that of Fuchs does not prove recovery."""
    column = [asked.property for asked in PROPERTIES].index(PURSUIT)
    failed = np.flatnonzero(~(least[:, column] > 0))
    if len(atoms) > SEARCHED or not len(failed):
        return
    instance = Instance(atoms.dictionary, X[failed])
    margin = 1 - Ball.of(recovery_value(instance, certificates(instance, search=True)).upper)
    known = np.isfinite(margin.rad)
    least[failed, column] = np.where(known, margin.lower, -np.inf)
    middle[failed, column] = np.where(known, margin.mid, np.nan)


def _distribution(values: np.ndarray) -> Margins:
    known = values[np.isfinite(values)]
    if not len(known):
        return Margins(None, None, None, (), ())
    counts, edges = np.histogram(known, bins=BINS)
    return Margins(
        float(known.min()),
        float(np.median(known)),
        float(known.max()),
        tuple(map(float, edges)),
        tuple(map(int, counts)),
    )


def _failing(least: np.ndarray, middle: np.ndarray, blamed: np.ndarray) -> list[Failing]:
    rows, columns = np.nonzero(~(least > 0))
    order = np.lexsort((rows, np.nan_to_num(middle[rows, columns], nan=-np.inf)))
    return [
        Failing(
            int(code),
            PROPERTIES[column].property,
            PROPERTIES[column].theorem,
            float(middle[code, column]) if np.isfinite(middle[code, column]) else None,
            int(blamed[code, column]) if blamed[code, column] != UNKNOWN_ATOM else None,
        )
        for code, column in zip(rows[order], columns[order], strict=True)
    ]
