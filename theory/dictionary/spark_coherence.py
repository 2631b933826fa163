r"""Dependent atoms are many, or coherent.

Problem: any dictionary; its spark is the least number of dependent atoms.

Claim: if the atoms are dependent, ``1 + 1/mu <= spark``, stated as ``1 <= (spark - 1) mu``; and
``min {k <= n : mu1(k-1) >= 1} <= spark``, stated as ``1 <= mu1(spark - 1)``, which is the same
because ``mu1`` is nondecreasing. Independent atoms have spark ``n + 1`` and nothing is claimed.

Why: let ``h != 0`` with ``D h = 0`` and ``spark`` nonzeros, ``|h_i|`` the largest. From
``0 = <d_i, D h>``, ``|h_i| <= sum_{j != i} |<d_i, d_j>| |h_j|``, a sum of ``spark - 1`` terms: at
most ``mu1(spark - 1) |h_i| <= (spark - 1) mu |h_i|``.

Sharp: regular simplexes.

Source: Donoho and Elad 2003; Tropp 2004.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.extremal.uniqueness import regular_simplex_and_a_pair
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel, babel_spark, coherence, spark
from sparsebound.theory.sources import DONOHO_ELAD_2003, TROPP_2004
from sparsebound.theory.theorem import Claim, Consequence, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """The atoms are dependent."""
    yield Premise("spark <= n", spark(instance.D), instance.D.shape[1], strict=False)


def claims(instance: Instance, *, offset: int = 1) -> Iterator[Claim]:
    """The spark is at least what coherence and the Babel function say."""
    dependent = spark(instance.D)
    yield Claim("1 + 1/mu <= spark", 1, (dependent - offset) * coherence(instance.D))
    ends = np.floor(dependent.mid + dependent.rad).astype(np.int64)
    yield Claim("min {k : mu1(k-1) >= 1} <= spark", 1, babel(instance.D, ends - 1))
    yield Claim("what is promised <= spark", babel_spark(instance.D), dependent, measured=False)


THEOREM = Theorem(
    title="Spark and coherence",
    statement=r"\operatorname{spark}(D) \le n \implies "
    r"\operatorname{spark}(D) \ge 1 + \frac{1}{\mu(D)}, \quad "
    r"\operatorname{spark}(D) \ge \min \{ k \le n : \mu_1(k - 1) \ge 1 \}",
    names=("Kruskal rank",),
    source=DONOHO_ELAD_2003 & TROPP_2004,
    proof="proofs/dictionary/spark_coherence.v:spark_coherence",
    implies=(
        Consequence(
            "uniqueness.coherence", "the difference of two codes of one signal is a null vector"
        ),
    ),
    premises=premises,
    claims=claims,
    sharp=regular_simplex_and_a_pair,
    mutants=(Mutant("1 + 1/mu -> 2 + 1/mu", {"offset": 2}, smallest=(3, 3)),),
    about="dictionary",
    dictionaries=(
        "simplex",
        "cycle",
        "graph",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "near_duplicate",
        "low_coherence",
    ),
    enumerates=True,
)
