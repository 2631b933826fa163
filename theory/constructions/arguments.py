"""Checks of arguments that the constructions share."""

from __future__ import annotations

from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray


def integer(name: str, value: object, least: int) -> int:
    """Return `value` as an int of at least `least`.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : object
        What the caller passed.
    least : int
        The smallest value that is allowed.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If `value` is no integer, or smaller than `least`.

    Examples
    --------
    >>> integer("m", 3, 1)
    3
    """
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, (bool, np.bool)):
        raise ValueError(f"{name} = {value!r}: expected an integer of at least {least}")
    return number


def matrix(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return `value` as a finite float64 matrix with at least one row and one column.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed.

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    ValueError
        If `value` is not two-dimensional, is empty, or holds an infinity or a NaN.

    Examples
    --------
    >>> matrix("D", [[1, 2]])
    array([[1., 2.]])
    """
    data = np.asarray(value, dtype=np.float64)
    if data.ndim != 2 or data.size == 0:
        raise ValueError(
            f"{name} has shape {data.shape}: expected a matrix with at least one row and one column"
        )
    if not np.isfinite(data).all():
        raise ValueError(f"{name} holds an infinity or a NaN: expected finite numbers")
    return data
