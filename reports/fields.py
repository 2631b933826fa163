"""Reading JSON that somebody else may have written: every field is checked as it is taken."""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sparsebound.theory.errors import InputError

T = TypeVar("T")


class Fields:
    """A JSON object whose fields are checked as they are taken.

    Parameters
    ----------
    where : str
        What the object is called in messages.
    value : object
        What was read.

    Raises
    ------
    InputError
        If it is not an object; by the methods, if a field is missing or not what it should be.

    Examples
    --------
    >>> fields = Fields("tally", {"holds": -1})
    >>> fields.integer("holds")
    Traceback (most recent call last):
        ...
    sparsebound.InputError: tally.holds is -1; expected an integer that is at least 0
    """

    def __init__(self, where: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise InputError(where, value, "a JSON object")
        self.where, self.value = where, value
        self.taken: set[str] = set()

    def take(self, name: str, expected: str, accept: Callable[[Any], bool]) -> Any:
        """Take a field that has to pass a test.

        Parameters
        ----------
        name : str
            The field.
        expected : str
            What passes, in words.
        accept : callable
            The test.

        Returns
        -------
        object
        """
        self.taken.add(name)
        if name not in self.value:
            raise InputError(f"{self.where}.{name}", None, f"{expected}; the field is missing")
        value = self.value[name]
        if not accept(value):
            raise InputError(f"{self.where}.{name}", value, expected)
        return value

    def integer(self, name: str, least: int = 0) -> int:
        """Take an integer."""
        return int(
            self.take(name, f"an integer that is at least {least}", lambda v: _count(v, least))
        )

    def number(self, name: str) -> float:
        """Take a finite number."""
        return float(self.take(name, "a finite number", _number))

    def optional_number(self, name: str) -> float | None:
        """Take a finite number, or null."""
        value = self.take(name, "a finite number or null", lambda v: v is None or _number(v))
        return None if value is None else float(value)

    def text(self, name: str) -> str:
        """Take a string."""
        return str(self.take(name, "a string", lambda v: isinstance(v, str)))

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """Take a string out of a few."""
        return str(
            self.take(
                name, f"one of {list(allowed)}", lambda v: isinstance(v, str) and v in allowed
            )
        )

    def flag(self, name: str) -> bool:
        """Take true or false."""
        return bool(self.take(name, "true or false", lambda v: isinstance(v, bool)))

    def mapping(self, name: str) -> dict[str, Any]:
        """Take an object as it is."""
        value: dict[str, Any] = self.take(name, "a JSON object", lambda v: isinstance(v, dict))
        return value

    def items(self, name: str) -> list[Any]:
        """Take an array as it is."""
        value: list[Any] = self.take(name, "a JSON array", lambda v: isinstance(v, list))
        return value

    def counts(self, name: str, length: int) -> tuple[int, ...]:
        """Take an array of counts, of a known length."""
        value = self.take(
            name,
            f"an array of {length} counts",
            lambda v: isinstance(v, list) and len(v) == length and all(_count(i, 0) for i in v),
        )
        return tuple(value)

    def numbers(self, name: str, length: int | None = None) -> tuple[float, ...]:
        """Take an array of finite numbers, of a known length if there is one."""
        value = self.take(
            name,
            f"an array of {'' if length is None else f'{length} '}finite numbers",
            lambda v: (
                isinstance(v, list) and length in (None, len(v)) and all(_number(i) for i in v)
            ),
        )
        return tuple(map(float, value))

    def texts(self, name: str) -> list[str]:
        """Take an array of strings."""
        value: list[str] = self.take(
            name,
            "an array of strings",
            lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v),
        )
        return value

    def optional(self, name: str, read: Callable[[Any, str], T]) -> T | None:
        """Take null, or what a reader makes of the value and of its place."""
        value = self.take(name, "an object or null", lambda v: True)
        return None if value is None else read(value, f"{self.where}.{name}")

    def each(self, name: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """Take an array, and what a reader makes of each of its elements."""
        return tuple(
            read(value, f"{self.where}.{name}[{index}]")
            for index, value in enumerate(self.items(name))
        )

    def done(self) -> None:
        """Refuse fields that nobody took."""
        unknown = sorted(set(self.value) - self.taken)
        if unknown:
            raise InputError(f"fields of {self.where}", unknown, f"only {sorted(self.taken)}")


def _count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def parse_json(text: str, where: str) -> Any:
    """Parse JSON, without the numbers that JSON does not have.

    Parameters
    ----------
    text : str
        A JSON document.
    where : str
        What it is called in messages.

    Returns
    -------
    object

    Raises
    ------
    InputError
        If it is not JSON.

    Examples
    --------
    >>> parse_json("[1, null]", "--replay")
    [1, None]
    >>> parse_json("[NaN]", "--replay")
    Traceback (most recent call last):
        ...
    sparsebound.InputError: --replay is '[NaN]'; expected JSON (NaN is not a JSON number)
    """

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not a JSON number")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(where, text, f"JSON ({error})") from error


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    object

    Raises
    ------
    InputError
        If it cannot be read, or is not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError("file", str(path), f"a readable JSON file ({error})") from error
    return parse_json(text, str(path))


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file so that nobody ever sees half of it.

    Parameters
    ----------
    path : Path
        The file; an older one is replaced.
    document : object
        What JSON can hold; nan and infinity are refused.

    Raises
    ------
    ValueError, TypeError
        If JSON cannot hold the document.
    OSError
        If it cannot be written.
    """
    write_text(path, json.dumps(document, allow_nan=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it.

    Parameters
    ----------
    path : Path
        The file; an older one is replaced.
    text : str
        What it holds; what UTF-8 cannot encode is written as an escape.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_bytes(path, text.encode("utf-8", errors="backslashreplace"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    Parameters
    ----------
    path : Path
        The file; an older one is replaced.
    content : bytes
        What it holds.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
