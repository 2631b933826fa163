r"""How small the coherence can be beyond the Welch bound: where there are many atoms.

Problem: ``n > m`` normalised real atoms in ``m`` dimensions.

Claim: ``(n - 1) mu^{2k} >= n (2k-1) (2k-3) ... 1 / (m (m+2) ... (m+2k-2)) - 1`` for every k; here
it is checked for k from 2 to 4, as k = 1 is ``dictionary.welch``. Further,
``(m + 2) (n - m) mu^2 >= 3n - m^2 - 2m``; and ``m mu^2 >= 1`` if ``2n > m (m+1)``.

Why: the mean of ``<d_i, u>^{2k}`` over all unit vectors u is that product of fractions, c; so by
Cauchy and Schwarz, for the 2k-fold tensor powers of the atoms, the sum of ``<d_i, d_j>^{2k}`` over
all pairs, i = j included, is at least ``c n^2``. It is at most ``n + n (n - 1) mu^{2k}``.

The second: ``t^2 (t^2 - mu^2)`` is at most 0 for the products of two different atoms. For
``mu^2 <= 6/(m + 4)`` its Gegenbauer coefficients of degrees 2 and 4 are at least 0, and that of
degree 0 is ``3/(m (m+2)) - mu^2/m``; so ``n (1 - mu^2) >= n^2 (3/(m (m+2)) - mu^2/m)``. And if
``mu^2 > 6/(m + 4)``, it is larger than ``3/(m + 2)``, which the bound tends to from below as n
grows.

The third: the matrices ``d_i d_i^T - I/m`` are symmetric and have trace 0, so they are vectors in
``m (m+1)/2 - 1`` dimensions. At most one more than the dimension can have negative products with
each other, so for some of these ``<d_i, d_j>^2 - 1/m >= 0``.

Sharp: the first, for k = 2, and the second: 3 lines in a plane, the 6 diagonals of the icosahedron,
28 lines in seven dimensions. The second and the third: two unbiased bases of the plane, and three
in four dimensions.

Source: Welch 1974 and Sidelnikov 1974; Levenshtein; Conway, Hardin and Sloane 1996.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(5)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.extremal.lines import (
    farthest_lines,
    three_lines,
    two_of_many_directions,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, levenshtein_bound, welch_bound_of_order
from sparsebound.theory.sources import (
    CONWAY_HARDIN_SLOANE_1996,
    LEVENSHTEIN,
    SIDELNIKOV_1974,
    WELCH_1974,
)
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

ONE, MORE = Fraction(1), Fraction(101, 100)
ORDERS = (2, 3, 4)
"""The orders that are checked."""


def premises(instance: Instance, *, few: bool = False) -> Iterator[Premise]:
    """More atoms than dimensions."""
    m, n = instance.D.shape
    yield Premise("2 <= n", 2, n, strict=False) if few else Premise("m < n", m, n)


def claims(
    instance: Instance,
    *,
    powers: Fraction = ONE,
    square: Fraction = ONE,
    many: Fraction = ONE,
    spare: int = 1,
) -> Iterator[Claim]:
    """The coherence is at least each of the bounds."""
    m, n = instance.D.shape
    mu2 = coherence(instance.D) ** 2
    power = mu2
    for k in ORDERS:
        power = power * mu2
        bound = powers * welch_bound_of_order(m, n, k)
        yield Claim(f"Welch bound of order {k} <= mu^{2 * k}", bound, power)
    if n != m:
        yield Claim("Levenshtein bound <= mu^2", square * levenshtein_bound(m, n), mu2)
    if 2 * n >= m * (m + 1) + 2 * spare:
        yield Claim("1/m <= mu^2", many * Fraction(1, m), mu2)


THEOREM = Theorem(
    title="Welch bounds of higher orders",
    statement=r"n > m \implies \mu^{2k} \ge \frac{1}{n - 1} \left( "
    r"\frac{n (2k-1)!!}{m (m+2) \cdots (m + 2k - 2)} - 1 \right), \; "
    r"\mu^2 \ge \frac{3n - m^2 - 2m}{(m+2)(n-m)}; \quad "
    r"n > \frac{m (m+1)}{2} \implies \mu \ge \frac{1}{\sqrt m}",
    names=("ETF", "Grassmannian frame", "orthoplex bound", "projective design"),
    source=WELCH_1974 & SIDELNIKOV_1974 & LEVENSHTEIN & CONWAY_HARDIN_SLOANE_1996,
    premises=premises,
    claims=claims,
    sharp=farthest_lines,
    mutants=(
        Mutant("the first times 1.01", {"powers": MORE}, smallest=(1, 2)),
        Mutant("the second times 1.01", {"square": MORE}, smallest=(1, 2)),
        Mutant("the third times 1.01", {"many": MORE}, smallest=(1, 2)),
        Mutant("the third for n >= m (m+1)/2", {"spare": 0}, three_lines, smallest=(2, 3)),
        Mutant("the second for any n >= 2", {"few": True}, two_of_many_directions, smallest=(3, 2)),
    ),
    about="dictionary",
    dictionaries=(
        "simplex",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "near_duplicate",
        "low_coherence",
        "integer",
    ),
)
