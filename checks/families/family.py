"""What a family of dictionaries is: a builder, and a strategy for its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

Parameters = dict[str, Any]
"""Keyword arguments of a builder: ints, strings, and nested lists of ints, so JSON holds them."""


@dataclass(frozen=True)
class Family:
    """A family of dictionaries, given by parameters that JSON can hold.

    Attributes
    ----------
    name : str
        Identifier, the key in ``FAMILIES``.
    title : str
        One line for people.
    build : callable
        Keyword parameters to the raw data `(m, n)`, atoms not normalised, none of them zero.
    strategy : callable
        Largest number of atoms to a strategy for parameters. It constructs, never filters; every
        draw builds a valid matrix; it shrinks to the smallest member.
    narrow : bool
        Whether the kernel has at most one dimension, so that exhaustive searches stay cheap.
    complexity : int
        Its place among the families: shrinking prefers smaller numbers.
    fewest : int
        Atoms of the smallest member.

    Examples
    --------
    >>> family = Family("line", "Ones in a row", lambda atoms: np.ones((1, atoms)),
    ...                 lambda limit: st.fixed_dictionaries({"atoms": st.integers(1, limit)}))
    >>> family.build(atoms=2)
    array([[1., 1.]])
    """

    name: str
    title: str
    build: Callable[..., NDArray[np.float64]]
    strategy: Callable[[int], SearchStrategy[Parameters]]
    narrow: bool = False
    complexity: int = 100
    fewest: int = 1

    def smallest(self) -> int:
        """Return the number of atoms of the smallest member.

        Returns
        -------
        int
        """
        return self.fewest

    def parameters(self, limit: int) -> SearchStrategy[Parameters]:
        """Strategy for parameters of members with at most `limit` atoms.

        Parameters
        ----------
        limit : int
            The largest number of atoms, at least ``smallest()``.

        Returns
        -------
        SearchStrategy

        Raises
        ------
        ValueError
            If the family has no member that small.
        """
        if limit < self.fewest:
            raise ValueError(
                f"limit = {limit}: expected at least {self.fewest}, the number of atoms of the "
                f"smallest member of the family {self.name!r}"
            )
        return self.strategy(limit)

    def member(self, parameters: Mapping[str, Any]) -> NDArray[np.float64]:
        """Build a member from parameters that may have been read from JSON.

        Parameters
        ----------
        parameters : mapping
            What :meth:`parameters` drew.

        Returns
        -------
        ndarray, shape (m, n)

        Raises
        ------
        ValueError
            If the parameters are not those of this family, or out of range.
        """
        try:
            return self.build(**parameters)
        except TypeError as error:
            raise ValueError(
                f"parameters = {dict(parameters)!r}: expected those of the family {self.name!r} "
                f"({error})"
            ) from error


def seeds() -> SearchStrategy[int]:
    """Strategy for seeds of random members; shrinks to 0.

    Returns
    -------
    SearchStrategy of int
    """
    return st.integers(0, 2**32 - 1)
