"""Exact features of signals, differentiable: what :class:`SparseEncoder` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from sparsebound.checks.training.minimisers import masked_system, support_of


@dataclass(frozen=True, eq=False)
class EncodedFeatures:
    """Minimisers ``z`` of ``1/2 ||y - D z||^2 + lam^T |z| + ridge/2 ||z||^2``, one a signal.

    Attributes
    ----------
    codes : tensor, shape (B, n)
        The features; gradients are exact as long as no atom enters or leaves.
    support : tensor of bool, shape (B, n)
        Where they are not zero.
    gaps : tensor, shape (B, n)
        ``lam_j - <d_j, y - D z>`` (signed: of the modulus), 0 on the support: by how much an atom
        that is off stays off.
    fit : tensor, shape (B, m)
        ``D z``.
    violation : tensor, shape (B,)
        By how much the optimality conditions are missed: rounding, where the solver was done.
    atoms : tensor, shape (m, n)
        ``D``, as it was when the features were computed.
    ridge : tensor, shape ()
    width : int
        Atoms that losses look at in each signal, besides its support.
    """

    codes: Any
    support: Any
    gaps: Any
    fit: Any
    violation: Any
    atoms: Any
    ridge: Any
    width: int

    def within(self, radius: float) -> Any:
        """Atoms on the support, or within reach of inputs that move by a radius, shape (B, n).

        Atom ``j`` cannot enter unless its gap is at most ``radius ||d_j||``
        (``stability.features``); of those that can, the nearest are kept, so that ``width`` are
        looked at.
        """
        norms = (self.atoms**2).sum(0).add(self.ridge).sqrt().clamp_min(1e-300).detach()
        distance = self.gaps.detach() / norms
        distance = distance.masked_fill(self.support, -1.0)
        near = self.support | (distance < radius)
        if int(near.sum(1).max()) > self.width:
            last = distance.sort(1).values[:, min(self.width, distance.shape[1]) - 1 :][:, :1]
            near = self.support | (near & (distance <= last))
        return near

    def gram(self, atoms: Any, *, damping: float = 0.0) -> tuple[Any, Any, Any]:
        """Gather the Gram matrices of some atoms of each signal, the others replaced by identity.

        Parameters
        ----------
        atoms : tensor of bool, shape (B, n)
            Which.
        damping : float
            The least number to be added to the diagonal; the ridge is added in any case.

        Returns
        -------
        matrices : tensor, shape (B, w, w)
        indices : tensor of int, shape (B, w)
            Atoms that their rows stand for.
        used : tensor, shape (B, w)
            1 for the atoms asked for, 0 for those that only fill up.
        """
        indices, used = support_of(atoms)
        used = used.to(self.atoms.dtype)
        extra = torch.clamp_min(self.ridge, damping)
        whole = self.atoms.T @ self.atoms
        return masked_system(whole, indices, used, extra), indices, used
