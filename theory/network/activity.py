r"""What the nodes of a layer do, as unequal as it is, converges to that of the code.

Problem: an unfolded network as in ``rate.unfolded``, with its bounds ``b_k`` on the support, of
``s`` entries, and ``p0_k`` off it. The fluctuation ``Y`` of ``n`` activities is their standard
deviation: the strengths of nodes of a graph that is weighted by data.

Claim: ``Y(x^k - x)^2 <= (s b_k^2 + (n - s) p0_k^2)/n``, and so the fluctuation of what the network
does is as near to that of the code: ``|Y(x^k) - Y(x)|`` is at most the root of the same.

Why: a standard deviation is a seminorm, and is at most ``||u||_2/sqrt(n)`` for activities ``u``;
the sizes of errors are those of ``rate.unfolded``. Without roots, the second is
``max(a + b - c, 0)^2 <= 4 a b`` for ``a = Y(x^k)^2``, ``b = Y(x)^2`` and the bound ``c``.

Sharp: an even number of aligned atoms on the support, half of them and of the entries with changed
signs, so that errors have the mean 0.

Source: stated and proved independently.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal.graphs import errors_of_mean_zero
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import unfolded
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def variance(values: Number) -> Number:
    """Mean square less the squared mean, along the last axis.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> variance(Ball([[1, -1], [3, 3]])).mid
    array([1., 0.])
    """
    n, total = values.shape[-1], values.sum(-1)
    result: Number = (n * (values * values).sum(-1) - total * total) / n**2
    return result


def premises(instance: Instance, unfolding: Unfolding) -> Iterator[Premise]:
    """Those of ``rate.unfolded``."""
    yield from unfolded.premises(instance, unfolding)


def claims(
    instance: Instance, unfolding: Unfolding, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """The fluctuation of the errors, and that of the activities."""
    n, s = instance.D.shape[1], instance.sparsity[:, None]
    bounds = quantities.unfolded_bounds(instance, unfolding)[:, 1:]
    off = instance.lift(unfolding.p_out)
    allowed = (bounds * bounds * s + off * off * (n - s)) / n * factor**2
    moved = variance(quantities.errors(instance, unfolding)[:, 1:])
    name = "Y(x^k - x)^2 <= (s b_k^2 + (n - s) p0_k^2)/n"
    yield Claim(name, moved, allowed, axes=STEPS)
    found = variance(instance.lift(unfolding.states[:, 1:]))
    own = variance(instance.lift(instance.X)).reshape(-1, 1)
    rest = found + own - allowed
    rest = rest.where(rest.sign != -1, 0)
    name = "|Y(x^k) - Y(x)| is at most the root of the same"
    yield Claim(name, rest * rest, 4 * found * own, measured=False, axes=STEPS)


THEOREM = Theorem(
    title="The fluctuation of activities converges",
    statement=r"\theta_k \ge \tau_{out} b_k + \kappa_{out} p^0_k + \nu + \rho_k \implies "
    r"| Y(x^k) - Y(x) | \le Y(x^k - x) \le \sqrt{\frac{s b_k^2 + (n - s) (p^0_k)^2}{n}}",
    names=("complex network", "node strength", "layer fluctuation", "activations"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=errors_of_mean_zero,
    mutants=(Mutant("right side times 0.95", {"factor": Fraction(19, 20)}, smallest=(9, 3)),),
    noisy=True,
)
