"""All theorems, found by walking the packages of topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from sparsebound import theory
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Theorem


@cache
def catalogue() -> MappingProxyType[str, Theorem]:
    """Collect every ``THEOREM`` of the modules ``theory.<topic>.<name>``, by identifier.

    Examples
    --------
    >>> catalogue()["uniqueness.spark"].title
    'Uniqueness by spark'
    """
    found = {}
    for topic in iter_modules(theory.__path__, f"{theory.__name__}."):
        if not topic.ispkg:
            continue
        for module in iter_modules(import_module(topic.name).__path__, f"{topic.name}."):
            theorem = getattr(import_module(module.name), "THEOREM", None)
            if isinstance(theorem, Theorem):
                found[theorem.id] = theorem
    return MappingProxyType(found)


def implied_by(name: str) -> tuple[str, ...]:
    """List the theorems that imply another one, as they declare it.

    Parameters
    ----------
    name : str
        Its identifier.

    Examples
    --------
    >>> implied_by("rate.fista")
    ('rate.momentum',)
    """
    return tuple(
        theorem.id
        for theorem in catalogue().values()
        if any(found.id == name for found in theorem.implies)
    )


def find(text: str, theorems: Iterable[Theorem]) -> list[Theorem]:
    """Find theorems by words: an identifier, a title, an author, or a name that people use.

    Parameters
    ----------
    text : str
        Words, all of which have to be there; case does not matter.
    theorems : iterable of Theorem
        Among which to look.

    Examples
    --------
    >>> [theorem.id for theorem in find("NSP", catalogue().values())]
    ['stability.compressible', 'uniqueness.null_space']
    """
    words = text.casefold().split()

    def told(theorem: Theorem) -> str:
        parts = (theorem.id, theorem.title, theorem.source.text, *theorem.names)
        return " ".join(parts).casefold()

    return [theorem for theorem in theorems if words and all(w in told(theorem) for w in words)]


def select(
    names: Sequence[str],
    extra: Mapping[str, Theorem] | None = None,
    ours: Mapping[str, Theorem] | None = None,
) -> list[Theorem]:
    """Look identifiers and topics up; all theorems if no name is given.

    Parameters
    ----------
    names : sequence of str
        Identifiers such as ``uniqueness.spark`` or topics such as ``uniqueness``.
    extra : dict, optional
        Further theorems, by identifier; if no name is given, they alone are selected.
    ours : dict, optional
        Those that there are otherwise; the catalogue by default.

    Raises
    ------
    InputError
        If a name is unknown.

    Examples
    --------
    >>> [theorem.id for theorem in select(["uniqueness.spark"])]
    ['uniqueness.spark']
    """
    extra = extra or {}
    known = {**(catalogue() if ours is None else ours), **extra}
    if not names:
        return list((extra or known).values())
    topics = {theorem.topic for theorem in known.values()}
    chosen: dict[str, Theorem] = {}
    for name in names:
        if name not in known and name not in topics:
            close = get_close_matches(name, [*known, *topics], n=3, cutoff=0.6)
            hint = f"did you mean {' or '.join(close)}?" if close else "see 'sparsebound list'"
            among = ", ".join(sorted(topics))
            raise InputError("ID", name, f"a theorem or a topic ({among}); {hint}")
        chosen |= {key: t for key, t in known.items() if name in (key, t.topic)}
    return list(chosen.values())
