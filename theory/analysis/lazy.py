"""Training of a two-layer diagonal network: residuals, Jacobians, lengths of paths.

The network is ``f(u, v) = D (u o u - v o v)``, its code ``x = u o u - v o v``, and its Jacobian
``J = 2 [D diag u, -D diag v]``, so that ``J J^T = 4 D diag(u o u + v o v) D^T``. Norms of the
dictionary are certified in float64, and are the same in either arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsebound.theory.analysis.descent import norm, upper_end
from sparsebound.theory.analysis.floating_point import norms_of
from sparsebound.theory.analysis.training import rounding
from sparsebound.theory.arithmetic import Ball, FloatArray, Number
from sparsebound.theory.arithmetic.number import smaller
from sparsebound.theory.evidence import ParameterRun
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import kept, of_dictionary


@of_dictionary
def row_spectrum(D: Dictionary) -> tuple[Number, Number]:
    """Bound the least eigenvalue of ``D D^T`` from below, and the largest one from above.

    Exact for a single row; of fewer atoms than rows the least one is 0, whatever a library says of
    the last singular value.

    Examples
    --------
    >>> low, high = row_spectrum([[2, 0, 2], [0, 1, 0]])
    >>> float(low.mid.round(9)), float(high.mid.round(9))
    (1.0, 8.0)
    """
    (m, n), lift = D.shape, D.arithmetic.of
    if m == 1:
        only = (D.atoms * D.atoms).sum(-1)[0]
        return only, only
    atoms = Ball.of(D.data)
    values = (atoms @ atoms.swapaxes(0, 1)).eigenvalues()
    least = 0.0 if m > n else max(float(values.min(-1).lower), 0.0)
    return lift(least), lift(float(values.max(-1).upper))


@of_dictionary
def row_determinant(D: Dictionary) -> Number:
    """``det(D D^T)``, which is 0 where there are more rows than atoms; shape ()."""
    m, n = D.shape
    if m > n:
        return D.arithmetic.of(0)
    return (D.atoms @ D.atoms.swapaxes(0, 1)).determinant()


@of_dictionary
def longest_atom(D: Dictionary) -> Number:
    """The largest norm of an atom as given, shape ()."""
    return D.squares.max(-1).sqrt()


@dataclass(frozen=True)
class Training:
    """A run of gradient descent on ``|f - y|^2/2``, with K steps; arrays of codes first.

    Attributes
    ----------
    instance : Instance
        For the dictionary, the signals, and the arithmetic.
    run : ParameterRun
        Parameters and the step.
    """

    instance: Instance
    run: ParameterRun

    @classmethod
    def of(cls, instance: Instance, run: ParameterRun) -> Training:
        """Take a run into the arithmetic of an instance, once."""
        found: Training = kept(instance.memo, "training", run, lambda: cls(instance, run))
        return found

    @cached_property
    def parameters(self) -> Number:
        """Shape (B, K + 1, 2 n)."""
        return self.instance.lift(self.run.parameters)

    @cached_property
    def eta(self) -> Number:
        """Shape (B, 1)."""
        return self.instance.lift(self.run.eta[:, None])

    @cached_property
    def _halves(self) -> tuple[Number, Number]:
        n = self.instance.D.shape[1]
        return self.parameters[:, :, :n], self.parameters[:, :, n:]

    @cached_property
    def residuals(self) -> Number:
        """``r_k = f - y``, shape (B, K + 1, m)."""
        u, v = self._halves
        return self.instance.D.synthesis(u * u - v * v) - self.instance.Y.reshape(
            len(self.instance), 1, -1
        )

    @cached_property
    def sizes(self) -> Number:
        """``|r_k|``, shape (B, K + 1)."""
        return norm(self.residuals)

    @cached_property
    def curvature(self) -> Number:
        """``M``, the Lipschitz constant of ``J``: twice the largest norm of an atom, shape ()."""
        return longest_atom(self.instance.D) * 2

    @cached_property
    def _energies(self) -> FloatArray:
        """``u_i^2 + v_i^2`` in float64, shape (B, K + 1, n)."""
        n = self.instance.D.shape[1]
        with np.errstate(over="ignore"):
            squares = self.run.parameters**2
        return np.asarray(squares[:, :, :n] + squares[:, :, n:])

    @cached_property
    def alpha_squared(self) -> Number:
        """At most ``lambda_min(J_0 J_0^T)``, shape (B, 1)."""
        u, v = (half[:, 0] for half in self._halves)
        least, _ = row_spectrum(self.instance.D)
        return ((u * u + v * v).min(-1) * 4 * least).reshape(-1, 1)

    @cached_property
    def largest_squared(self) -> Number:
        """At least ``|J_k|^2``, shape (B, K + 1)."""
        u, v = self._halves
        _, largest = row_spectrum(self.instance.D)
        return (u * u + v * v).max(-1) * 4 * largest

    @cached_property
    def moves(self) -> Number:
        """``|theta^{k+1} - theta^k|``, shape (B, K)."""
        return norm(self.parameters[:, 1:] - self.parameters[:, :-1])

    @cached_property
    def paths(self) -> Number:
        """``s_1, ..., s_K``: lengths of the path, shape (B, K)."""
        length = self.moves.shape[1]
        return self.moves @ self.moves.of(np.triu(np.ones((length, length))))

    @cached_property
    def off(self) -> Number:
        """How far each point is from the step that was due, shape (B, K)."""
        u, v = self._halves
        pulled = self.residuals[:, :-1] @ self.instance.D.atoms * 2
        due_u, due_v = u[:, :-1] * pulled, v[:, :-1] * -pulled
        step = self.eta.reshape(-1, 1, 1)
        n = self.instance.D.shape[1]
        moved = self.parameters[:, 1:] - self.parameters[:, :-1]
        first, second = moved[:, :, :n] + due_u * step, moved[:, :, n:] + due_v * step
        return ((first * first).sum(-1) + (second * second).sum(-1)).sqrt()

    @cached_property
    def allowed(self) -> FloatArray:
        """How much of that rounding explains, in float64, shape (B, K)."""
        instance, eta = self.instance, self.run.eta[:, None]
        atoms, (m, n) = np.abs(instance.D.data), instance.D.shape
        signals = (np.abs(instance.X) @ atoms.T + np.abs(instance.E))[:, None, :]
        energies = self._energies[:, :-1]
        with np.errstate(over="ignore"):
            seen = (energies @ atoms.T + signals) @ atoms * 2
            points = np.abs(self.run.parameters[:, :-1])
            total = points + eta[..., None] * np.tile(seen, 2) * points
            size = norms_of(total) * (1 + 2.0**-20)
            wide = 1 + atoms.sum() + eta + points.sum(-1) + signals.sum(-1)
            operations = 32 * (m + n + 16) * n * wide**4
        return rounding(m + n + 16, size, operations)

    @cached_property
    def errors(self) -> Number:
        """The part of ``off`` that rounding explains, upper ends, shape (B, K)."""
        return upper_end(smaller(self.off, self.instance.lift(self.allowed)))

    @cached_property
    def lost(self) -> Number:
        """``2 |J_k| |e|``: what they add to residuals along the path, upper ends, (B, K)."""
        return upper_end(self.largest_squared[:, :-1].sqrt() * self.errors * 2)
