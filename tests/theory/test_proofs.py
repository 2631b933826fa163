"""A theorem never lacks its proof, and what is open never shows one."""

from __future__ import annotations

import pytest

from sparsebound.reports.explanation import entry, explain, proof
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.sources import INDEPENDENT, OPEN
from sparsebound.theory.theorem import Theorem


@pytest.mark.parametrize("theorem", catalogue().values(), ids=list(catalogue()))
def test_a_theorem_carries_its_proof_and_a_conjecture_none(theorem: Theorem) -> None:
    if theorem.conjecture or theorem.topic == "conjecture":
        assert theorem.conjecture
        assert OPEN.text in theorem.source.text
        assert INDEPENDENT.text not in theorem.source.text
        assert proof(theorem) == entry(theorem)["proof"] == ""
        assert "open: nothing is proved" in explain(theorem)
    else:
        assert OPEN.text not in theorem.source.text
        assert len(proof(theorem).split()) >= 8
        assert proof(theorem).split()[0].replace("``", "") in explain(theorem)


def test_a_conjecture_of_a_user_shows_no_proof() -> None:
    from dataclasses import replace

    ours = catalogue()["uniqueness.spark"]
    assert proof(replace(ours, conjecture=True)) == ""
    stolen = replace(ours, conjecture=True, source=INDEPENDENT)
    assert entry(stolen)["source"]["text"] == OPEN.text
    assert proof(replace(ours, id="mine.stronger")) == ""  # the proof is of something else
