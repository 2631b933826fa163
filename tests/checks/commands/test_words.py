"""Names that people know find theorems; help is in sentences; files are taken by their path."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sparsebound.checks.commands.arguments import COMMANDS, made
from sparsebound.checks.commands.main import main

Run = Callable[..., tuple[int, str, str]]
KNOWN = {
    "LISTA": {"rate.unfolded", "rate.lista_cp", "rate.alista"},
    "alista": {"rate.alista", "dictionary.cross_coherence"},
    "LISTA-CPSS": {"rate.lista_cp", "rate.unfolded", "rate.support_selection"},
    "JumpReLU": {"network.thresholding", "rate.nonnegative"},
    "TopK": {"rate.iht", "rate.topk"},
    "CRATE": {"network.transformer", "rate.nonnegative"},
    "CRATE's ISTA block": {"rate.nonnegative"},
    "ML-CSC": {"uniqueness.deep", "stability.deep", "rate.deep"},
    "ERC": {
        *("uniqueness.erc", "dictionary.erc_babel", "stability.lasso_witness"),
        "rate.matching_pursuit",
    },
    "RIP": {"rate.iht", "dictionary.gershgorin", "uniqueness.rip", "uniqueness.omp_rip"},
    "NSP": {"uniqueness.null_space"},
    "Fuchs": {"uniqueness.lasso", "stability.lasso_witness"},
    "Welch": {"dictionary.welch", "dictionary.welch_orders"},
    "donoho elad": {"uniqueness.spark", "stability.p0"},
    "Tropp": {"uniqueness.erc", "dictionary.gershgorin"},
    "Nesterov": {"rate.fista", "rate.momentum"},
    "decentralised": {"rate.peers", "stability.peers"},
    "NTK": {"training.lazy"},
    "quantization": {"stability.weights"},
    "skip connections": {"rate.connected"},
    "sparse autoencoder": {"network.amortisation_gap", "network.encoder_step"},
    "encoder.one_step": {"network.encoder_step", "uniqueness.nonnegative_witness"},
    "gated": {"network.amortisation_gap", "network.encoder_step"},
    "LISTA-CP": {"rate.unfolded", "rate.lista_cp", "network.coupling_necessary"},
    "ALISTA": {"rate.alista", "dictionary.cross_coherence"},
    "complex LISTA": {"rate.block"},
    "NMF": {"uniqueness.nonnegative", "rate.nonnegative"},
    "exact recovery condition": {
        "uniqueness.erc",
        "stability.lasso_witness",
        "rate.matching_pursuit",
    },
    "restricted isometry": {
        "uniqueness.rip",
        "uniqueness.omp_rip",
        "rate.iht",
        "rate.htp",
        "rate.cosamp",
    },
    "instance optimality": {"uniqueness.null_space", "stability.compressible"},
    "dual certificate": {"uniqueness.basis_pursuit", "uniqueness.lasso", "stability.lasso_witness"},
    "deep pursuit": {"stability.deep", "uniqueness.deep", "stability.layered_thresholding"},
    "joint sparsity": {"uniqueness.mmv"},
    "group sparsity": {"uniqueness.block", "rate.block"},
    "orthogonal matching pursuit": {"uniqueness.erc", "stability.omp", "uniqueness.omp_rip"},
    "in-context learning": {"network.in_context"},
    "optimal method": {"rate.optista"},
    "LARS": {"training.path_monotone", "rate.homotopy"},
    "Levenshtein": {"dictionary.welch", "dictionary.welch_orders"},
    "screening": {"stability.gap_safe"},
    "oracle inequality": {"stability.lasso_oracle"},
}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        status = main(list(words))
        found = capsys.readouterr()
        return status, found.out, found.err

    return call


@pytest.mark.parametrize("words", KNOWN)
def test_names_that_people_know_find_their_theorems(run: Run, words: str) -> None:
    status, out, _ = run("list", "--search", words, "--json")
    found = {theorem["id"] for theorem in json.loads(out)["theorems"]}
    assert status == 0
    assert found >= KNOWN[words]
    assert len(found) < 20
    status, out, _ = run("explain", words)
    assert status == 0
    assert all(name in out for name in KNOWN[words])


def test_what_nothing_is_called_is_said(run: Run) -> None:
    status, _, err = run("list", "--search", "blockchain")
    assert (status, "expected words that belong to some theorem" in err) == (2, True)
    status, _, err = run("explain", "uniqness.spark")
    assert (status, "did you mean uniqueness.spark" in err) == (2, True)


def test_an_explanation_is_told_in_words(run: Run) -> None:
    status, out, _ = run("explain", "rate.unfolded")
    assert status == 0
    for part in ("Statement", "Symbols", "Premises", "Claims", "Why", "Sharp", "Mutants"):
        assert f"\n{part}" in out
    for code in (">>>", "Fraction(", "array(", "``"):
        assert code not in out
    assert "Open: nobody has proved it" in run("explain", "conjecture.omp_unit_atoms")[1]


def helps() -> Iterator[tuple[str, str]]:
    parser = made(dict.fromkeys(COMMANDS, lambda args: 0))
    (commands,) = (
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    for name, command in commands.choices.items():
        for action in command._actions:
            if not isinstance(action, argparse._HelpAction):
                yield f"{name} {action.option_strings or action.dest}", str(action.help)


@pytest.mark.parametrize(("where", "text"), list(helps()))
def test_help_is_told_in_sentences(where: str, text: str) -> None:
    assert text[0].isupper(), where
    assert text.endswith("."), where
    assert len(text.split()) >= 4, where


def test_the_profiles_say_how_much_they_are(run: Run) -> None:
    out = run("check", "--help")[1]
    assert all(number in out for number in ("250", "1,000", "20,000"))


def test_a_script_completes_what_is_typed(run: Run) -> None:
    pytest.importorskip("shtab")
    for shell in ("bash", "zsh"):
        status, out, _ = run("--print-completion", shell)
        assert status == 0
        assert "--rate-only" in out


def test_a_subject_and_a_file_are_found_with_what_lies_beside_them(run: Run) -> None:
    place = Path("project/inner")
    place.mkdir(parents=True)
    (place / "helper_of_words.py").write_text(
        "from sparsebound.checks.algorithms.proximal import ista as ours\n"
        "from sparsebound.theory.dictionary.welch import THEOREM as welch\n"
    )
    (place / "solver_of_words.py").write_text(
        "from helper_of_words import ours\n"
        "def ista(D, Y, lam, L, start, steps):\n"
        "    return ours(D, Y, lam, L, start, steps).points\n"
    )
    (place / "mine_of_words.py").write_text(
        "from dataclasses import replace\n"
        "from helper_of_words import welch\n"
        "MINE = replace(welch, id='mine.words')\n"
    )
    words = ("--examples", "5", "--jobs", "1")
    subject = f"{place}/solver_of_words.py:ista"
    status, _out, err = run("check", "rate.ista", "--subject", subject, *words, "--out", "run")
    assert status == 0, err
    asked = json.loads(Path("run/run.json").read_text())["settings"]["subject"]
    assert asked == f"{Path(subject.partition(':')[0]).resolve()}:ista"
    assert run("check", "--load", f"{place}/mine_of_words.py", *words)[0] == 0
    for wrong in ("nowhere.py:ista", f"{place}/solver_of_words.py:other", "solver_of_words.py"):
        assert run("check", "rate.ista", "--subject", wrong)[0] == 2
