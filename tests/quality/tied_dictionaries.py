"""Rows for ``proofs/tied/dictionary.v`` and ``proofs/tied/uniqueness.v``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from sparsebound.theory.analysis.features import features_of
from sparsebound.theory.analysis.lasso import lasso_point
from sparsebound.theory.evidence import Features, Minimiser, Weights
from sparsebound.theory.extremal import features as feature_instances
from sparsebound.theory.extremal import nonnegative, uniqueness
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import spark
from tests.quality.coq_data import (
    Rows,
    columns_of,
    exact,
    flags,
    fraction,
    fractions,
    left_inverse,
    listed,
    null_vector,
    number,
    rows,
    shape,
    solved,
    times,
    unit_atoms,
    vector,
)
from tests.quality.ties import Found, Row

ATOMS = np.array([(3, 4, 0), (0, 3, 4), (1, 2, 2), (2, -1, 2), (5, 0, 12), (2, 3, 6), (0, 0, 1)])
"""Integers with rational norms."""
FRAME = np.array([[1, 1, 1, 1], [-1, -1, 1, -1], [0, 0, -2, 0]]).T / 2
"""Three atoms of norm 1 with inner products -1/2, whose sum is 0."""
EQUAL = "premise < -> <="


def drawn(count: int, seed: int, least: int = 2, most: int = 5) -> tuple[Instance, ...]:
    """Some of these atoms each, and a code of one or two nonzeros."""
    random = np.random.default_rng(seed)
    found = []
    for k in range(count):
        D = ATOMS[random.permutation(7)[: least + k % (most - least)]].T
        code = np.zeros(D.shape[1])
        code[random.permutation(len(code))[: 1 + k % 2]] = random.integers(1, 4)
        found.append(Instance(D, code[None, :]))
    return tuple(found)


def scaled(found: Found, norms: list[Fraction], code: Any) -> list[Fraction]:
    """A code for the normalised atoms."""
    return [norm * value for norm, value in zip(norms, fractions(code), strict=True)]


def certified(D: Rows) -> tuple[str, int]:
    """A spark, and what proves it."""
    n, null = len(D[0]), null_vector(D)
    count = n + 1 if null is None else sum(value != 0 for value in null)
    inverses = [
        f"({flags(j in chosen for j in range(n))}, {rows(left_inverse(D, chosen))})"
        for chosen in combinations(range(n), min(count - 1, n))
    ]
    return f"({vector(null or [])}, {listed(inverses)})", count


def of_dictionary(found: Found) -> Iterator[list[str]]:
    D, _ = unit_atoms(found.instance.D)
    factor = found.changes.get("factor")
    yield [*([number(factor)] if factor else []), *shape(D), rows(D)]


def of_babel(found: Found) -> Iterator[list[str]]:
    D, _ = unit_atoms(found.instance.D)
    yield [*shape(D), rows(D), str(len(D[0]) - 1)]


def of_support(found: Found) -> Iterator[list[str]]:
    D, norms = unit_atoms(found.instance.D)
    yield [
        *shape(D), rows(D), flags(found.instance.support[0]),
        vector(scaled(found, norms, found.instance.X[0])),
    ]  # fmt: skip


def of_spark(found: Found) -> Iterator[list[str]]:
    D, _ = unit_atoms(found.instance.D)
    certificate, count = certified(D)
    assert count == min(float(spark(found.instance.D).mid), len(D[0]) + 1)
    yield [certificate, *shape(D), rows(D), str(count)]


def of_weights(found: Found) -> Iterator[list[str]]:
    D, _ = unit_atoms(found.instance.D)
    weights = found.only
    table = solved(D, weights.atoms.tolist(), columns_of(D, [weights.column])).tolist()
    total = sum((abs(fraction(entry[0])) for entry in table), Fraction(0))
    dual = [Fraction(0)] * len(D[0])
    for atom, entry in zip(weights.atoms, table, strict=True):
        dual[atom] = fraction(entry[0]) / total
    factor = found.changes.get("factor")
    certificate = f"({weights.column}%N, {vector(dual)})"
    W = weights.W.tolist()
    yield [*([number(factor)] if factor else []), certificate, *shape(D), rows(W), rows(D)]


def of_alternative(found: Found) -> Iterator[list[str]]:
    """The other code is worked out from where it lives: the search rounds it."""
    D, norms = unit_atoms(found.instance.D)
    code = scaled(found, norms, found.instance.X[0])
    signal = fmpq_mat([[fmpq(value.numerator, value.denominator)] for value in times(D, code)])
    inside = np.flatnonzero(found.only.point[0]).tolist()
    other = [Fraction(0)] * len(code)
    for atom, entry in zip(inside, solved(D, inside, signal).tolist(), strict=True):
        other[atom] = fraction(entry[0])
    yield [*shape(D), rows(D), vector(code), vector(other)]


def of_alternative_and_spark(found: Found) -> Iterator[list[str]]:
    (terms,) = of_alternative(found)
    certificate, count = certified(unit_atoms(found.instance.D)[0])
    yield [certificate, *terms, str(count)]


def of_recovery(found: Found) -> Iterator[list[str]]:
    """The rival is the code less the null vector that decides."""
    D, norms = unit_atoms(found.instance.D)
    code = found.instance.X[0]
    codes = (code, code - found.only.null[0] * abs(code).max())
    mask = flags(found.instance.support[0])
    yield [*shape(D), rows(D), mask, *(vector(scaled(found, norms, part)) for part in codes)]


def of_shares(found: Found) -> Iterator[list[str]]:
    """A rival as for basis pursuit, and every atom's coefficients in those of the support."""
    (terms,) = of_recovery(replace(found, evidence={"": found.evidence["certificate"]}))
    D, _ = unit_atoms(found.instance.D)
    inside, n = np.flatnonzero(found.instance.support[0]).tolist(), len(D[0])
    shares = [[Fraction(0)] * n for _ in range(n)]
    table = solved(D, inside, columns_of(D, range(n))).tolist()
    for atom, row in zip(inside, table, strict=True):
        shares[atom] = [fraction(entry) for entry in row]
    *data, x, z = terms
    yield [rows(left_inverse(D, inside)), *data, rows(shares), x, z]


def of_one_sided(found: Found) -> Iterator[list[str]]:
    D, norms = unit_atoms(found.instance.D)
    code, changes = np.abs(found.instance.X[0]), found.changes
    codes = (code, code + found.only.null[0])
    changed = [number(changes.get("positive", 1)), str(changes.get("again", 1))]
    if not {"positive", "again"} & set(changes):
        changed = []
    yield [*changed, *shape(D), rows(D), *(vector(scaled(found, norms, part)) for part in codes)]


def raw(found: Found) -> tuple[Rows, str]:
    """Atoms and signal as they are."""
    instance = found.instance.exact()
    (y,) = exact(instance.Y)
    return [fractions(row) for row in found.instance.D.data], vector(y)


def of_lasso(found: Found) -> Iterator[list[str]]:
    minimiser, instance = found.only, found.instance.exact()
    D, y = raw(found)
    point = lasso_point(instance.D.raw_gram, instance.Y @ instance.D.atoms, minimiser)
    (z,) = exact(point.entries)
    inside, active = np.flatnonzero(minimiser.active[0]).tolist(), flags(minimiser.active[0])
    first = [] if found.changes else [rows(left_inverse(D, inside))]
    other = [z[0] - 1, z[1] + 1] if found.changes else z
    yield [
        *first,
        *shape(D),
        rows(D),
        y,
        number(minimiser.lam[0]),
        active,
        vector(z),
        vector(other),
    ]


def of_features(found: Found) -> Iterator[list[str]]:
    features, instance = found.only, found.instance.exact()
    D, y = raw(found)
    (z,) = exact(features_of(instance, features).entries)
    inside = np.flatnonzero(features.support[0]).tolist()
    independent = "independent" not in found.changes
    first = [rows(left_inverse(D, inside))] if independent else []
    other = [z[1], z[0]] if found.changes.get("positive") is False else z
    if not independent:
        other = [sum(z), Fraction(0)]
    signed = str(bool(features.signed[0])).lower()
    yield [
        *first, *shape(D), rows(D), y, vector(features.thresholds[0]), signed,
        flags(features.support[0]), vector(z), vector(other),
    ]  # fmt: skip


SIMPLEXES = (uniqueness.regular_simplex(1), uniqueness.regular_simplex(2))
FRAMED = {"weights": Weights(FRAME, 2, np.array([0, 1]))}
LINE = Instance([[1, -1]], [[1, 0]])
ROWS = (
    Row("dictionary.welch", "dictionary.welch", of_dictionary,
        (LINE, *(x for x in drawn(12, 0, 3, 7) if x.D.shape[1] > 3))),
    Row("dictionary.welch_times", "dictionary.welch", of_dictionary, (LINE,),
        "right side times 1.01"),
    Row("dictionary.babel_growth", "dictionary.babel_growth", of_babel,
        (uniqueness.equiangular_atoms(1), uniqueness.equiangular_atoms(2), *drawn(4, 1))),
    Row("dictionary.babel_growth_fewer", "dictionary.babel_growth", of_babel,
        (uniqueness.equiangular_atoms(2),), "k mu -> (k - 1) mu for k >= 2"),
    Row("dictionary.gershgorin", "dictionary.gershgorin", of_support,
        (uniqueness.equiangular_atoms_and_a_pair(1), *drawn(4, 2))),
    Row("dictionary.gershgorin_fewer", "dictionary.gershgorin", of_support,
        (uniqueness.equiangular_atoms_and_a_pair(1),), "mu1(k-1) -> mu1(k-2) for k >= 2"),
    Row("dictionary.spark_coherence", "dictionary.spark_coherence", of_spark,
        (*SIMPLEXES, *drawn(4, 3, 3, 6))),
    Row("dictionary.spark_coherence_fewer", "dictionary.spark_coherence", of_spark,
        SIMPLEXES[:1], "1 + 1/mu -> 2 + 1/mu"),
    Row("dictionary.cross_coherence", "dictionary.cross_coherence", of_weights,
        (Instance(FRAME, [[0, 0, 0]]),), evidence=FRAMED),
    Row("dictionary.cross_coherence_times", "dictionary.cross_coherence", of_weights,
        (Instance(FRAME, [[0, 0, 0]]),), "right side times 0.95", FRAMED),
    Row("uniqueness.spark", "uniqueness.spark", of_alternative_and_spark,
        (*SIMPLEXES, Instance(ATOMS[[0, 1, 2, 3]].T, [[1, 0, 0, 0]]))),
    Row("uniqueness.spark_at_equality", "uniqueness.spark", of_alternative_and_spark,
        (uniqueness.halved_simplex(1),), EQUAL),
    Row("uniqueness.coherence", "uniqueness.coherence", of_alternative,
        (*SIMPLEXES, Instance(ATOMS[[0, 1, 2, 3]].T, [[1, 0, 0, 0]]),
         Instance(ATOMS[[0, 1, 2, 3]].T, [[1, 1, 0, 0]]))),
    Row("uniqueness.coherence_at_equality", "uniqueness.coherence", of_alternative,
        (uniqueness.halved_simplex(1),), EQUAL),
    Row("uniqueness.local", "uniqueness.local", of_alternative,
        (uniqueness.simplex_blocks(1), Instance(ATOMS[[0, 1, 2, 3]].T, [[1, 0, 0, 0]]))),
    Row("uniqueness.local_at_equality", "uniqueness.local", of_alternative,
        (uniqueness.halved_simplex_blocks(1),), EQUAL),
    Row("uniqueness.basis_pursuit", "uniqueness.basis_pursuit", of_recovery, SIMPLEXES),
    Row("uniqueness.basis_pursuit_at_equality", "uniqueness.basis_pursuit", of_recovery,
        (uniqueness.halved_simplex(1),), EQUAL),
    Row("uniqueness.erc", "uniqueness.erc", of_shares, SIMPLEXES),
    Row("uniqueness.erc_at_equality", "uniqueness.erc", of_shares,
        (uniqueness.halved_simplex(1),), "ERC(S) < 1 -> ERC(S) <= 1"),
    Row("uniqueness.nonnegative_coherence", "uniqueness.nonnegative_coherence", of_one_sided,
        (nonnegative.turned_simplex(1),)),
    Row("uniqueness.nonnegative_coherence_at_equality", "uniqueness.nonnegative_coherence",
        of_one_sided, (nonnegative.half_of_a_doubled_atom(1),), "< -> <="),
    Row("uniqueness.nonnegative_coherence_with", "uniqueness.nonnegative_coherence",
        of_one_sided, (nonnegative.opposite_and_doubled(1),), "1 + beta -> 1 + 2 beta"),
    Row("uniqueness.nonnegative_coherence_with", "uniqueness.nonnegative_coherence",
        of_one_sided, (nonnegative.half_of_a_doubled_atom(1),), "alpha left out"),
    Row("uniqueness.lasso", "uniqueness.lasso", of_lasso,
        (Instance([[1, 1], [0, 1]], [[2, 0]], [[1, -1]]),),
        evidence={"minimiser": Minimiser([1.0], [[True, False]], [[1.0, 0]], [[True, False]])}),
    Row("uniqueness.lasso_of_any_rank", "uniqueness.lasso", of_lasso,
        (uniqueness.repeated_atom(1),), "rank condition dropped"),
    Row("uniqueness.features", "uniqueness.features", of_features, (Instance([[2, 1]], [[3, 0]]),),
        evidence={"features": Features([[1.0, 1.0]], [[1.0, 0.0]], [[0.0, 0.0]], [False])}),
    Row("uniqueness.features_without_gaps", "uniqueness.features", of_features,
        (feature_instances.rival_atom(1),), "< lam_j -> <= lam_j"),
    Row("uniqueness.features_of_any_rank", "uniqueness.features", of_features,
        (feature_instances.shared_by_dependent_atoms(1),), "rank condition dropped"),
)  # fmt: skip
