"""Numbers, vectors and matrices as Coq reads them, and exact linear algebra on small ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import isqrt
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from sparsebound.theory.arithmetic import Exact, Number
from sparsebound.theory.instance import Dictionary

Rows = list[list[Fraction]]


def fraction(value: Any) -> Fraction:
    """A float, an integer or a rational of flint as a fraction.

    >>> fraction(0.75), fraction(fmpq(1, 3))
    (Fraction(3, 4), Fraction(1, 3))
    """
    return Fraction(int(value.p), int(value.q)) if hasattr(value, "q") else Fraction(value)


def exact(number: Number) -> list[Any]:
    """The entries of exact numbers, as fractions in lists."""
    assert isinstance(number, Exact)
    return np.vectorize(fraction, otypes=[object])(number.values).tolist()  # type: ignore[no-any-return]


def fractions(values: Any) -> list[Fraction]:
    """The entries of a vector."""
    return [fraction(value) for value in np.asarray(values, dtype=object).tolist()]


def number(value: Any) -> str:
    """A fraction of Coq.

    >>> number(-0.5)
    '((-1) // 2)'
    """
    value = fraction(value)
    top = f"({value.numerator})" if value < 0 else f"{value.numerator}"
    return f"({top} // {value.denominator})"


def listed(items: Iterable[str]) -> str:
    """A list of Coq."""
    return f"[:: {'; '.join(items)}]"


def vector(values: Iterable[Any]) -> str:
    """A list of fractions."""
    return listed(map(number, values))


def rows(values: Iterable[Iterable[Any]]) -> str:
    """A list of lists of fractions."""
    return listed(map(vector, values))


def flags(values: Iterable[Any]) -> str:
    """A list of truth values."""
    return listed("true" if value else "false" for value in values)


def shape(values: Rows) -> list[str]:
    """Numbers of rows and of columns."""
    return [str(len(values)), str(len(values[0]))]


def times(left: Rows, right: list[Fraction]) -> list[Fraction]:
    """A matrix times a vector."""
    return [sum((a * b for a, b in zip(row, right, strict=True)), Fraction(0)) for row in left]


def columns_of(values: Rows, chosen: Sequence[int]) -> fmpq_mat:
    """Some columns, for flint."""
    return fmpq_mat(
        [[fmpq(row[j].numerator, row[j].denominator) for j in chosen] for row in values]
    )


def solved(values: Rows, chosen: Sequence[int], right: fmpq_mat) -> fmpq_mat:
    """Coefficients of independent columns that represent others."""
    part = columns_of(values, chosen)
    return (part.transpose() * part).solve(part.transpose() * right)


def left_inverse(values: Rows, chosen: Sequence[int]) -> Rows:
    """A matrix (n, m) that is a left inverse of some independent columns, and 0 elsewhere."""
    m, n = len(values), len(values[0])
    found = [[Fraction(0)] * m for _ in range(n)]
    if not chosen:
        return found
    unit = fmpq_mat([[fmpq(i == j) for j in range(m)] for i in range(m)])
    table = solved(values, chosen, unit).tolist()
    for place, atom in enumerate(chosen):
        found[atom] = [fraction(entry) for entry in table[place]]
    return found


def null_vector(values: Rows) -> list[Fraction] | None:
    """A null vector with as few nonzeros as there are, if there is one."""
    n = len(values[0])
    for size in range(1, n + 1):
        for chosen in combinations(range(n), size):
            if columns_of(values, chosen).rank() < size:
                *first, last = chosen
                found = [Fraction(0)] * n
                found[last] = Fraction(-1)
                if first:
                    table = solved(values, first, columns_of(values, [last])).tolist()
                    for atom, entry in zip(first, table, strict=True):
                        found[atom] = fraction(entry[0])
                return found
    return None


def root(value: Fraction) -> Fraction | None:
    """The root of a number, if it is rational."""
    top, below = isqrt(value.numerator), isqrt(value.denominator)
    found = Fraction(top, below)
    return found if found**2 == value else None


def unit_atoms(D: Dictionary) -> tuple[Rows, list[Fraction]]:
    """Atoms of norm 1 with the inner products of a normalised dictionary, and the norms it had.

    Where norms are rational, those atoms; else, of norms that are all the same, others, and 1.

    >>> unit_atoms(Dictionary([[3, 0], [4, 2]]))[1]
    [Fraction(5, 1), Fraction(2, 1)]
    """
    data = [[fraction(value) for value in row] for row in D.data.tolist()]
    columns = list(zip(*data, strict=True))
    squares = [sum((value**2 for value in column), Fraction(0)) for column in columns]
    norms = [root(square) for square in squares]
    known = [norm for norm in norms if norm is not None]
    if len(known) == len(norms):
        return [[v / norm for v, norm in zip(row, known, strict=True)] for row in data], known
    assert len(set(squares)) == 1, "norms that differ, and are not rational"
    gram = [
        [sum(a * b for a, b in zip(u, v, strict=True)) / squares[0] for v in columns]
        for u in columns
    ]
    return realised(gram), [Fraction(1)] * len(columns)


def realised(gram: Sequence[Sequence[Fraction]]) -> Rows:
    """Rational vectors with such inner products: a sum of squares, each pivot one of at most four.

    >>> D = realised([[Fraction(1), Fraction(-1, 2)], [Fraction(-1, 2), Fraction(1)]])
    >>> [sum(a * b for a, b in zip(*pair)) for pair in [list(zip(*D))]]
    [Fraction(-1, 2)]
    """
    rest, found = [list(row) for row in gram], []
    for k in range(len(rest)):
        pivot = rest[k][k]
        if not pivot:
            continue
        factors = [row[k] / pivot for row in rest]
        for share in squares_of(pivot):
            found.append([share * factor for factor in factors])
        rest = [
            [value - factors[i] * factors[j] * pivot for j, value in enumerate(row)]
            for i, row in enumerate(rest)
        ]
    return found


def squares_of(value: Fraction) -> Iterator[Fraction]:
    """At most four numbers whose squares add up to a positive one (Lagrange).

    >>> list(squares_of(Fraction(3, 4)))
    [Fraction(1, 2), Fraction(1, 2), Fraction(1, 2)]
    """
    whole = value.numerator * value.denominator
    for entries in product(range(isqrt(whole) + 1), repeat=3):
        last = whole - sum(entry**2 for entry in entries)
        if last >= 0 and isqrt(last) ** 2 == last:
            for entry in (*entries, isqrt(last)):
                if entry:
                    yield Fraction(entry, value.denominator)
            return
