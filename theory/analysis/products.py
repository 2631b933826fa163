"""The dictionary of a deep model that skips its middle layers: a product of dictionaries."""

from __future__ import annotations

from functools import cached_property, reduce
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Ball, Number
from sparsebound.theory.arrays import real_array
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.quantities.memo import kept


class DictionaryProduct(Dictionary):
    """``D_1 D_2``, whose quantities are those of the product itself, not of its rounding.

    Parameters
    ----------
    left, right : Dictionary
        The factors.
    arithmetic : {Ball, Exact}
        How quantities of this dictionary are computed.

    Attributes
    ----------
    data : ndarray, shape (m, n)
        The product in float64, rounded. A column may be zero: then nothing may be asked that
        divides by its norm.

    Raises
    ------
    InputError
        If the factors do not fit on each other, or a number is too large.

    Examples
    --------
    >>> E = DictionaryProduct(Dictionary([[1, 1], [2, -2]]), Dictionary([[1], [1]]))
    >>> E.atoms.mid.tolist(), E.squares.mid.tolist()
    ([[2.0], [0.0]], [4.0])
    """

    def __init__(
        self, left: Dictionary, right: Dictionary, *, arithmetic: type[Number] = Ball
    ) -> None:
        if left.shape[1] != right.shape[0]:
            expected = f"atoms of length {left.shape[1]}, as there are atoms below"
            raise InputError("right.shape", right.shape, expected)
        self.left, self.right = left, right
        with np.errstate(all="ignore"):
            self.data = real_array("D_1 D_2", left.data @ right.data, 2)
        self.arithmetic = arithmetic
        self.memo: dict[Any, Any] = {}

    @cached_property
    def atoms(self) -> Number:
        """The product, enclosed, shape (m, n)."""
        return self.left.atoms @ self.right.atoms

    @cached_property
    def scaled(self) -> Number:
        """The product with its columns scaled, shape (m, n)."""
        return self.atoms * self._powers(self.exponents) if self.exponents.any() else self.atoms

    def _in(self, arithmetic: type[Number]) -> Dictionary:
        left, right = self.left._in(arithmetic), self.right._in(arithmetic)
        return DictionaryProduct(left, right, arithmetic=arithmetic)


def product(left: Dictionary, right: Dictionary) -> DictionaryProduct:
    """Multiply two dictionaries, once for each pair of them.

    Examples
    --------
    >>> D = Dictionary([[2]])
    >>> product(D, D) is product(D, D)
    True
    """
    found: DictionaryProduct = kept(
        left.memo,
        "product",
        right,
        lambda: DictionaryProduct(left, right, arithmetic=left.arithmetic),
    )
    return found


def deepest(instance: DeepInstance) -> Instance:
    """The deepest codes, as codes with respect to the product of all dictionaries.

    Examples
    --------
    >>> middle = Instance([[1, 1], [2, -2]], [[3, 3]])
    >>> deepest(DeepInstance((middle, Instance([[1], [1]], [[3]])), [[6, 0]])).Y.mid.tolist()
    [[6.0, 0.0]]
    """
    first, last = instance.layers[0], instance.layers[-1]
    if first is last:
        return first
    E = reduce(product, (layer.D for layer in instance.layers))
    return Instance(E, last.X, first.E).placed(first.place)
