"""Minimisers of the Lasso for weights just above what a theorem on its support asks for.

The Lasso is that of the atoms scaled to the norm of the first one, as in
:mod:`sparsebound.theory.stability.lasso_witness`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sparsebound.checks.oracles import lasso
from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import plain
from sparsebound.theory.analysis.lasso import lasso_point, relative_correlations, relative_gram
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.stability.lasso_witness import noise

SHARES = (1 + 2**-6, 1.25, 1 + 2**-6, 4.0, 1 + 2**-6, 2.0, 1 + 2**-6, 1 - 2**-5)
"""The weight relative to what the theorem asks for, in turns; the last one is too small."""
BELOW = SHARES[-1]


def witnesses(instance: Instance) -> Minimiser:
    """Choose weights by Tropp's coefficient: ``lam (1 - ERC(S)) > max |<d_j, (I - P_S) e>|``.

    Where the noise is orthogonal to the atoms of the support, the weight is too small by 1/32:
    nothing but the premise is at stake there. Elsewhere it is too small for every eighth code; an
    eighth of the largest correlation with the signal where the theorem asks for nothing.

    Parameters
    ----------
    instance : Instance
        B codes with noise.

    Returns
    -------
    Minimiser

    Examples
    --------
    >>> found = witnesses(Instance(np.eye(2), [[5, 0]], [[0, 1]]))
    >>> found.lam, found.support
    (array([0.96875]), array([[ True, True]]))
    """
    projected = noise(instance)
    beside = np.abs(projected.off.mid).max(axis=1)
    return _found(instance, lambda: beside / (1 - projected.coefficient.mid))


def coherent_witnesses(instance: Instance) -> Minimiser:
    """Choose weights by the coherence: ``lam (1 - (2s-1) mu) > a (1 - (s-1) mu)``."""
    s, mu = instance.sparsity, coherence(instance.D).mid
    projected = noise(instance)
    a = np.abs(projected.on.mid + projected.off.mid).max(axis=1)
    return _found(instance, lambda: a * (1 - (s - 1) * mu) / (1 - (2 * s - 1) * mu))


def oracle_witnesses(experiment: Experiment) -> Minimiser:
    """Choose weights above the noise: by as much as the coherence asks for, if it asks for any.

    That is ``4 s mu lam^2 < (1 + mu) (lam - a)^2``.
    """
    known: Minimiser | None = given_evidence(experiment, "oracle_witness")
    if known is not None:
        return known
    instance = experiment.codes
    s, mu = instance.sparsity, coherence(instance.D).mid
    a = np.abs(relative_correlations(instance.D, instance.lift(instance.E)).mid).max(axis=1)
    share = 2 * np.sqrt(s * mu / (1 + mu))
    return _found(instance, lambda: a / np.where(share < 1, 1 - share, 1.0))


def _found(instance: Instance, least: Callable[[], FloatArray]) -> Minimiser:
    with np.errstate(divide="ignore", invalid="ignore"):
        asked = least()
    gram, data = relative_gram(instance.D), relative_correlations(instance.D, instance.Y)
    on = noise(instance).on
    beside = ~(np.abs(on.mid) > on.rad).any(axis=1)
    shares = np.where(beside, BELOW, in_turns(SHARES, instance.place))
    lam = np.array(list(map(weight, asked, shares, data.mid)))
    return minimiser(instance, gram, data, lam)


def minimiser(instance: Instance, gram: Number, data: Number, lam: FloatArray) -> Minimiser:
    """Find the minimiser of the Lasso: with the signs of the code, or by a search.

    Parameters
    ----------
    instance : Instance
        B codes.
    gram : Number, shape (n, n)
        Inner products of the atoms.
    data : Number, shape (B, n)
        Inner products of signals and atoms.
    lam : ndarray, shape (B,)
        Weights of the l1 norm.
    """
    signs = np.array(instance.signs)
    planted = lasso_point(gram, data, Minimiser(lam, signs != 0, signs, signs != 0))
    excess = np.where(instance.support, 0.0, np.abs(planted.correlations.mid)).max(axis=1)
    right = (planted.signed.mid > 0).all(axis=1) & (excess <= lam)
    signs[~right] = lasso.minimiser_signs(gram.mid, data.mid[~right], lam[~right])
    return Minimiser(lam, signs != 0, signs, signs != 0)


def weight(asked: float, share: float, data: FloatArray) -> float:
    """Weight with few binary digits, ``share`` times what is asked for.

    Parameters
    ----------
    asked : float
        What a theorem asks for; an eighth of the largest correlation where that is nothing.
    share : float
        A factor.
    data : ndarray, shape (n,)
        Correlations of the signal with the atoms.

    Examples
    --------
    >>> weight(2.0, 1.25, np.ones(1)), weight(0.0, 1.25, np.ones(1))
    (2.5, 0.125)
    """
    if not np.isfinite(asked) or asked <= 1e-9 * np.abs(data).max(initial=0.0):
        wanted = np.abs(data).max(initial=0.0) / 8 or 1.0
    else:
        wanted = asked * share
    mantissa, exponent = np.frexp(wanted)
    return float(np.ldexp(np.ceil(mantissa * 4096) / 4096, exponent))


PROVIDERS = (
    plain("witness", Minimiser, lambda experiment: witnesses(experiment.codes)),
    plain("coherent_witness", Minimiser, lambda experiment: coherent_witnesses(experiment.codes)),
    plain("oracle_witness", Minimiser, oracle_witnesses),
)
