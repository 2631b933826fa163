"""Quadratic forms on the cone of differences that basis pursuit with noise allows."""

from __future__ import annotations

from itertools import combinations, product

from flint import fmpq, fmpq_mat

from tests.quality.brute_force.exact import ExactDictionary, is_positive_semidefinite
from tests.quality.brute_force.surds import root


def is_copositive(D: ExactDictionary, s: int, shift: fmpq) -> bool | None:
    """Whether ``||D h||^2 >= shift ||h||^2`` for all ``h`` with ``||h||_1 <= 2 ||h_S||_1``.

    For normalised atoms, over all ``|S| = s``. Roots of norms are enclosed in rationals: as entries
    count for nonnegative arguments only, smaller ones prove it and larger ones refute it. ``None``
    where neither does.
    """
    if _holds(D, s, shift, below=True):
        return True
    return None if _holds(D, s, shift, below=False) else False


def _holds(D: ExactDictionary, s: int, shift: fmpq, *, below: bool) -> bool:
    for signs in product((1, -1), repeat=D.n - 1):
        form = _form(D, (1, *signs), shift, below=below)
        for support in D.supports([s]):
            if not is_copositive_on_orthant(_on_generators(form, support)):
                return False
    return True


def _form(
    D: ExactDictionary, signs: tuple[int, ...], shift: fmpq, *, below: bool
) -> list[list[fmpq]]:
    """The form in the sizes of entries of given signs, each entry rounded down, or up."""

    def entry(i: int, j: int) -> fmpq:
        if i == j:
            return 1 - shift
        positive = D.gram[i][j] * signs[i] * signs[j] > 0
        size = root(D.squares[i][j], below=positive == below)
        return size if positive else -size

    return [[entry(i, j) for j in range(D.n)] for i in range(D.n)]


def _on_generators(form: list[list[fmpq]], support: tuple[int, ...]) -> list[list[fmpq]]:
    """The form on the generators of a cone: an atom of ``S``, alone or with one off ``S``."""
    off = [j for j in range(len(form)) if j not in support]
    generators = [(i,) for i in support] + [(i, j) for i in support for j in off]
    return [
        [sum((form[i][j] for i in a for j in b), fmpq(0)) for b in generators] for a in generators
    ]


def is_copositive_on_orthant(form: list[list[fmpq]]) -> bool:
    """Whether a form is nonnegative for nonnegative arguments (Cottle, Habetler, Lemke 1970).

    The first principal block that is not copositive, by size, has a negative determinant and an
    entrywise nonnegative adjugate.
    """
    if all(value >= 0 for row in form for value in row) or is_positive_semidefinite(form):
        return True
    for size in range(1, len(form) + 1):
        for block in combinations(range(len(form)), size):
            matrix = fmpq_mat([[form[i][j] for j in block] for i in block])
            determinant = matrix.det()
            if determinant < 0 and all(value <= 0 for value in matrix.inv().entries()):
                return False
    return True
