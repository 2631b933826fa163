"""JSON of what is stored, from the fields of dataclasses: written, read strictly, and described.

The annotation of a field says what JSON it is:

- ``int`` (a count), ``float`` (finite), ``float | None``, ``bool``, ``str``;
- another :class:`JsonRecord`, with ``| None`` or not;
- ``tuple[T, ...]``: an array; of tuples of numbers: a matrix, whose rows have one length;
- ``Mapping[str, T]``: an object, written in order of its names;
- ``dict[str, Any]``: any object, as it is.

``Annotated[str, OneOf(...)]`` is one of a few strings, ``Annotated[tuple[...], Length(...)]`` an
array of a known length. Where :attr:`JsonRecord.WHOLE` names a field, the JSON is that field alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Self,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from sparsebound.reports.fields import Fields


@dataclass(frozen=True)
class OneOf:
    """Marks a string that is one of a few."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Length:
    """Marks an array of a known length, or as long as the field of that name; or it is empty."""

    of: int | str
    or_empty: bool = False


class JsonRecord:
    """A dataclass that JSON can hold.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Point(JsonRecord):
    ...     name: str
    ...     at: Annotated[tuple[float, ...], Length(2)]
    ...     weight: float | None = None
    >>> Point("a", (1.0, 2.0)).to_json()
    {'name': 'a', 'at': [1.0, 2.0], 'weight': None}
    >>> Point.from_json({"name": "a", "at": [1, 2], "weight": None})
    Point(name='a', at=(1.0, 2.0), weight=None)
    >>> Point.from_json({"name": "a", "at": [1], "weight": None})
    Traceback (most recent call last):
        ...
    sparsebound.InputError: point.at is [1]; expected an array of 2 finite numbers
    """

    WHOLE: ClassVar[str] = ""
    """The field that is all of its JSON; by default the JSON is an object of all fields."""

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold.

        Returns
        -------
        dict
        """
        kinds = kinds_of(type(self))
        written = {name: _written(getattr(self, name), kind) for name, kind in kinds.items()}
        return cast("dict[str, Any]", written[self.WHOLE]) if self.WHOLE else written

    @classmethod
    def from_json(cls, value: Any, where: str = "") -> Self:
        """Read what :meth:`to_json` wrote.

        Parameters
        ----------
        value : object
            From JSON.
        where : str
            What it is called in messages; by default the name of the class.

        Returns
        -------
        JsonRecord

        Raises
        ------
        InputError
            If a field is missing, unknown, or not what it should be.
        """
        where = where or cls.__name__.lower()
        kinds = kinds_of(cls)
        if cls.WHOLE:
            return cls(**{cls.WHOLE: _mapping(Fields(where, value), kinds[cls.WHOLE])})
        read = Fields(where, value)
        found = cls(**{name: _read(read, name, kind) for name, kind in kinds.items()})
        read.done()
        found.check(where)
        return found

    def check(self, where: str) -> None:
        """Refuse what was read if its fields do not go together.

        Parameters
        ----------
        where : str
            What it is called in messages.

        Raises
        ------
        InputError
            If they do not.
        """


def kinds_of(kind: Any) -> dict[str, Any]:
    """List the fields of a stored class, and what each is.

    Parameters
    ----------
    kind : type
        A dataclass.

    Returns
    -------
    dict
        Annotations by name, in their order.
    """
    return _kinds_of(kind)


def described(kind: Any) -> Any:
    """Describe the JSON of a kind: the fields of all that it holds, and what each is.

    Parameters
    ----------
    kind : type
        A :class:`JsonRecord`, or the annotation of a field.

    Returns
    -------
    object
        JSON can hold it.

    Examples
    --------
    >>> described(Mapping[str, tuple[float, ...]])
    {'each': ['float', 'any number']}
    """
    base, mark = _parted(kind)
    if isinstance(base, type) and issubclass(base, JsonRecord):
        names = {name: described(part) for name, part in kinds_of(base).items()}
        return names[base.WHOLE] if base.WHOLE else names
    if get_origin(base) is tuple:
        return [described(get_args(base)[0]), *_lengths(mark)]
    if get_origin(base) is Mapping:
        return {"each": described(get_args(base)[1])}
    inner = _inner(base)
    if inner is not None:
        return {"or null": described(inner)}
    name = "object" if get_origin(base) is dict else base.__name__
    return [name, *mark.names] if mark else name


def digest(kind: Any) -> str:
    """Hash what a kind stores: another digest is another format.

    Parameters
    ----------
    kind : type
        A :class:`JsonRecord`.

    Returns
    -------
    str

    Examples
    --------
    >>> digest(int) == digest(float)
    False
    """
    text = json.dumps(described(kind), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _kinds_of(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {item.name: hints[item.name] for item in fields(kind)}


def _parted(kind: Any) -> tuple[Any, Any]:
    if get_origin(kind) is Annotated:
        base, mark = get_args(kind)
        return base, mark
    return kind, None


def _lengths(mark: Length | None) -> list[int | str]:
    """Describe how long an array may be."""
    if mark is None:
        return ["any number"]
    return [mark.of, "or none"] if mark.or_empty else [mark.of]


def _inner(kind: Any) -> Any:
    """What may be null; None if nothing may."""
    if get_origin(kind) not in (Union, UnionType):
        return None
    (inner,) = (part for part in get_args(kind) if part is not NoneType)
    return inner


def _written(value: Any, kind: Any) -> Any:
    """Make a field of a kind what JSON can hold."""
    if isinstance(value, JsonRecord):
        return value.to_json()
    base, _ = _parted(kind)
    if isinstance(value, tuple):
        inner = get_args(base)[0]
        plain = inner in (int, float, str)
        return list(value) if plain else [_written(item, inner) for item in value]
    if get_origin(base) is Mapping:
        return {name: _written(value[name], get_args(base)[1]) for name in sorted(value)}
    return value


def _read(read: Fields, name: str, kind: Any) -> Any:
    """Take a field of a kind."""
    base, mark = _parted(kind)
    simple = {int: read.integer, float: read.number, bool: read.flag}
    if base in simple:
        return simple[base](name)
    if base is str:
        return read.one_of(name, mark.names) if mark else read.text(name)
    if get_origin(base) is tuple:
        return _array(read, name, get_args(base)[0], mark)
    if get_origin(base) is Mapping:
        return _mapping(Fields(f"{read.where}.{name}", read.mapping(name)), base)
    if get_origin(base) is dict:
        return read.mapping(name)
    inner = _inner(base)
    if inner is float:
        return read.optional_number(name)
    if inner is int:
        there = read.take(name, "an integer or null", lambda value: True)
        return None if there is None else read.integer(name)
    if get_origin(inner) is dict:
        there = read.take(name, "an object or null", lambda value: True)
        return None if there is None else read.mapping(name)
    if inner is not None:
        return read.optional(name, inner.from_json)
    return base.from_json(read.mapping(name), f"{read.where}.{name}")


def _mapping(read: Fields, kind: Any) -> dict[str, Any]:
    return {name: _read(read, name, get_args(kind)[1]) for name in sorted(read.value)}


def _array(read: Fields, name: str, kind: Any, mark: Length | None) -> tuple[Any, ...]:
    length = mark.of if mark else None
    if isinstance(length, str):
        length = len(read.items(length))
    if mark and mark.or_empty and not read.items(name):
        return ()
    if kind is int:
        return read.counts(name, len(read.items(name)) if length is None else length)
    if kind is float:
        return read.numbers(name, length)
    if kind is str:
        return tuple(read.texts(name))
    if get_origin(kind) is tuple:
        first = next(iter(read.items(name)), ())
        width = len(first) if isinstance(first, list) else 0
        return read.each(name, lambda row, where: Fields(where, {"row": row}).numbers("row", width))
    return read.each(name, kind.from_json)
