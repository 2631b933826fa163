"""The formal statements and the formulas here speak of the same numbers.

Coq computes, of rational instances, quantities that its theorems are about, by lists and binary
fractions that ``proofs/computed.v`` proves to be those of the definitions. They have to be those of
the exact arithmetic here, and so have the verdicts on a claim and on its mutant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.theory.analysis.unfolding import row_sums
from sparsebound.theory.arithmetic import Exact, Number
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.verdict import HOLDS, decide
from tests.quality import proofs

NEEDED = ("model.v", "rate/network.v", "computed.v")
RANDOM = 12
BEGIN = """From Coq Require Import ZArith QArith.
From sparsebound Require Import model computed.
Delimit Scope Z_scope with binary.
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not proofs.present():
        pytest.skip(proofs.MISSING)
    folder = tmp_path_factory.mktemp("computed") / "proofs"
    proofs.compile_in(folder, NEEDED)
    return folder


def fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q)) if hasattr(value, "q") else Fraction(value)


def exact(number: Number) -> Fraction:
    assert isinstance(number, Exact)
    return fraction(number.values.item())


def written(value: Fraction) -> str:
    return f"(Qmake ({value.numerator})%binary {value.denominator}%positive)"


def listed(items: Iterable[str]) -> str:
    return f"[:: {'; '.join(items)}]"


def matrix(rows: Iterable[Iterable[Fraction]]) -> str:
    return listed(listed(map(written, row)) for row in rows)


def goal(computed: str, expected: str) -> str:
    return f"Goal {computed} = {expected}. Proof. vm_compute. reflexivity. Qed."


def agree(compiled: Path, name: str, goals: list[str]) -> None:
    """Have Coq compute each left side and find it to be the right side."""
    (compiled / f"{name}.v").write_text(BEGIN + "\n".join(goals), "utf-8")
    proofs.coq(["coqc", "-w", "none", f"{name}.v"], compiled)


def unit_dictionaries() -> Iterator[tuple[np.ndarray[Any, Any], list[list[Fraction]]]]:
    """Integer atoms of rational norms, and the same divided by them."""
    atoms = np.array(
        [(3, 4, 0), (0, 3, 4), (1, 2, 2), (2, -1, 2), (5, 0, 12), (2, 3, 6), (0, 0, 1)]
    )
    random = np.random.default_rng(0)
    choices = [np.array([0, 1]), *(random.permutation(7)[: 2 + k % 6] for k in range(RANDOM))]
    for chosen in choices:
        D = atoms[chosen].T
        norms = [round(float(np.linalg.norm(atom))) for atom in D.T]
        yield D, [[Fraction(int(v), norm) for v, norm in zip(row, norms, strict=True)] for row in D]
    yield np.array([[1, -1]]), [[Fraction(1), Fraction(-1)]]  # where Welch's bound is attained


def test_coherences_are_the_same(compiled: Path) -> None:
    goals = []
    for D, unit in unit_dictionaries():
        m, n = D.shape
        found = exact(coherence(Dictionary(D).exact()))
        data = matrix(unit)
        goals.append(goal(f"Qeq_bool (coherence {m} {n} {data} {data}) {written(found)}", "true"))
    agree(compiled, "coherences", goals)


@pytest.mark.parametrize("mutant", [False, True])
def test_verdicts_on_the_welch_bound_are_the_same(compiled: Path, mutant: bool) -> None:
    """Of the theorem, and of the mutant, which the attained bound refutes."""
    theorem = catalogue()["dictionary.welch"]
    changes = theorem.mutants[0].changes if mutant else {}
    goals, verdicts = [], set()
    for D, unit in unit_dictionaries():
        m, n = D.shape
        if m >= n:
            continue
        instance = Instance(D, np.zeros((1, n))).exact()
        held = bool(decide(theorem, instance, {}, changes).status[0] == HOLDS)
        verdicts.add(held)
        bound = changes.get("factor", Fraction(1)) ** 2 * Fraction(n - m, m * (n - 1))
        mu = f"coherence {m} {n} {matrix(unit)} {matrix(unit)}"
        claim = f"Qle_bool {written(bound)} (let mu := {mu} in times mu mu)"
        goals.append(goal(claim, str(held).lower()))
    assert verdicts == ({False, True} if mutant else {True})
    agree(compiled, f"welch_{mutant}".lower(), goals)


def test_row_sums_are_the_same(compiled: Path) -> None:
    random = np.random.default_rng(1)
    goals = []
    for _ in range(RANDOM):
        m, n = random.integers(1, 5, size=2)
        D, W = random.integers(-4, 5, (m, n)) / 4, random.integers(-4, 5, (m, n)) / 2
        on = random.random(n) < 0.5
        instance = Instance(D, on[None, :] * 1.0).exact()
        sums = row_sums(instance, W)
        sides = {True: listed(map(str, map(str.lower, map(str, on)))),
                 False: listed(map(str.lower, map(str, ~on)))}  # fmt: skip
        data = [matrix([[Fraction(v) for v in row] for row in part]) for part in (D, W)]
        for value, rows, columns in (
            (sums.tau_in, True, True),
            (sums.tau_out, False, True),
            (sums.kappa_in, True, False),
            (sums.kappa_out, False, False),
        ):
            block = f"block {m} {n} {data[0]} {data[1]} {sides[rows]} {sides[columns]}"
            goals.append(goal(f"Qeq_bool ({block}) {written(exact(value))}", "true"))
    agree(compiled, "row_sums", goals)


def test_a_wrong_number_is_noticed(compiled: Path) -> None:
    half = written(Fraction(1, 2))
    wrong = goal(f"Qeq_bool (coherence 1 2 {matrix([[Fraction(1)] * 2])} [::]) {half}", "true")
    with pytest.raises(RuntimeError, match="Unable to unify"):
        agree(compiled, "wrong", [wrong])
