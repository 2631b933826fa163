"""The functions ``psi`` between the layers of the deep model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from theory.arithmetic import Number


@dataclass(frozen=True)
class Map:
    """A function between layers, with its Lipschitz constant in the Euclidean norm.

    Parameters
    ----------
    name : str
        What people call it.
    apply : callable
        From numbers of shape (B, d) to numbers of shape (B, ``length(d)``).
    square : Fraction
        The square of the Lipschitz constant, which is rational where the constant is not.
    length : callable
        From the length of an input to that of the output.
    gather : callable
        From nonnegative numbers of shape (B, d), one for each input, to their sums over the inputs
        on which each output depends, shape (B, ``length(d)``); pointwise by default.
    """

    name: str
    apply: Callable[[Number], Number]
    square: Fraction = Fraction(1)
    length: Callable[[int], int] = lambda d: d
    gather: Callable[[Number], Number] = lambda values: values

    def __call__(self, x: Number) -> Number:
        """Apply the map to a batch."""
        return self.apply(x)


IDENTITY = Map("identity", lambda x: x)

RELU = Map("ReLU", lambda x: x.where(x.sign > 0, 0))


def leaky_relu(slope: Fraction) -> Map:
    """Leave positive numbers alone and multiply the others by ``slope``.

    Examples
    --------
    >>> from theory.arithmetic import Ball
    >>> leaky_relu(Fraction(1, 2))(Ball.of([[2, -2]])).mid
    array([[ 2., -1.]])
    """
    return Map(
        f"leaky ReLU of slope {slope}",
        lambda x: x.where(x.sign > 0, x * slope),
        max(Fraction(1), slope**2),
    )


def subsample(stride: int) -> Map:
    """Keep every ``stride``-th entry, beginning with the first.

    Examples
    --------
    >>> from theory.arithmetic import Ball
    >>> subsample(2)(Ball.of([[1, 2, 3]])).mid
    array([[1., 3.]])
    """
    return Map(
        f"every {stride}th entry",
        lambda x: x[:, ::stride],
        length=lambda d: -(-d // stride),
        gather=lambda values: values[:, ::stride],
    )
