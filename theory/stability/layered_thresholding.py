r"""One convolution and one threshold a layer: the plain feed-forward network is stable.

Problem: the deep model ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``, a signal ``y`` near ``x_0``,
and ``z_j = h(W_j^T psi_j(z_{j-1}); beta_j)``, ``z_0 = y``, with any ``beta_j``-thresholding
function ``h`` such as the soft threshold. For atoms of unit norm ``W_j = D_j``; in general
``<w_i, d_i> = 1``, or the diagonal of ``I - W_j^T D_j`` is part of ``tau_in``.

Claim: let ``nu_j >= ||W_j^T (psi_j(z_{j-1}) - psi_j(x_{j-1}))||_inf``; a priori
``nu_1 = C_1 l_1 eps_0`` and ``nu_j = C_j l_j sqrt(s_{j-1})`` times the bound of layer j - 1, with
``C_j = max_i ||w_i||_2``. If ``tau_out |x_j|_max + nu_j <= beta_j`` in every layer, the support
of ``z_j`` lies in that of ``x_j``, and ``||z_j - x_j||_inf <= tau_in |x_j|_max + nu_j + beta_j``.
If also ``beta_j < |x_j|_min - tau_in |x_j|_max - nu_j``, the supports are equal.

Why: it is one iteration of ``rate.unfolded`` in every layer. Rounding is covered in the same way.

Sharp, in both layers at once: atoms with inner products ``-mu`` and a further one at ``+mu`` to
each of them, noise of the worst signs, and the identity above.

Source: Papyan, Romano and Elad 2017, here with the row sums of the support.

>>> [layer.D.shape for layer in THEOREM.extremal(1).deep.layers]
[(3, 2), (2, 2)]
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import cascade as quantities
from sparsebound.theory.analysis import unfolding
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal.cascades import (
    aligned_under_identity,
    half_thresholds,
)
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.sources import PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: DeepInstance, feed_forward: Cascade, *, share: Scalar = 1
) -> Iterator[Premise]:
    """Layers that fit on each other, noise levels as declared, and large enough thresholds."""
    yield from quantities.fitting(instance)
    filtered = quantities.filtered_noises(instance, feed_forward)
    for layer, network, noise in zip(instance.layers, feed_forward.networks, filtered, strict=True):
        later = network.thresholds.shape[1] - 1
        yield Premise("one iteration a layer", later, 0, strict=False)
        start = np.abs(network.iterates[:, 0]).max(axis=1, initial=0.0)
        yield Premise("z starts from 0", start, 0, strict=False)
        size = np.abs(layer.X).max(axis=1, initial=0.0)
        yield Premise("|x_j|_max <= B_j", size, network.B, strict=False, measured=False)
        excess = abs(noise).max(-1) - network.nu
        yield Premise("||W_j^T (psi_j(z) - psi_j(x))||_inf - nu_j <= 0", excess, 0, strict=False)
        yield Premise("no errors off the support", network.p_out, 0, strict=False)
        sums = unfolding.row_sums(layer, network.W)
        needed = sums.tau_out * network.B + network.nu + network.rho[:, 0]
        name = "tau_out |x_j|_max + nu_j <= beta_j"
        chosen = network.thresholds[:, 0]
        yield Premise(name, needed * share, chosen, strict=False, measured=False)


def claims(instance: DeepInstance, feed_forward: Cascade, *, noise: Scalar = 1) -> Iterator[Claim]:
    """In every layer: the step as declared, its error, no wrong atoms, and none missed."""
    filtered = quantities.filtered_noises(instance, feed_forward)
    for layer, network, disturbance in zip(
        instance.layers, feed_forward.networks, filtered, strict=True
    ):
        yield from unfolding.steps(layer, network, disturbance)
        bounds = unfolding.unfolded_bounds(layer, network, noise=noise)[:, 1]
        on, off = unfolding.error_sizes(layer, network)
        name = "||z_j - x_j||_inf <= tau_in |x_j|_max + nu_j + beta_j"
        yield Claim(name, on[:, 0], bounds)
        yield Claim("the support of z_j lies in that of x_j", off[:, 0], 0, measured=False)
        missed = _missed(layer, network)
        yield Claim("the supports are equal", missed, 0, measured=False)


def _missed(layer: Instance, network: Unfolding) -> IntArray:
    """Entries of the support that are zero, where the threshold leaves all of them, shape (B,)."""
    smallest = np.where(layer.support, np.abs(layer.X), np.inf).min(axis=1)
    bounds = unfolding.unfolded_bounds(layer, network)[:, 1]
    kept = (layer.lift(np.where(np.isinf(smallest), 0, smallest)) - bounds).sign == 1
    missing = (layer.support & (network.iterates[:, 1] == 0)).sum(axis=1)
    return np.asarray(np.where(kept, missing, 0))


THEOREM = Theorem(
    title="Stability of layered thresholding",
    statement=r"z_j = S_{\beta_j}(W_j^T \psi_j(z_{j-1})), \; "
    r"\|W_j^T (\psi_j(z_{j-1}) - \psi_j(x_{j-1}))\|_\infty \le \nu_j, \; "
    r"\tau_{out} |x_j|_{max} + \nu_j \le \beta_j \implies "
    r"\operatorname{supp} z_j \subseteq \operatorname{supp} x_j, \; "
    r"\| z_j - x_j \|_\infty \le \tau_{in} |x_j|_{max} + \nu_j + \beta_j",
    names=("ML-CSC", "CNN forward pass", "deep pursuit"),
    source=PAPYAN_ROMANO_ELAD_2017,
    proof="proofs/stability/layered_thresholding.v:layered_thresholding",
    premises=premises,
    claims=claims,
    sharp=aligned_under_identity,
    mutants=(
        Mutant(
            "beta_j at half of the premise",
            {"share": Fraction(1, 2)},
            half_thresholds,
            smallest=(2, 2),
        ),
        Mutant("nu_j dropped from the error", {"noise": 0}, smallest=(2, 2)),
    ),
    about="layers",
    noisy=True,
)
