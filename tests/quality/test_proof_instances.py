"""The formal statements and the Python agree on rational instances, and on what refutes mutants.

Coq computes premises and claims of each statement in ``proofs/tied/`` from the numbers of an
instance, by functions that are proved there to decide them. They have to be what the Python says;
and where the Python finds a mutant violated, Coq has to prove that the mutant is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sparsebound.theory.analysis.unfolding import row_sums
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from tests.quality import proofs
from tests.quality.coq_data import exact, flags, fractions, number, rows, shape, unit_atoms
from tests.quality.tied_dictionaries import ROWS as DICTIONARIES
from tests.quality.tied_dictionaries import drawn
from tests.quality.tied_features import ROWS as FEATURES
from tests.quality.tied_networks import ROWS as NETWORKS
from tests.quality.ties import BEGIN, Row, Tie, says_nothing, ties, unchanged

ROWS = (*DICTIONARIES, *FEATURES, *NETWORKS)
FAMILIES = sorted({row.tie.partition(".")[0] for row in ROWS})
PROVED = {name for name, theorem in catalogue().items() if theorem.proof}
NOT_TIED = {
    "rate.depth": "the premises are about all layers of an infinite network",
    "rate.ista": "steps in floating point are exact only up to declared defects",
    "rate.fista": "steps in floating point are exact only up to declared defects",
    "rate.momentum": "steps in floating point are exact only up to declared defects",
    "rate.topk": "ties are broken in any way, so that a step is no function of the state",
    "uniqueness.null_space": "both sides are about all null vectors",
    "uniqueness.deep": "layers of different sizes",
    "stability.layered_thresholding": "layers of different sizes",
    "training.threshold_nested": "the Python checks computed layers",
}
"""Theorems that no instance is written for, and why."""
DEFINITION = re.compile(r"^Definition (\w+)", re.M)
ELSEWHERE = {"rate": {"master", "linear", "row_sums"}, "dictionary": {"coherence"}}
"""Statements that definitions share, and quantities."""


@pytest.fixture(scope="module")
def compiled() -> Path:
    if not proofs.present():
        pytest.skip(proofs.MISSING)
    return proofs.compiled()


def rows_of(family: str) -> list[Row]:
    return [row for row in ROWS if row.tie.startswith(f"{family}.")]


def theorems(family: str) -> Iterator[Tie]:
    """Theorems: true where their premises are met."""
    for row in rows_of(family):
        if not row.mutant:
            yield from ties(row)


def mutants(family: str) -> Iterator[Tie]:
    """Mutants: false on what the catalogue names against them."""
    for row in rows_of(family):
        if row.mutant:
            yield from ties(row)


def theorems_there(family: str) -> Iterator[Tie]:
    """Theorems on what refutes their mutants."""
    for row in unchanged(rows_of(family)):
        try:
            yield from ties(row)
        except ZeroDivisionError:  # what would certify the conclusion is not there
            assert says_nothing(row)


def sums() -> Iterator[Tie]:
    """Row sums of random weights and atoms, all four blocks."""
    random = np.random.default_rng(1)
    for _ in range(12):
        m, n = random.integers(1, 5, size=2)
        D, W = random.integers(-4, 5, (m, n)) / 4, random.integers(-4, 5, (m, n)) / 2
        on = random.random(n) < 0.5
        found = row_sums(Instance(D, on[None, :] * 1.0).exact(), W)
        values = (found.tau_in, found.tau_out, found.kappa_in, found.kappa_out)
        sizes, data = [str(m), str(n)], [rows(D), rows(W), flags(on)]
        terms = [*sizes, *data, *(number(exact(v)[0]) for v in values)]
        yield Tie(f"tied.rate.row_sums R {' '.join(terms)}", premises=True, claim=True)


def coherences(error: Fraction = Fraction(0)) -> Iterator[Tie]:
    """Coherences of random atoms."""
    for instance in drawn(6, 4, 2, 7):
        D, _ = unit_atoms(instance.D)
        (value,) = fractions([coherence(instance.D.exact()).values.item()])
        terms = [*shape(D), rows(D), number(value + error)]
        yield Tie(f"tied.dictionary.coherence R {' '.join(terms)}", premises=True, claim=True)


QUANTITIES = {"rate": sums, "dictionary": coherences}


@pytest.mark.parametrize("family", FAMILIES)
def test_verdicts_are_the_same(compiled: Path, tmp_path: Path, family: str) -> None:
    """One file a family, as Coq takes a second to begin; other verdicts are not accepted."""
    true, false, there = [*theorems(family)], [*mutants(family)], [*theorems_there(family)]
    assert min(len(true), len(false), len(there)) > 0
    assert all(tie.claim or not tie.premises for tie in (*true, *there))
    assert all(tie.premises and not tie.claim for tie in false)
    found = [*true, *false, *there, *QUANTITIES.get(family, list)()]
    wrong = [
        replace(true[0], premises=not true[0].premises),
        replace(true[0], premises=True, claim=False),
        replace(false[0], claim=True),
    ]
    if family == "dictionary":
        wrong.append(next(coherences(Fraction(1, 1000))))
    lines = [BEGIN.format(family=family)]
    lines += [tie.agreed(f"verdict_{place}") for place, tie in enumerate(found)]
    lines += [f"Fail {tie.agreed('wrong')}" for tie in wrong]
    (tmp_path / "agree.v").write_text("\n".join(lines), "utf-8")
    proofs.coq(
        ["coqc", "-w", "none", "-Q", str(tmp_path), "generated", f"{tmp_path}/agree.v"], compiled
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_every_statement_has_an_instance(family: str) -> None:
    written = set(DEFINITION.findall((proofs.FOLDER / f"tied/{family}.v").read_text("utf-8")))
    asked = {row.tie.partition(".")[2] for row in ROWS if row.tie.startswith(f"{family}.")}
    assert asked | ELSEWHERE.get(family, set()) == written


def test_every_theorem_is_tied_or_said_not_to_be() -> None:
    tied = {row.theorem for row in ROWS if not row.mutant}
    assert tied <= PROVED
    assert sorted(PROVED - tied) == sorted(NOT_TIED)
