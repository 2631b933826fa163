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
    """Describe a value in at most one short line, whatever its own words are."""
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"an array of shape {value.shape} and type {value.dtype}"
    text = _words(repr, value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def said_by(error: BaseException) -> str:
    r"""Say in one line what an exception says: one of somebody else may raise when it is asked.

    Examples
    --------
    >>> said_by(ValueError("two\nlines"))
    'two lines'
    >>> class Mute(Exception):
    ...     def __str__(self):
    ...         raise SystemExit
    >>> said_by(Mute())
    'a Mute that raises SystemExit when it is printed'
    """
    return _words(str, error)


def _words(write: Any, value: Any) -> str:
    try:
        return " ".join(write(value).split())
    except (Exception, SystemExit) as error:
        return f"a {type(value).__name__} that raises {type(error).__name__} when it is printed"
