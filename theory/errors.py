"""What a user is told when an input cannot be used."""

from __future__ import annotations

from typing import Any

import numpy as np


class InputError(ValueError):
    """An argument that cannot be used; the message names it, its value and what was expected.

    Parameters
    ----------
    name : str
        The argument.
    value : object
        What was given.
    expected : str
        What would have been accepted.

    Examples
    --------
    >>> str(InputError("k", -1, "an integer that is at least 0"))
    'k is -1; expected an integer that is at least 0'
    """

    __module__ = "sparsebound"  # where users import it from, and tracebacks name it

    def __init__(self, name: str, value: Any, expected: str) -> None:
        self.name = name
        super().__init__(f"{name} is {describe(value)}; expected {expected}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross process borders as name, message and notes, whatever the value was."""
        return _restored, (type(self), self.name, str(self)), self.__dict__


def _restored(kind: type[InputError], name: str, message: str) -> InputError:
    error = kind.__new__(kind)
    ValueError.__init__(error, message)
    error.name = name
    return error


def describe(value: Any) -> str:
    """Describe a value in at most one short line."""
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"an array of shape {value.shape} and type {value.dtype}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 120 else f"{text[:117]}..."
