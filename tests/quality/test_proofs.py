"""What a module says is proved by machine is proved: in that file, by that name, from nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sparsebound.reports.explanation import entry, explain
from sparsebound.reports.formal import formal
from sparsebound.reports.junit import junit
from sparsebound.theory.catalogue import catalogue
from tests.quality import proofs

PROVED = {name: theorem.proof for name, theorem in catalogue().items() if theorem.proof}
FEWEST = 25
SOURCES = proofs.sources()
REQUIRED = re.compile(r"^From \w+ Require.*?\.$", re.M | re.S)
WITHOUT_HYPOTHESES = {"network.relu_pair", "training.threshold_nested"}
"""Theorems whose hypotheses are no more than an inequality of two numbers."""


@pytest.fixture(scope="module")
def compiled() -> Path:
    if not proofs.present():
        pytest.skip(proofs.MISSING)
    return proofs.compiled()


def test_enough_theorems_are_proved() -> None:
    assert len(PROVED) >= FEWEST


@pytest.mark.parametrize("name", PROVED)
def test_the_file_and_the_name_exist(name: str) -> None:
    path, _, lemma = PROVED[name].partition(":")
    folder, _, file = path.partition("/")
    assert folder == "proofs"
    assert file == name.replace(".", "/") + ".v"
    assert lemma in proofs.lemmas(SOURCES[file])
    assert f"[{name}]" in (proofs.FOLDER / file).read_text("utf-8").splitlines()[0]


@pytest.mark.parametrize("name", PROVED)
def test_no_theorem_is_about_nothing(name: str) -> None:
    """Its own file has an instance, or the one for all does; an identity needs none."""
    if name in WITHOUT_HYPOTHESES:
        return
    own = {"not_vacuous", "sharp"} & set(proofs.lemmas(SOURCES[name.replace(".", "/") + ".v"]))
    assert own or name.replace(".", "_") in proofs.lemmas(SOURCES["not_vacuous.v"])


@pytest.mark.parametrize("file", SOURCES)
def test_nothing_is_assumed_in_words(file: str) -> None:
    assert proofs.assumed(SOURCES[file]) == []


def test_what_is_not_proved_is_not_said_to_be() -> None:
    assert not any(theorem.proof for theorem in catalogue().values() if theorem.conjecture)


def test_reports_say_so() -> None:
    theorem = catalogue()["rate.unfolded"]
    assert "Proved\n    by machine (Coq), in proofs/rate/unfolded.v: unfolded" in explain(theorem)
    assert entry(theorem)["proved"] == theorem.proof
    assert "Proved" not in explain(catalogue()["conjecture.omp_unit_atoms"])


def test_junit_says_so() -> None:
    numbers = dict.fromkeys(("max_ratio", "instances", "near_edge", "attained", "exact"), 1)
    theorem = {"id": "rate.unfolded", "status": "held", "counts": {}, "seconds": 1.0, "mutants": []}
    theorem |= numbers | {"fault": None, "proved": PROVED["rate.unfolded"], "title": "T"}
    suite = {"run": {}, "theorems": [theorem], "not_run": [], "dictionaries": []}
    assert '<property name="proved" value="proofs/rate/unfolded.v:unfolded" />' in junit(suite)


def test_the_document_lists_them() -> None:
    said = (proofs.FOLDER / "README.md").read_text("utf-8")
    assert [name for name in PROVED if f"`{name}`" not in said] == []


def test_everything_compiles_and_nothing_is_assumed(compiled: Path) -> None:
    asked = {place.replace(".v:", ".").replace("/", ".") for place in PROVED.values()}
    assert {name.replace("proofs.", "sparsebound.", 1) for name in asked} <= set(
        proofs.qualified(compiled)
    )
    assert proofs.assumptions(compiled) == proofs.CLOSED


@pytest.mark.nightly
def test_statements_that_are_shown_are_those_that_are_proved(
    compiled: Path, tmp_path: Path
) -> None:
    """Stated again in the words of a page, each is the theorem of its file."""
    lines = []
    for place in PROVED.values():
        file, _, lemma = place.removeprefix("proofs/").partition(":")
        module = f"sparsebound.{file.removesuffix('.v').replace('/', '.')}"
        needs = "\n".join(REQUIRED.findall(SOURCES[file]))
        lines += [
            f"Module shown_{len(lines)}.\nRequire Import {module}.\n{needs}\nSection Shown.",
            formal(place),
            f"Proof. intros; eapply {module}.{lemma}; eassumption. Qed.\nEnd Shown.",
            f"End shown_{len(lines)}.",
        ]
    (tmp_path / "shown.v").write_text("\n".join(lines), "utf-8")
    proofs.coq(["coqc", "-w", "none", str(tmp_path / "shown.v")], compiled)


@pytest.mark.skipif(not proofs.present(), reason=proofs.MISSING)
def test_an_assumption_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "assumed"
    folder.mkdir()
    text = "Axiom whatever : False.\nLemma wrong : 0 = 1.\nProof. destruct whatever. Qed.\n"
    (folder / "wrong.v").write_text(text, "utf-8")
    assert proofs.assumed(text) == ["Axiom"]
    proofs.coq(["coqc", "-w", "none", "wrong.v"], folder)
    assert "whatever : False" in proofs.assumptions(folder)
