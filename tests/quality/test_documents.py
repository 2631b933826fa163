"""What the documents promise: commands, examples, links, lengths."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.theory.catalogue import catalogue

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_ci_runs_exactly_the_readmes_test_command() -> None:
    _, test_command = re.findall(r"```sh\n(.+?)\n```", README)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith(test_command)


def test_the_python_example_runs() -> None:
    (example,) = re.findall(r"```pycon\n(.+?)```", README, re.DOTALL)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    parsed = doctest.DocTestParser().get_doctest(example, {}, "README", None, 0)
    assert len(parsed.examples) >= 8
    assert doctest.DocTestRunner(optionflags=flags).run(parsed).failed == 0


def test_the_replay_in_the_readme_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    recipe, shown = re.findall(r"--replay '(\{.+?\})'\n(.+?)```", README, re.DOTALL)[0]
    arguments = ["check", "uniqueness.coherence", "--mutant", "premise < -> <="]
    assert main([*arguments, "--replay", recipe]) == 0
    assert capsys.readouterr().out == shown


def test_the_template_is_a_theorem_that_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = str(ROOT / "examples" / "template.py")
    arguments = ["check", "--load", template, "--examples", "30", "--out", str(tmp_path / "run")]
    assert main(arguments) == 0
    assert "passed: 1 theorem: 1 held; 1 of 1 mutant refuted" in capsys.readouterr().out


def test_links_lead_somewhere_and_the_architecture_is_short() -> None:
    for document in ROOT.glob("*.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text()):
            assert (ROOT / target).exists(), (document.name, target)
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 60


def test_the_readme_claims_no_more_theorems_than_there_are() -> None:
    (stated,) = re.findall(r"Of (\d+) theorems, (\d+) are \*proved\* by machine", README)
    known = catalogue().values()
    assert int(stated[0]) <= len(known)
    assert int(stated[1]) <= sum(bool(theorem.proof) for theorem in known)


def test_every_theorem_beside_the_paper_is_one() -> None:
    rows = re.findall(r"^\| .*? \| (`.*?) \| `(check|certify) (.*?)` \|$", README, re.MULTILINE)
    assert len(rows) == 11
    for theorems, verb, asked in rows:
        named = re.findall(r"`(.+?)`", theorems)
        assert set(named) <= set(catalogue()), named
        if verb == "check":
            assert any(name == asked or name.startswith(f"{asked}.") for name in named)
