"""A dictionary as a layer: it maps signals to the exact minimisers of a sparse coding problem."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn

from sparsebound.checks.training import minimisers
from sparsebound.checks.training.features import EncodedFeatures
from sparsebound.theory.errors import InputError

THRESHOLD_RANGE = 3.0
"""Learned thresholds stay within this factor of where they started."""


def encode(
    signals: Any,
    atoms: Any,
    thresholds: Any,
    *,
    ridge: Any = 0.0,
    nonnegative: bool = True,
    steps: int = 60,
    width: int = 48,
    rounds: int | None = None,
) -> EncodedFeatures:
    """Find the exact features of signals, with gradients in all that they depend on.

    An accelerated gradient method (without gradients of its own) is followed by an active set,
    which ends at a support that satisfies the optimality conditions, and by one solve on it: that
    is differentiated, by the implicit function theorem exactly. At inputs where an atom is about
    to enter or leave, features are continuous but have no derivative; one from one side is given.

    Parameters
    ----------
    signals : tensor, shape (B, m)
    atoms : tensor, shape (m, n)
    thresholds : tensor, shape (n,)
        ``lam``, positive.
    ridge : float or tensor, shape ()
        At least 0. At 0 the atoms of a support should be independent: of dependent ones there are
        several minimisers, of which one is found, and gradients mean nothing.
    nonnegative : bool
        Whether codes have to be.
    steps : int
        Of the accelerated method; a matter of speed, as the active set does the rest.
    width : int
        Atoms that losses look at in each signal.
    rounds : int, optional
        The largest number of exchanges in the active set (``3 n`` unless given); where it is too
        small, ``violation`` of what is returned says so.

    Returns
    -------
    EncodedFeatures

    Examples
    --------
    >>> atoms = torch.tensor([[1.0, 0.6], [0.0, 0.8]], dtype=torch.float64)
    >>> found = encode(atoms.new_tensor([[2, 1]]), atoms, atoms.new_tensor([0.5, 1.5]))
    >>> found.codes.round(decimals=9).tolist(), found.support.tolist()
    ([[1.5, 0.0]], [[True, False]])
    >>> round(float(found.gaps[0, 1]), 12)
    0.4
    """
    ridge = torch.as_tensor(ridge, dtype=atoms.dtype)
    with torch.no_grad():
        given = signals.detach(), atoms.detach(), thresholds.detach(), ridge.detach()
        start = minimisers.approximate(*given, nonnegative, steps)
        signs = minimisers.exact_signs(*given, start, nonnegative, rounds)
    jitter = minimisers.jitter_of(atoms)
    seen, gram = signals @ atoms, atoms.T @ atoms
    codes = minimisers.solve_on(seen, gram, thresholds, ridge, signs, jitter)
    support = signs != 0
    fit = codes @ atoms.T
    correlated = (signals - fit) @ atoms - ridge * codes
    over = minimisers.excess(correlated, thresholds, nonnegative)
    gaps = (-over).clamp_min(0).masked_fill(support, 0)
    with torch.no_grad():
        off = over.clamp_min(0).masked_fill(support, 0)
        on = (correlated - signs * thresholds).abs().masked_fill(~support, 0)
        turned = (-codes * signs).clamp_min(0)
        violation = torch.maximum(torch.maximum(off, on), turned).max(1).values
    return EncodedFeatures(codes, support, gaps, fit, violation, atoms, ridge, width)


class SparseEncoder(nn.Module):
    """A dictionary to be trained, whose output is exact sparse features.

    Parameters
    ----------
    atoms : array_like, shape (m, n), or tuple (m, n)
        Atoms to start from, or their shape: then they are random, by torch's generator. They are
        scaled to norm 1.
    penalty : float or array_like, shape (n,)
        The thresholds ``lam``, positive.
    ridge : float
        ``ridge/2 ||z||^2`` is added to the objective; at least 0.
    nonnegative : bool
        Whether features have to be.
    learned_thresholds : bool
        Whether ``lam`` is a parameter, too.
    width : int
        Atoms that losses look at in each signal: the support, and the nearest others.
    steps : int
        Of the accelerated method that starts each solve.
    dtype : torch.dtype
        float64 is advised up to some 256 atoms.

    Raises
    ------
    InputError
        If an argument cannot be used.

    Examples
    --------
    >>> encoder = SparseEncoder(np.eye(2), penalty=0.5)
    >>> encoder(torch.tensor([[2.0, 0.25]])).codes.round(decimals=9).tolist()
    [[1.5, 0.0]]
    """

    def __init__(
        self,
        atoms: Any,
        penalty: Any = 0.8,
        *,
        ridge: float = 0.0,
        nonnegative: bool = True,
        learned_thresholds: bool = False,
        width: int = 48,
        steps: int = 60,
        dtype: Any = torch.float64,
    ) -> None:
        super().__init__()
        start = _start(atoms, dtype)
        thresholds = np.broadcast_to(np.asarray(penalty, dtype=float), (start.shape[1],))
        if not (np.isfinite(thresholds).all() and (thresholds > 0).all()):
            raise InputError("penalty", penalty, "positive, finite numbers")
        if not (math.isfinite(ridge) and ridge >= 0):
            raise InputError("ridge", ridge, "a finite number that is at least 0")
        for name, value in (("width", width), ("steps", steps)):
            if value < 1:
                raise InputError(name, value, "an integer that is at least 1")
        self.atoms = nn.Parameter(start)
        logs = torch.tensor(np.log(thresholds), dtype=dtype)
        self.log_thresholds = nn.Parameter(logs.clone(), requires_grad=learned_thresholds)
        self.register_buffer("log_start", logs)
        self.register_buffer("ridge", torch.tensor(float(ridge), dtype=dtype))
        self.nonnegative, self.learned_thresholds = nonnegative, learned_thresholds
        self.width, self.steps = width, steps
        self.normalise()

    @property
    def thresholds(self) -> Any:
        """``lam``, shape (n,)."""
        return self.log_thresholds.exp()

    def forward(self, signals: Any) -> EncodedFeatures:
        """Give the features of signals (B, m)."""
        m = self.atoms.shape[0]
        if signals.ndim != 2 or signals.shape[1] != m:
            raise InputError("signals.shape", tuple(signals.shape), f"(B, {m})")
        signals = signals.to(self.atoms.dtype)
        if not bool(torch.isfinite(signals).all()):
            raise InputError("signals", "not finite", "finite numbers")
        return encode(
            signals,
            self.atoms,
            self.thresholds,
            ridge=self.ridge,
            nonnegative=self.nonnegative,
            steps=self.steps,
            width=self.width,
        )

    def remove_radial_gradients(self) -> None:
        """Remove from the gradient of the atoms what would only change their norms.

        Optional, between ``backward`` and the optimiser's step: an optimiser with moments then
        does not spend them on what :meth:`normalise` undoes.
        """
        if self.atoms.grad is not None:
            with torch.no_grad():
                radial = (self.atoms.grad * self.atoms).sum(0) / (self.atoms**2).sum(0)
                self.atoms.grad -= radial * self.atoms

    @torch.no_grad()
    def normalise(self) -> None:
        """Put atoms back to norm 1, and learned thresholds into their range.

        To be called after each step of an optimiser; the forward pass does not do it.

        Examples
        --------
        >>> encoder = SparseEncoder(np.eye(2))
        >>> with torch.no_grad():
        ...     encoder.atoms *= 3
        >>> encoder.normalise()
        >>> encoder.atoms.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        """
        self.atoms /= self.atoms.norm(dim=0, keepdim=True).clamp_min(1e-30)
        reach = math.log(THRESHOLD_RANGE)
        low, high = self.log_start - reach, self.log_start + reach
        self.log_thresholds.copy_(self.log_thresholds.clamp(low, high))


def _start(atoms: Any, dtype: Any) -> Any:
    """Give the atoms to start from."""
    if isinstance(atoms, tuple) and len(atoms) == 2 and all(isinstance(k, int) for k in atoms):
        if min(atoms) < 1:
            raise InputError("atoms", atoms, "sizes (m, n) that are at least 1")
        return torch.randn(atoms, dtype=dtype)
    given = atoms.detach().cpu().numpy() if isinstance(atoms, torch.Tensor) else atoms
    array = np.asarray(given, dtype=float)
    if array.ndim != 2 or not array.size:
        raise InputError("atoms.shape", array.shape, "(m, n), at least 1 each")
    if not np.isfinite(array).all() or not array.any(axis=0).all():
        raise InputError("atoms", array, "finite atoms that are not zero")
    sizes = np.frexp(np.abs(array).max(axis=0))[1]
    return torch.tensor(np.ldexp(array, -sizes), dtype=dtype)  # norms are float64 numbers
