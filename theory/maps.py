"""The functions ``psi`` between the layers of the deep model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import UNKNOWN, IntArray, Number
from sparsebound.theory.errors import InputError


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
    kind : str
        What it is an example of.
    window, stride : int
        Inputs of one output, and inputs from one output to the next.
    """

    name: str
    apply: Callable[[Number], Number]
    square: Fraction = Fraction(1)
    length: Callable[[int], int] = lambda d: d
    gather: Callable[[Number], Number] = lambda values: values
    kind: str = "pointwise"
    window: int = 1
    stride: int = 1

    def __call__(self, x: Number) -> Number:
        """Apply the map to a batch."""
        return self.apply(x)


IDENTITY = Map("identity", lambda x: x)

# where a sign is unknown, the enclosure of x contains that of its positive part
RELU = Map("ReLU", lambda x: x.where(x.sign > 0, 0))


def leaky_relu(slope: Fraction) -> Map:
    """Leave positive numbers alone and multiply the others by ``slope``.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> leaky_relu(Fraction(1, 2))(Ball.of([[2, -2]])).mid
    array([[ 2., -1.]])
    """

    def apply(x: Number) -> Number:
        other = x * slope
        either = x.hull(other) if (x.sign == UNKNOWN).any() else x
        return x.where(x.sign == 1, other.where(x.sign != UNKNOWN, either))

    return Map(f"leaky ReLU of slope {slope}", apply, max(Fraction(1), slope**2))


def soft_threshold(level: Fraction) -> Map:
    """Move numbers towards zero by ``level``, and no further than zero.

    Raises
    ------
    InputError
        If the level is negative.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> soft_threshold(Fraction(1, 2))(Ball.of([[2, -2, 0.25]])).mid
    array([[ 1.5, -1.5,  0. ]])
    """
    if level < 0:
        raise InputError("level", level, "a number that is at least 0")
    return Map(
        f"soft threshold {level}",
        lambda x: RELU(x - level) - RELU(-x - level),
    )


def subsample(stride: int) -> Map:
    """Keep every ``stride``-th entry, beginning with the first.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> subsample(2)(Ball.of([[1, 2, 3]])).mid
    array([[1., 3.]])
    """
    return Map(
        f"every {stride}th entry",
        lambda x: x[:, ::stride],
        length=lambda d: -(-d // stride),
        gather=lambda values: values[:, ::stride],
        kind="subsampling",
        stride=stride,
    )


def average_pooling(window: int) -> Map:
    """Average disjoint windows; entries at the end that fill none are left out.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> average_pooling(2)(Ball.of([[1, 3, 4, 8]])).mid
    array([[2., 6.]])
    """
    positive("window", window)
    return Map(
        f"averages of {window}",
        lambda x: _windows(x, window, window).sum(-1) / window,
        square=Fraction(1, window),
        length=lambda d: d // window,
        gather=lambda values: _windows(values, window, window).sum(-1),
        kind="average pooling",
        window=window,
        stride=window,
    )


def max_pooling(window: int, stride: int | None = None) -> Map:
    """Take the largest entry of windows: disjoint ones, or others of which the stride is given.

    An entry lies in at most ``ceil(window / stride)`` windows, each of which changes by no more
    than its entry that changes most: that is the square of the Lipschitz constant.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> max_pooling(2)(Ball.of([[1, 3, 4, 8]])).mid, max_pooling(2, 1).square
    (array([[3., 8.]]), Fraction(2, 1))
    """
    step = window if stride is None else stride
    positive("window", window)
    positive("stride", step)
    return Map(
        f"maxima of {window}" + ("" if step == window else f", stride {step}"),
        lambda x: _windows(x, window, step).max(-1),
        square=Fraction(-(-window // step)),
        length=lambda d: max((d - window) // step + 1, 0),
        gather=lambda values: _windows(values, window, step).sum(-1),
        kind="max pooling",
        window=window,
        stride=step,
    )


def hadamard_transform() -> Map:
    """Multiply blocks of four entries by an orthogonal matrix of entries 1/2 and -1/2.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> hadamard_transform()(Ball.of([[2, 0, 0, 0]])).mid
    array([[1., 1., 1., 1.]])
    """
    pair = np.array([[1.0, 1.0], [1.0, -1.0]])
    block = np.kron(pair, pair) / 2

    def apply(x: Number) -> Number:
        return (_windows(x, 4, 4) @ block).reshape(len(x), -1)

    def gather(values: Number) -> Number:
        return (_windows(values, 4, 4) @ np.ones((4, 4))).reshape(len(values), -1)

    return Map(
        "Hadamard transform of blocks of 4",
        apply,
        length=lambda d: d // 4 * 4,
        gather=gather,
        kind="orthogonal",
        window=4,
        stride=4,
    )


def positive(name: str, value: int) -> None:
    """Refuse what is not a positive integer."""
    if value < 1:
        raise InputError(name, value, "an integer that is at least 1")


def _windows(x: Number, window: int, stride: int) -> Number:
    """Entries of each window, shape (B, count, window)."""
    count = max((x.shape[1] - window) // stride + 1, 0)
    index: IntArray = stride * np.arange(count)[:, None] + np.arange(window)
    return x[:, index]
