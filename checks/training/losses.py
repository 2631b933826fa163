"""Training against one's own certificate: the margin less what an input can move it by."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.nn import functional

from sparsebound.checks.training.features import EncodedFeatures
from sparsebound.theory.errors import InputError

DAMPING = 1e-3
"""The least number added to the diagonal of a Gram matrix: keeps gradients finite."""
DIVERGED = "training diverged: the loss is not finite"


def sensitivities(
    features: EncodedFeatures, head: Any, labels: Any, *, radius: float, damping: float = DAMPING
) -> Any:
    """How far each logit can move against the label's, for each unit that the input moves.

    ``N_j^2 = v_T^T (D_T^T D_T + e I)^{-1} v_T``, ``v = V_c - V_j``, over the atoms ``T`` on the
    support or within the radius; ``e`` is the ridge, or the damping if that is larger.

    Parameters
    ----------
    features : EncodedFeatures
    head : torch.nn.Linear
        From features (n) to logits (C).
    labels : tensor of int, shape (B,)
    radius : float
        At least 0.
    damping : float
        At least 0; 0 gives ``N`` itself, where Gram matrices are invertible.

    Returns
    -------
    tensor, shape (B, C)
        (Nearly) 0 at the label.

    Examples
    --------
    >>> from sparsebound.checks.training import SparseEncoder
    >>> encoder, head = SparseEncoder(torch.eye(2), penalty=0.5), torch.nn.Linear(2, 2).double()
    >>> head.weight = torch.nn.Parameter(3 * torch.eye(2).double())
    >>> features = encoder(torch.tensor([[2.0, 0.25]]))
    >>> found = sensitivities(features, head, torch.tensor([0]), radius=0.2, damping=0.0)
    >>> round(float(found[0, 1].detach()), 6)  # the second atom is out of reach
    3.0
    """
    weights = head.weight
    matrices, indices, used = features.gram(features.within(radius), damping=damping)
    factor = torch.linalg.cholesky(matrices)
    read = weights.T[indices] * used[:, :, None]  # (B, w, C)
    half = torch.linalg.solve_triangular(factor, read, upper=False)
    own = half.gather(2, labels[:, None, None].expand(-1, half.shape[1], 1))
    return ((half - own) ** 2).sum(1).add(1e-12).sqrt()


def margin_loss(
    features: EncodedFeatures, head: Any, labels: Any, *, radius: float, damping: float = DAMPING
) -> Any:
    """Cross entropy after the input has been moved by a radius, as the certificate sees it.

    Logits of the other classes are raised by ``radius N_j`` (:func:`sensitivities`): what remains
    of the margins is what ``training.certified_radius`` asks to be positive. It is a surrogate:
    nothing is certified by a small loss, only by a certificate that is computed afterwards.

    Parameters
    ----------
    features : EncodedFeatures
        Of :class:`sparsebound.checks.training.SparseEncoder`.
    head : torch.nn.Linear
    labels : tensor of int, shape (B,)
    radius : float
        At least 0; 0 is plain cross entropy. Raise it linearly over the first steps of training.
    damping : float
        See :func:`sensitivities`.

    Returns
    -------
    tensor, shape ()

    Raises
    ------
    InputError
        If an argument cannot be used.

    Examples
    --------
    >>> from sparsebound.checks.training import SparseEncoder
    >>> encoder, head = SparseEncoder((8, 4)), torch.nn.Linear(4, 3).double()
    >>> features, labels = encoder(torch.ones(1, 8)), torch.tensor([2])
    >>> plain = margin_loss(features, head, labels, radius=0.0)
    >>> bool(margin_loss(features, head, labels, radius=0.5) >= plain)
    True
    """
    if not (math.isfinite(radius) and radius >= 0):
        raise InputError("radius", radius, "a finite number that is at least 0")
    if not (math.isfinite(damping) and damping >= 0):
        raise InputError("damping", damping, "a finite number that is at least 0")
    count = len(features.codes)
    if labels.shape != (count,):
        raise InputError("labels.shape", tuple(labels.shape), f"({count},)")
    if head.weight.shape[1] != features.codes.shape[1]:
        shape = tuple(head.weight.shape)
        raise InputError("head.weight.shape", shape, f"(C, {features.codes.shape[1]})")
    logits = head(features.codes)
    if radius:
        moved = sensitivities(features, head, labels, radius=radius, damping=damping)
        others = torch.ones_like(logits).scatter(1, labels[:, None], 0.0)
        logits = logits + radius * moved * others
    return functional.cross_entropy(logits, labels)
