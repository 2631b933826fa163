r"""New atoms for the same codes, or an atom with its entries, never raise the error.

Problem: ``N`` samples ``Y``, their codes ``X``, a row for each sample, and atoms as given; the
error is ``||Y - X D^T||_F^2``.

Claim: it does not grow (a) by K-SVD: one atom, and its entries where it is in use, become the best
approximation of rank one of ``E``, what the others leave of these samples; by an approximate K-SVD,
``d' = E^T g`` for the entries ``g`` of the atom, then ``g' = E d'/||d'||^2``, one atom after the
other. (b) By MOD: all atoms become ``D' = Y^T X (X^T X)^{-1}``, and if they are normalised, entries
of the codes are multiplied by their norms. Both orders matter: not if all atoms are updated at once
from one residual, and not if atoms are normalised and codes are kept.

Why: each step minimises the error over a set that contains what was there: matrices of rank one, or
the atom and then its entries, or all dictionaries. For the best approximation of rank one it is
``||E||_F^2`` less the largest eigenvalue of ``E^T E``.

One premise serves for all: every atom is in use, and codes determine MOD. The first three atoms are
updated.

Sharp: at a fixed point.

Source: Aharon, Elad, Bruckstein 2006 (K-SVD); Engan, Aase, Husoy 1999 (MOD).

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, {"coded_signals": experiment.settings["coded_signals"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis.training import squared_frobenius
from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.evidence.steps import CodedSignals
from sparsebound.theory.extremal.steps import (
    codes_of_two_atoms,
    fixed_point,
    three_times_the_same_atom,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import AHARON_ELAD_BRUCKSTEIN_2006, ENGAN_AASE_HUSOY_1999
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

MOST_UPDATED = 3
"""How many atoms are updated, at most: numbers get three times as long by each."""


def premises(instance: Instance, coded_signals: CodedSignals) -> Iterator[Premise]:
    """Codes for which MOD determines all atoms."""
    X = instance.lift(coded_signals.codes)
    yield Premise("0 < det X^T X", 0, (X.swapaxes(1, 2) @ X).determinant())


def claims(
    instance: Instance,
    coded_signals: CodedSignals,
    *,
    sequential: bool = True,
    rescaled: bool = True,
) -> Iterator[Claim]:
    """The errors after each kind of step, and the error before."""
    X, Y = instance.lift(coded_signals.codes), instance.lift(coded_signals.signals)
    D, (m, n) = instance.D.atoms, instance.D.shape
    batch, count, _ = coded_signals.codes.shape
    residual = Y - X @ D.swapaxes(0, 1)
    before = squared_frobenius(residual)
    used = (coded_signals.codes != 0)[..., None]
    now = residual
    for j in range(min(n, MOST_UPDATED)):
        atom, row = D[:, j].reshape(1, 1, m), X[:, :, j].reshape(batch, count, 1)
        left = (residual + row * atom).where(used[:, :, j], 0)
        rest = squared_frobenius(residual.where(~used[:, :, j], 0))
        best = squared_frobenius(left) - (left.swapaxes(1, 2) @ left).eigenvalues().max(-1)
        yield Claim("K-SVD does not raise the error", rest + best, before)
        source = now if sequential else residual
        now = now + _updated(source, atom, row, used[:, :, j]) - source
    yield Claim("nor does an approximate K-SVD", squared_frobenius(now), before)
    turned = X.swapaxes(1, 2)
    atoms = (turned @ X).solve(turned @ Y)
    if not rescaled:
        atoms = atoms / (atoms * atoms).sum(-1).sqrt().reshape(batch, n, 1)
    yield Claim("nor does MOD", squared_frobenius(Y - X @ atoms), before)


def _updated(residual: Number, atom: Number, row: Number, used: Mask) -> Number:
    """What is left after an atom and its entries are fitted; as before where nothing can be."""
    left = (residual + row * atom).where(used, 0)
    fitted = (left * row).sum(-2)
    square = (fitted * fitted).sum(-1)
    found = fitted.reshape(*fitted.shape[:1], 1, *fitted.shape[1:])
    size = square.reshape(-1, 1)
    entries = (left * found).sum(-1) / size.where(size.sign != 0, 1)
    after = left - entries.reshape(*entries.shape, 1) * found
    return after.where(used & (size.sign != 0)[..., None], residual)


THEOREM = Theorem(
    title="Learning atoms does not raise the error",
    statement=r"\operatorname{rank} X = n, \; "
    r"(X', D') \text{ from K-SVD, its approximation, or MOD} \implies "
    r"\| Y - X' D'^T \|_F \le \| Y - X D^T \|_F",
    names=("K-SVD", "MOD", "method of optimal directions", "dictionary learning"),
    source=AHARON_ELAD_BRUCKSTEIN_2006 & ENGAN_AASE_HUSOY_1999,
    premises=premises,
    claims=claims,
    sharp=fixed_point,
    mutants=(
        Mutant(
            "all atoms at once", {"sequential": False}, three_times_the_same_atom, smallest=(1, 3)
        ),
        Mutant(
            "codes kept, atoms normalised", {"rescaled": False}, codes_of_two_atoms, smallest=(1, 2)
        ),
    ),
    enumerates=True,
    dictionaries=("integer", "graph", "mutually_unbiased", "union_of_bases"),
)
