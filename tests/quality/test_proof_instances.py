"""The formal statements and the Python agree on rational instances, and on what refutes mutants.

Coq computes premises and claims of each statement in ``proofs/tied/`` from the numbers of an
instance, by functions that are proved there to decide them. They have to be what the Python says;
and where the Python finds a mutant violated, Coq has to prove that the mutant is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
from tests.quality.ties import BEGIN, Tie, says_nothing, ties, unchanged

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


def agree(compiled: Path, folder: Path, family: str, found: Iterable[Tie]) -> str:
    """Have Coq decide what the Python decided."""
    goals = [BEGIN.format(family=family), *(tie.goal for tie in found), "End Generated."]
    (folder / "agree.v").write_text("\n".join(goals), "utf-8")
    command = ["coqc", "-w", "none", "-Q", str(folder), "generated", str(folder / "agree.v")]
    return proofs.coq(command, compiled)


@pytest.mark.parametrize("family", FAMILIES)
def test_verdicts_are_the_same(compiled: Path, tmp_path: Path, family: str) -> None:
    found = [(row, tie) for row in ROWS if row.tie.startswith(f"{family}.") for tie in ties(row)]
    refuted = [tie for row, tie in found if row.mutant]
    assert all(tie.premises and not tie.claim for tie in refuted)
    assert all(tie.claim for row, tie in found if not row.mutant and tie.premises)
    said = agree(compiled, tmp_path, family, (tie for _, tie in found))
    assert said.count("refuted") == len(refuted)


@pytest.mark.parametrize("family", FAMILIES)
def test_theorems_are_true_where_their_mutants_are_false(
    compiled: Path, tmp_path: Path, family: str
) -> None:
    found: list[Tie] = []
    for row in unchanged(ROWS):
        if row.tie.startswith(f"{family}."):
            try:
                found += ties(row)
            except ZeroDivisionError:  # what would certify the conclusion is not there
                assert says_nothing(row)
    assert found
    assert all(tie.claim or not tie.premises for tie in found)
    agree(compiled, tmp_path, family, found)


def sums() -> Iterator[Tie]:
    """Row sums of random weights and atoms, all four blocks."""
    random = np.random.default_rng(1)
    for _ in range(12):
        m, n = random.integers(1, 5, size=2)
        D, W = random.integers(-4, 5, (m, n)) / 4, random.integers(-4, 5, (m, n)) / 2
        on = random.random(n) < 0.5
        found = row_sums(Instance(D, on[None, :] * 1.0).exact(), W)
        values = (found.tau_in, found.tau_out, found.kappa_in, found.kappa_out)
        terms = [
            str(m),
            str(n),
            rows(D),
            rows(W),
            flags(on),
            *(number(exact(v)[0]) for v in values),
        ]
        yield Tie(f"tied.rate.row_sums R {' '.join(terms)}", premises=True, claim=True)


def coherences(error: Fraction = Fraction(0)) -> Iterator[Tie]:
    """Coherences of random atoms."""
    for instance in drawn(6, 4, 2, 7):
        D, _ = unit_atoms(instance.D)
        (value,) = fractions([coherence(instance.D.exact()).values.item()])
        terms = [*shape(D), rows(D), number(value + error)]
        yield Tie(f"tied.dictionary.coherence R {' '.join(terms)}", premises=True, claim=True)


def test_quantities_are_the_same(compiled: Path, tmp_path: Path) -> None:
    agree(compiled, tmp_path, "rate", sums())
    agree(compiled, tmp_path, "dictionary", coherences())


def test_a_wrong_number_is_noticed(compiled: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Unable to unify"):
        agree(compiled, tmp_path, "dictionary", coherences(Fraction(1, 1000)))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_statement_has_an_instance(family: str) -> None:
    written = set(DEFINITION.findall((proofs.FOLDER / f"tied/{family}.v").read_text("utf-8")))
    asked = {row.tie.partition(".")[2] for row in ROWS if row.tie.startswith(f"{family}.")}
    assert asked | ELSEWHERE.get(family, set()) == written


def test_every_theorem_is_tied_or_said_not_to_be() -> None:
    tied = {row.theorem for row in ROWS if not row.mutant}
    assert tied <= PROVED
    assert sorted(PROVED - tied) == sorted(NOT_TIED)
