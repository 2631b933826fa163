"""Formal statements that pages and `explain` show are those of the files, and the whole of them."""

from __future__ import annotations

import pytest

from sparsebound.reports.explanation import explain
from sparsebound.reports.formal import HOME, formal, stated
from sparsebound.theory.catalogue import catalogue

PROVED = {name: theorem.proof for name, theorem in catalogue().items() if theorem.proof}
TEXT = """(** A file. *)
From sparsebound Require Import model.
Section First.
Variable a : nat.
End First.
(* Between. *)
Section Second.
Variables b c : nat.
Let d := b + c.
Let e := d.
Hypothesis small : d < 1.0.
Section Inner.
Hypothesis large : 1 < b.
End Inner.
Lemma other : b = 0.
Proof. (** Why. *) by rewrite /d. Qed.
(** Said before. *)
Theorem first :
  b = c. (* Not this. *)
Proof. by []. Qed.
Theorem firsts : c = b. Proof. by []. Qed.
End Second.
"""


@pytest.mark.parametrize("name", PROVED)
def test_it_is_in_the_file(name: str) -> None:
    file, _, lemma = PROVED[name].partition(":")
    text = (HOME / file).read_text("utf-8")
    shown = formal(PROVED[name])
    assert all(line in text.splitlines() for line in shown.splitlines())
    assert f"\nTheorem {lemma}" in f"\n{shown}"
    assert shown.endswith(".")
    assert "Qed" not in shown


def test_what_its_section_assumes_is_shown() -> None:
    assert stated(TEXT, "first").splitlines() == [
        "Variables b c : nat.",
        "Let d := b + c.",
        "Hypothesis small : d < 1.0.",
        "(** Said before. *)",
        "Theorem first :",
        "  b = c.",
    ]
    assert stated(TEXT, "firsts").endswith("\nTheorem firsts : c = b.")


def test_what_is_not_there_is_not_shown() -> None:
    assert stated(TEXT, "second") == formal("") == formal("proofs/rate/none.v:none") == ""


def test_explain_shows_it() -> None:
    said = explain(catalogue()["uniqueness.spark"])
    shown = formal(PROVED["uniqueness.spark"])
    assert all(line in said for line in shown.splitlines())
    assert "Formal" not in explain(catalogue()["conjecture.omp_unit_atoms"])
