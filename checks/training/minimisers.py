"""Minimisers of sparse coding problems in batches: an accelerated gradient, then an active set."""

from __future__ import annotations

import math
from typing import Any

import torch

DENSEST_SPECTRUM = 512
"""Atoms up to which the largest eigenvalue is computed; above, it is estimated."""


def jitter_of(atoms: Any) -> float:
    """What is added to diagonals, so that dependent atoms do not stop a solver: rounding.

    Examples
    --------
    >>> jitter_of(torch.eye(2, dtype=torch.float64)) < 1e-14
    True
    """
    return 8 * float(torch.finfo(atoms.dtype).eps) * float((atoms.detach() ** 2).sum(0).max())


def support_of(mask: Any) -> tuple[Any, Any]:
    """Indices of what is set in each row, filled up to one width with what is not.

    Parameters
    ----------
    mask : tensor of bool, shape (B, n)

    Returns
    -------
    indices : tensor of int, shape (B, w)
        ``w`` is the largest number set, at least 1.
    used : tensor of bool, shape (B, w)

    Examples
    --------
    >>> indices, used = support_of(torch.tensor([[False, True, True], [False, False, True]]))
    >>> indices[0].tolist(), used.tolist()
    ([1, 2], [[True, True], [True, False]])
    """
    width = max(int(mask.sum(1).max()) if len(mask) else 0, 1)
    indices = mask.to(torch.int8).argsort(dim=1, descending=True, stable=True)[:, :width]
    return indices, mask.gather(1, indices)


def masked_system(gram: Any, indices: Any, used: Any, ridge: Any) -> Any:
    """Parts (B, w, w) of a Gram matrix (n, n) by indices (B, w); identity where ``used`` is 0."""
    places = indices[:, :, None] * len(gram) + indices[:, None, :]
    part = gram.reshape(-1).index_select(0, places.reshape(-1)).view(places.shape)
    return part * (used[:, :, None] * used[:, None, :]) + torch.diag_embed(1 - used + used * ridge)


def solve_on(
    seen: Any, gram: Any, thresholds: Any, ridge: Any, signs: Any, jitter: float = 0.0
) -> Any:
    """Solve the optimality conditions on given supports, differentiably.

    Parameters
    ----------
    seen : tensor, shape (B, n)
        ``D^T y``.
    gram : tensor, shape (n, n)
        ``D^T D``.
    thresholds : tensor, shape (n,)
    ridge : tensor, shape ()
    signs : tensor, shape (B, n)
        Signs of the codes, 0 off the supports.
    jitter : float
        Added to the diagonal.

    Returns
    -------
    tensor, shape (B, n)
        ``z_S = (D_S^T D_S + ridge)^{-1} (D_S^T y - lam_S sign_S)``, 0 off the support ``S``.
    """
    indices, on = support_of(signs != 0)
    used = on.to(gram.dtype)
    right = used * (seen - thresholds * signs).gather(1, indices)
    system = masked_system(gram, indices, used, ridge + jitter)
    values = torch.linalg.solve(system, right[:, :, None])[:, :, 0]
    return torch.zeros_like(signs).scatter(1, indices, used * values)


def correlations(signals: Any, atoms: Any, ridge: Any, codes: Any) -> Any:
    """``D^T (y - D z) - ridge z``, shape (B, n)."""
    return (signals - codes @ atoms.T) @ atoms - ridge * codes


def largest_eigenvalue(gram: Any) -> float:
    """Of a Gram matrix (n, n), with a margin where it is only estimated.

    Examples
    --------
    >>> largest_eigenvalue(torch.eye(3)) >= 1
    True
    """
    if len(gram) <= DENSEST_SPECTRUM:
        return float(torch.linalg.eigvalsh(gram)[-1].clamp_min(0)) * (1 + 1e-6) + 1e-12
    generator = torch.Generator().manual_seed(0)
    vector = torch.randn(len(gram), generator=generator, dtype=gram.dtype)
    for _ in range(50):
        vector = gram @ (vector / vector.norm().clamp_min(1e-300))
    return min(1.1 * float(vector.norm()), float(gram.abs().sum(0).max())) + 1e-12


def approximate(
    signals: Any, atoms: Any, thresholds: Any, ridge: Any, nonnegative: bool, steps: int
) -> Any:
    """Run FISTA with adaptive restarts; give codes of shape (B, n).

    Parameters
    ----------
    signals : tensor, shape (B, m)
    atoms : tensor, shape (m, n)
    thresholds : tensor, shape (n,)
    ridge : tensor, shape ()
    nonnegative : bool
    steps : int
    """
    gram = atoms.T @ atoms + ridge * torch.eye(atoms.shape[1], dtype=atoms.dtype)
    size = largest_eigenvalue(gram)
    step, seen, shift = gram / size, signals @ atoms / size, thresholds / size
    codes = ahead = torch.zeros_like(seen)
    momentum = 1.0
    for _ in range(steps):
        moved = ahead + seen - ahead @ step
        if nonnegative:
            new = torch.relu(moved - shift)
        else:
            new = torch.relu(moved - shift) - torch.relu(-moved - shift)
        following = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        change = new - codes
        restart = ((ahead - new) * change).sum(1, keepdim=True) > 0
        ahead = torch.where(restart, new, new + (momentum - 1) / following * change)
        codes, momentum = new, following
    return codes


def excess(correlated: Any, thresholds: Any, nonnegative: bool) -> Any:
    """By how much correlations (B, n) are above the thresholds."""
    return (correlated if nonnegative else correlated.abs()) - thresholds


def tolerance(signals: Any, atoms: Any, thresholds: Any) -> Any:
    """What counts as rounding in a correlation, shape (B, 1)."""
    eps = torch.finfo(atoms.dtype).eps
    norm = (atoms**2).sum(0).max().sqrt()
    return 1e3 * eps * (thresholds.max() + norm * signals.norm(dim=1, keepdim=True))


def exact_signs(
    signals: Any,
    atoms: Any,
    thresholds: Any,
    ridge: Any,
    start: Any,
    nonnegative: bool,
    rounds: int | None = None,
) -> Any:
    """Find the signs of exact minimisers from approximate codes, by an active set.

    Each round solves on the support. Where signs agree, the atom whose correlation is most above
    its threshold enters; where not, codes move towards the solution until the first is zero, which
    leaves. The objective falls all the time, so that supports do not come back.

    Parameters
    ----------
    signals, atoms, thresholds, ridge
        As in :func:`approximate`.
    start : tensor, shape (B, n)
        Codes of the right sign, from :func:`approximate`.
    nonnegative : bool
    rounds : int, optional
        The largest number of rounds; ``3 n`` where none is given.

    Returns
    -------
    tensor, shape (B, n)
        Signs, 0 off the supports.
    """
    signs, open_rows = torch.sign(start), torch.arange(len(start))
    allowed = tolerance(signals, atoms, thresholds)
    jitter = jitter_of(atoms)
    codes, y, sign = start.clone(), signals, signs.clone()
    gram, seen = atoms.T @ atoms, signals @ atoms
    for _ in range(3 * atoms.shape[1] if rounds is None else rounds):
        solved = solve_on(seen, gram, thresholds, ridge, sign, jitter)
        wrong = (sign != 0) & (solved * sign <= 0)
        over = excess(correlations(y, atoms, ridge, solved), thresholds, nonnegative)
        over = over.masked_fill(sign != 0, -math.inf)
        worst, atom = over.max(1)
        inside = ~wrong.any(1)
        signs[open_rows] = sign
        going = ~inside | (worst > allowed[open_rows][:, 0])
        if not bool(going.any()):
            break
        # the first code to reach zero on the way leaves; or else the worst atom enters
        share = codes.abs() / (codes - solved).abs().clamp_min(1e-300)
        share = torch.where(wrong, share, math.inf)
        first = share.min(1, keepdim=True).values
        codes = codes + torch.where(inside[:, None], 1.0, first.clamp(0, 1)) * (solved - codes)
        sign = sign.masked_fill(wrong & (share <= first), 0)
        codes = codes * (sign != 0)
        entering = torch.zeros_like(sign).scatter(1, atom[:, None], 1.0) * inside[:, None]
        sign = sign + entering * torch.sign(correlations(y, atoms, ridge, codes))
        open_rows, y, seen = open_rows[going], y[going], seen[going]
        codes, sign = codes[going], sign[going]
    return signs
