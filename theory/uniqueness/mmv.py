r"""Several measurements of one support: independent signals allow more rows.

Problem: ``Y = D X`` for several codes at once, the columns of ``X``, which has k nonzero rows.

Claim: if 2k is less than the spark and the rank of ``Y`` together, less 1, every other ``X'`` with
``D X' = Y`` has more than k nonzero rows.

Why: let ``X'`` have at most k. As the rank of ``Y`` is at most k, k is below ``spark - 1``, so the
atoms of either support are independent. If both supports together have fewer atoms than the spark,
then ``X = X'``. Otherwise the ranges of the atoms of the two meet in a space of dimension at
most ``2k - (spark - 1)``, which is less than the rank; but both contain the range of ``Y``.

The rank is decided in rational arithmetic, never numerically.

Sharp, for every rank: the identity and the sum of its columns, with k independent rows.

Source: Chen and Huo 2006; Davies and Eldar 2012.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(2)
>>> decide(THEOREM, experiment, {"joint_code": experiment.settings["joint_code"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.evidence.pursuits import JointCode
from sparsebound.theory.extremal import joint_codes as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import spark
from sparsebound.theory.quantities.rank import signal_rank
from sparsebound.theory.sources import CHEN_HUO_2006, DAVIES_ELDAR_2012
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    joint_code: JointCode,
    *,
    strict: bool = True,
    less: int = 1,
    columns: bool = False,
) -> Iterator[Premise]:
    """Few rows, for the spark and the rank; and other codes of the same signals."""
    k = instance.sparsity
    if strict and less and not columns:  # follows from the last one, as the rank is at most k
        yield Premise("k + 1 < spark", k + 1, spark(instance.D))
    X = joint_code.columns
    elsewhere = (X.any(axis=2) != instance.support).any(axis=1)
    yield Premise("S has the rows of X", elsewhere, False, strict=False, measured=False)
    moved = instance.lift(joint_code.others - X).swapaxes(1, 2) @ instance.D.atoms.swapaxes(0, 1)
    yield Premise("D X' = Y", abs(moved), 0, strict=False, measured=False)
    rank = X.any(axis=1).sum(axis=1) if columns else signal_rank(instance.D, X)
    yield Premise("2k < spark + rank Y - 1", 2 * k, spark(instance.D) + rank - less, strict)


def claims(instance: Instance, joint_code: JointCode) -> Iterator[Claim]:
    """The rows of the other codes are more."""
    X, other = joint_code.columns, joint_code.others
    least = instance.sparsity + 1
    differs = (X != other).any(axis=(1, 2))
    rows = np.where(differs, other.any(axis=2).sum(axis=1), least)
    yield Claim("k + 1 <= the number of nonzero rows of X'", least, rows)


THEOREM = Theorem(
    title="Several measurements of one support",
    statement=r"Y = D X, \; 2k < \operatorname{spark}(D) + \operatorname{rank} Y - 1, \; "
    r"D X' = Y, \; X' \ne X \implies X' \text{ has more than } k \text{ nonzero rows}",
    names=("MMV", "multiple measurement vectors", "joint sparsity"),
    source=CHEN_HUO_2006 & DAVIES_ELDAR_2012,
    premises=premises,
    claims=claims,
    sharp=extremal.one_row_more,
    mutants=(
        Mutant("< -> <=", {"strict": False}, extremal.an_atom_for_its_copy, smallest=(1, 2)),
        Mutant("spark + rank Y", {"less": 0}, extremal.an_atom_for_its_copy, smallest=(1, 2)),
        Mutant(
            "columns for their rank",
            {"columns": True},
            extremal.the_same_signal_again,
            smallest=(1, 2),
        ),
    ),
    enumerates=True,
)
