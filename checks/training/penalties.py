"""Penalties for sparser features and less coherent atoms, each with what it does not guarantee.

Those of features take anything with ``codes`` (B, n): of an encoder, or of any other network.
"""

from __future__ import annotations

from typing import Any

import torch

from sparsebound.checks.training.features import EncodedFeatures
from sparsebound.theory.errors import InputError


def l1(features: Any) -> Any:
    """Mean l1 norm of the features.

    Not guaranteed: fewer active atoms. It shrinks values, not supports (``training.path_monotone``
    says what a larger threshold does: even then atoms may enter). Measured on digits, it does give
    fewer, 2.5 of 64 against 4.7; with features from 60 steps of an iteration in place of exact
    ones, it gave *more*, 6.1 against 4.1.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> float(l1(SimpleNamespace(codes=torch.tensor([[3.0, -4.0], [0.0, 1.0]]))))
    4.0
    """
    return features.codes.abs().flatten(1).sum(1).mean()


def hoyer(features: Any) -> Any:
    """Mean ratio ``||z||_1 / ||z||_2``, whose square is at most the number of nonzeros.

    Not guaranteed: a bound on the number of nonzeros from above. The square is a *lower* bound of
    it (``training.effective_sparsity``): (2, 1) has 2 nonzeros and 9/5. Measured on digits: 2.7
    of 64 atoms active against 4.7. Nor that features survive: the ratio is least, 0, where there
    are none, and a convolutional network with a weight of 0.1 lost most of its accuracy there.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> round(float(hoyer(SimpleNamespace(codes=torch.tensor([[3.0, 4.0]])))), 4)
    1.4
    """
    codes = features.codes.flatten(1)
    return (codes.abs().sum(1) / (codes.norm(dim=1) + 1e-6)).mean()


def coherence(atoms: Any, p: float = 1.0) -> Any:
    """``Phi_p^2 / n``, ``Phi_p = (sum_{i != j} |<d_i, d_j>|^{2p})^{1/(2p)}`` of normalised atoms.

    ``2^{1/(2p)} mu <= Phi_p`` (``training.coherence_penalty``), so that a small value does bound
    the coherence. Not guaranteed: sparse, robust or good features. Measured on digits, this
    penalty makes real features *denser* (20.6 of 64 active against 4.7) and certifies no support.

    Parameters
    ----------
    atoms : tensor, shape (m, n)
    p : float
        Positive; large values look at the most coherent pairs alone.

    Raises
    ------
    InputError
        If p is not positive.

    Examples
    --------
    >>> float(coherence(torch.eye(3)))
    0.0
    >>> round(float(coherence(torch.tensor([[1.0, 0.6], [0.0, 0.8]]))), 4)  # 2 * 0.36 / 2
    0.36
    """
    if not p > 0:
        raise InputError("p", p, "a positive number")
    units = atoms / atoms.norm(dim=0, keepdim=True)
    n = units.shape[1]
    cosines = units.T @ units
    others = cosines[~torch.eye(n, dtype=torch.bool)].abs()
    if p == 1 or not len(others):
        return (others**2).sum() / n
    largest = others.detach().max().clamp_min(1e-30)  # the plain sum of powers underflows
    # the floor keeps the root differentiable at orthonormal atoms
    total = ((others / largest) ** (2 * p)).sum().clamp_min(1e-30)
    return largest**2 * total ** (1 / p) / n


def erc(features: EncodedFeatures, *, target: float = 0.9) -> Any:
    """Mean excess of Tropp's exact recovery coefficient of the supports over a target.

    ``max_{j not in S} ||D_S^+ d_j||_1``; below 1, pursuits recover every code on ``S`` (a ridge,
    at least 1e-3, is added to ``D_S^T D_S``).

    Not guaranteed: anything about supports other than those of the batch, or about the same
    signals once they move. Measured on digits: 3 percent of test supports below 1 without it, 45
    with weight 0.3, with 7.5 atoms active instead of 4.7.

    Parameters
    ----------
    features : EncodedFeatures
    target : float
        What coefficients should come below.

    Examples
    --------
    >>> from sparsebound.checks.training import SparseEncoder
    >>> encoder = SparseEncoder([[1, 0.6, 0.0], [0, 0.8, 1.0]], penalty=0.5)
    >>> features = encoder(torch.tensor([[2.0, 2.0]]))
    >>> bool(erc(features) >= 0)
    True
    """
    matrices, indices, used = features.gram(features.support, damping=1e-3)
    cross = (features.atoms.T @ features.atoms)[indices] * used[:, :, None]
    sums = torch.linalg.solve(matrices, cross).abs().sum(1)
    worst = sums.masked_fill(features.support, 0.0).max(1).values
    return torch.relu(worst - target).mean()


def parseval(atoms: Any) -> Any:
    """Squared distance of the smaller Gram matrix from that of a tight frame, over ``n``.

    ``||D^T D - I||_F^2`` for ``n <= m``, ``||D D^T - (n/m) I||_F^2`` for ``n > m`` unit atoms.

    Not guaranteed: what :func:`coherence` does not guarantee either; for ``n > m`` not even a
    small coherence, as tight frames may contain an atom twice.

    Examples
    --------
    >>> float(parseval(torch.tensor([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]])))
    0.0
    """
    m, n = atoms.shape
    gram = atoms.T @ atoms if n <= m else atoms @ atoms.T
    level = max(n / m, 1.0)
    return ((gram - level * torch.eye(min(m, n), dtype=atoms.dtype)) ** 2).sum() / n


@torch.no_grad()
def parseval_step(atoms: Any, beta: float = 0.5) -> Any:
    """Move singular values towards 1: ``(1 + beta) D - beta D D^T D``, as a new tensor.

    A singular value ``s`` becomes ``s (1 + beta - beta s^2)`` (``training.parseval_step``).

    Not guaranteed: convergence for ``s^2 > 1 + 1/beta``, where signs turn; unit atoms afterwards;
    a small coherence for ``n > m``.

    Parameters
    ----------
    atoms : tensor, shape (m, n)
    beta : float
        Positive.

    Raises
    ------
    InputError
        If beta is not positive.

    Examples
    --------
    >>> parseval_step(torch.tensor([[0.5]])).item()
    0.6875
    """
    if not beta > 0:
        raise InputError("beta", beta, "a positive number")
    return (1 + beta) * atoms - beta * atoms @ (atoms.T @ atoms)
