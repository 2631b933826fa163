"""Every code block of every page runs, and every command that a page names is one."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import sparsebound
from sparsebound.checks.commands.arguments import parsed
from sparsebound.checks.commands.main import RUNS
from tests.docs.pages import DOCS, ROOT, WRITTEN, Block, blocks, commands, in_a_folder, pages, run

ELSEWHERE = {
    "cluster.md": "schedulers and clusters are those of other people; test_cluster_page.py",
    "gate.md": "a synopsis; tests/checks/timing and tests/quality/test_ci_workflows.py",
    "guides/training.md": "needs the extra torch; tests/checks/training",
    "ci-github.md": "tests/quality/test_ci_workflows.py runs its jobs",
    "ci-gitlab.md": "tests/quality/test_ci_workflows.py runs its jobs",
}
"""Pages whose blocks are run by other tests, or cannot be."""
SLOW = {"guides/certifying.md", "tutorials/cluster.md"}
"""Pages that take long, or start a cluster: the nightly tests run them, the site some of them."""
PAGES = pages()
README = (ROOT / "README.md").read_text("utf-8")
SITE = find_spec("myst_nb") is not None


def name(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


RUN = [
    pytest.param(page, id=name(page), marks=[pytest.mark.nightly] * (name(page) in SLOW))
    for page in PAGES
    if name(page) not in ELSEWHERE and blocks(page)
]


@pytest.mark.parametrize("page", RUN)
def test_every_block_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = blocks(page)
    if any(block.language == "{code-cell}" for block in found):
        if SITE:
            pytest.skip("the build of the site runs it: test_site.py")
        if any("matplotlib" in block.text for block in found):
            pytest.importorskip("matplotlib", reason="the pictures of this page need matplotlib")
    in_a_folder(tmp_path, monkeypatch)
    scope: dict[str, Any] = {"__name__": "page"}
    for block in found:
        run(block, scope, README)


@pytest.mark.parametrize("page", [pytest.param(page, id=name(page)) for page in PAGES])
def test_every_command_is_one(page: Path) -> None:
    for block in blocks(page):
        for words in commands(block):
            assert parsed(words, RUNS).command in RUNS, words


def test_every_page_is_reached_and_every_link_leads_somewhere() -> None:
    """What Sphinx says, too, but where there is no Sphinx."""
    listed = set()
    for page in PAGES:
        text = page.read_text("utf-8")
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL):
            entries = [line for line in tree.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / f"{entry}.md").resolve() for entry in entries}
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            place = page.parent / target
            written = place.parent.name in WRITTEN or place.name in WRITTEN
            assert written or place.exists(), (page, target)
    assert {page.resolve() for page in PAGES} - listed == {DOCS / "index.md"}


def test_the_reference_has_all_that_is_exported() -> None:
    text = (DOCS / "reference" / "api.md").read_text("utf-8")
    named = set(re.findall(r"sparsebound\.(\w+)", text))
    assert set(sparsebound.__all__) <= named


def test_four_readers_need_at_most_three_commands() -> None:
    installed = sum(len(b.lines) for b in blocks(DOCS / "index.md") if b.language == "sh")
    assert installed == 2
    for reader in ("dictionary", "solver", "theorem"):
        found = blocks(DOCS / "start" / f"{reader}.md")
        assert len(list(commands(next(b for b in found if b.language == "console")))) == 1
    (reviewed,) = [b for b in blocks(DOCS / "start" / "ci.md") if b.language == "console"]
    assert len(list(commands(reviewed))) <= 3


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("console", "$ sparsebound list --search nosuchtheorem\n"),
        ("console", "$ sparsebound list --search LISTA\nnothing\n"),
        ("python", "assert False\n"),
        ("pycon", ">>> 1 + 1\n3\n"),
        ("sh", "rm -r /\n"),
        ("fortran", "END\n"),
    ],
)
def test_a_block_that_is_wrong_is_noticed(language: str, text: str) -> None:
    with pytest.raises(AssertionError):
        run(Block(language, text, 1), {}, README)
