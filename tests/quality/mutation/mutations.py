"""Mutations of a source file: small changes of one expression each, found in its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
NAMES = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "upper": "lower",
    "lower": "upper",
    "floor": "ceil",
    "ceil": "floor",
    "argmax": "argmin",
    "argmin": "argmax",
    "any": "all",
    "all": "any",
    "fmax": "fmin",
    "on_support": "off_support",
    "off_support": "on_support",
}
UNTOUCHED = {"Mutant", "InputError", "Source", "overload", "cast", "TypeVar", "warn"}
"""Calls whose arguments are words, or what is refuted on purpose."""


@dataclass(frozen=True)
class Mutation:
    """A piece of one file that is replaced by another.

    Attributes
    ----------
    file : str
        Relative to the root.
    start, end : int
        The piece, in bytes of the file.
    old, new : str
        What stands there, and what is put in its place.
    line : int
        Counted from 1.
    """

    file: str
    start: int
    end: int
    old: str
    new: str
    line: int

    def apply(self, source: bytes) -> bytes:
        """Mutate the file's text."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    @property
    def name(self) -> str:
        """What it is called in lists."""
        old, new = (" ".join(part.split()) for part in (self.old, self.new))
        return f"{self.file}:{self.line}: {old} -> {new}"


def mutations(root: Path, file: str) -> list[Mutation]:
    """Find all mutations of a file, in the order in which they stand there."""
    source = (root / file).read_bytes()
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))

    def place(node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            offsets[node.lineno - 1] + node.col_offset,
            offsets[node.end_lineno - 1] + node.end_col_offset,
        )

    found: dict[tuple[int, int, str], Mutation] = {}
    for node in _code(ast.parse(source)):
        start, end = place(node)
        old = source[start:end].decode()

        def within(child: ast.expr, start: int = start) -> tuple[int, int]:
            first, last = place(child)
            return len(source[start:first].decode()), len(source[start:last].decode())

        for new in _replacements(node, old, within):
            if "\n" not in old and new != old:
                found[start, end, new] = Mutation(file, start, end, old, new, node.lineno)
    return sorted(found.values(), key=lambda mutation: (mutation.start, mutation.new))


def _code(tree: ast.AST) -> Iterator[ast.expr]:
    """All expressions that compute something: no annotations, words, or arguments of errors."""
    for name, field in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for node in field if isinstance(field, list) else [field]:
            if not isinstance(node, ast.AST) or isinstance(node, ast.JoinedStr | ast.Raise):
                continue
            if isinstance(node, ast.Call) and _called(node) in UNTOUCHED:
                continue
            if isinstance(node, ast.FunctionDef) and node.name == "__repr__":
                continue
            if isinstance(node, ast.expr):
                yield node
            yield from _code(node)


def _words(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _replacements(
    node: ast.expr, old: str, within: Callable[[ast.expr], tuple[int, int]]
) -> Iterator[str]:
    match node:
        case (
            ast.Compare(left, [operator], [right])
            | ast.BinOp(left, operator, right)
            | ast.BoolOp(operator, [left, right])
        ) if type(operator) in OPERATORS and not _words(left):
            symbol, other = OPERATORS[type(operator)]
            middle = old.index(symbol, within(left)[1], within(right)[0])
            yield f"{old[:middle]}{other}{old[middle + len(symbol) :]}"
            if isinstance(operator, ast.Add | ast.Sub):
                yield old[:middle].rstrip()  # the last term dropped
        case ast.UnaryOp(ast.Not() | ast.Invert() | ast.USub(), operand):
            first, last = within(operand)
            yield old[first:last]
        case ast.Constant(bool(value)):
            yield str(not value)
        case ast.Constant(int(value)):
            yield str(value + 1)
        case ast.Constant(float(value)):
            yield repr(2 * value) if value else "1.0"
        case ast.Attribute(_, name) | ast.Name(name) if name in NAMES:
            yield old[: -len(name)] + NAMES[name]
        case ast.Call(ast.Name("abs") | ast.Attribute(_, "abs" | "nextafter"), [argument, *_]):
            first, last = within(argument)
            yield f"({old[first:last]})"
