r"""A nonnegative code that is the only one of its signal at all.

Problem: ``y = D x``, ``x >= 0``, and some ``w`` with ``c_j = <d_j, w> > 0`` for all atoms. (Here:
atoms are turned to one side of a vector ``w`` that is fitted to them; codes are the sizes of the
entries.) Of ``a_j = d_j / c_j``: ``alpha`` is the largest ``<a_i, a_j> / ||a_i||^2``, ``i != j``,
``beta`` the largest ``-<a_i, a_j> / ||a_i||^2``, both at least 0.

Claim: if ``||x||_0 (alpha + beta) < 1 + beta``, no ``z >= 0`` but ``x`` has ``D z = D x``: no norm
has to be minimised to find it. Behind it: every null vector ``h`` has
``2 (1 + beta) max c_i |h_i| <= (alpha + beta) sum c_j |h_j|``.

Why: ``v = (c_j h_j)`` has ``sum v = <w, D h> = 0``, so its positive part ``p`` and its negative
part ``u`` have equal sums. Row ``i`` of ``A^T A v = 0`` with ``u_i > 0`` says
``(1 + beta) u_i <= alpha ||p||_1 + beta ||u||_1``; the same holds for ``-h``. If ``h = z - x``, the
entries of ``u`` are on the support of ``x``: sum over them,
``(1 + beta) ||u||_1 <= ||x||_0 (alpha + beta) ||u||_1``.

Dictionaries without negative products have ``beta = 0``, and reach ``1 / alpha``.

Sharp: a simplex of ``2 s`` atoms, half of them negated.

Source: stated and proved independently; Bruckstein, Elad and Zibulevsky 2008 have the two-sided
form, ``2 ||x||_0 < 1 + 1 / max(alpha, beta)``.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"only_solution": experiment.settings["only_solution"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.evidence import OnlySolution
from sparsebound.theory.extremal.nonnegative import (
    half_turned_simplex,
    half_turned_tetrahedron,
    one_of_a_doubled_atom,
    opposite_atoms_and_nothing,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.one_side import (
    null_sizes,
    on_one_side,
    other_solutions,
    side_coherences,
    side_products,
)
from sparsebound.theory.quantities.one_sided import absolute, one_sided_coherences
from sparsebound.theory.sources import BRUCKSTEIN_ELAD_ZIBULEVSKY_2008, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, *, strict: bool = True, side: bool = True, negative: int = 1
) -> Iterator[Premise]:
    """Few enough entries, and atoms on one side."""
    s = instance.sparsity
    if side:
        least = side_products(instance.D).min(-1)
        yield Premise("0 < <d_j, w>", 0, least, measured=False)
        alpha, beta = side_coherences(instance.D)
    else:
        alpha, beta = one_sided_coherences(instance.D)
    left, right = s * (alpha + negative * beta), 1 + negative * beta
    yield Premise("||x||_0 (alpha + beta) < 1 + beta", left, right, strict)


def claims(
    instance: Instance,
    only_solution: OnlySolution,
    *,
    strict: bool = True,
    side: bool = True,
    negative: int = 1,
) -> Iterator[Claim]:
    """No other code has the signal; and no null vector has entries that are large."""
    value = other_solutions(on_one_side(instance) if side else absolute(instance), only_solution)
    yield Claim("x is the only solution", value, 0, strict=True, measured=False)
    if not side:
        return
    alpha, beta = side_coherences(instance.D)
    sizes = null_sizes(instance, only_solution)
    left, right = 2 * (1 + beta) * sizes.max(-1), (alpha + beta) * sizes.sum(-1)
    name = "2 (1 + beta) max c_i |h_i| <= (alpha + beta) sum c_j |h_j|"
    yield Claim(name, left, right)


THEOREM = Theorem(
    title="The only nonnegative code of a signal",
    statement=r"\langle d_j, w \rangle = c_j > 0, \; a_j = d_j / c_j, \; x \ge 0, \; "
    r"\|x\|_0 \, (\alpha + \beta) < 1 + \beta \implies "
    r"\{ z \ge 0 : D z = D x \} = \{ x \}",
    names=("NMF", "nonnegative", "ReLU", "sparse autoencoder", "only solution"),
    source=INDEPENDENT & BRUCKSTEIN_ELAD_ZIBULEVSKY_2008,
    premises=premises,
    claims=claims,
    sharp=half_turned_simplex,
    mutants=(
        Mutant("< -> <=", {"strict": False}, one_of_a_doubled_atom, smallest=(1, 2)),
        Mutant("w dropped", {"side": False}, opposite_atoms_and_nothing, smallest=(1, 2)),
        Mutant("beta left out", {"negative": 0}, half_turned_tetrahedron, smallest=(3, 4)),
    ),
)
