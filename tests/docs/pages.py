"""Code blocks of the site's pages, and how each kind of them is run."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from sparsebound.checks.commands.main import main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = ("atlas", "examples", "symbols.md", "command-line.md")
"""Folders and files of pages that are written when the site is built."""
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
_COMMAND = re.compile(r"^[$!]?\s*(sparsebound .*)$")


@dataclass(frozen=True)
class Block:
    """One code block: its language, its text, and the line where it begins."""

    language: str
    text: str
    line: int

    @property
    def lines(self) -> list[str]:
        """Its lines, those that go on after a backslash as one."""
        return self.text.replace("\\\n", " ").splitlines()


def pages() -> list[Path]:
    """Every page that somebody wrote."""
    found = [*DOCS.glob("*.md"), *DOCS.glob("*/*.md")]
    return sorted(p for p in found if p.parent.name not in WRITTEN and p.name not in WRITTEN)


def blocks(page: Path) -> list[Block]:
    """Read the code blocks of a page; what MyST makes pages of, such as lists of them, is none."""
    text = re.sub(r"\A---\n.*?\n---\n", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = []
    for token in MarkdownIt().parse(text):
        if token.type != "fence":
            continue
        language = token.info.strip()
        if language.startswith("{") and not language.startswith("{code-cell}"):
            continue
        assert token.map
        found.append(Block(language.partition(" ")[0], token.content, token.map[0]))
    return found


def commands(block: Block) -> Iterator[list[str]]:
    """List the calls of the command in a block, as words, without its name."""
    for line in block.lines:
        if found := _COMMAND.match(line.strip()):
            yield shlex.split(found[1], comments=True)[1:]


def in_a_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go where a reader is: a folder with the examples, from which files can be imported."""
    for name in ("examples", "checks"):  # and the data that ship
        (folder / name).symlink_to(ROOT / name)
    (folder / "pyproject.toml").touch()  # the repository that it is ends here
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))


def run(block: Block, scope: dict[str, Any], readme: str) -> None:
    """Run one block, after those above it."""
    match block.language:
        case "sh":  # those that install: run elsewhere, as they stand in the README
            assert all(line in readme for line in block.text.splitlines()), block
        case "console":
            _console(block)
        case "python" if named := re.match(r"# (\w+\.py)\n", block.text):
            Path(named[1]).write_text(block.text, "utf-8")
        case "python":
            exec(compile(block.text, "<page>", "exec"), scope)
        case "pycon":
            parsed = doctest.DocTestParser().get_doctest(block.text, scope, "page", None, 0)
            assert doctest.DocTestRunner(optionflags=FLAGS).run(parsed).failed == 0, block
            scope |= parsed.globs
        case "{code-cell}":
            _cell(block, scope)
        case "toml":
            tomllib.loads(block.text)
        case "yaml":
            yaml.safe_load(block.text)
        case "text":
            pass  # a picture in letters
        case _:
            raise AssertionError(f"no way to run {block}")


def _console(block: Block) -> None:
    """Run what stands after dollars; hold what is printed against what is shown below."""
    status = 0
    calls = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    for place, call in enumerate(calls):
        said, _, shown = call.replace("\\\n", " ").partition("\n")
        words = shlex.split(said, comments=True)
        if words == ["echo", "$?"]:
            assert int(shown) == status, block
            continue
        assert words[0] == "sparsebound", block
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = main(words[1:])
        followed = place + 1 < len(calls) and calls[place + 1].startswith("echo $?")
        assert status == 0 or followed, (block, printed.getvalue())
        if shown.strip():
            same = doctest.OutputChecker().check_output(shown, printed.getvalue(), FLAGS)
            assert same, printed.getvalue()


def _cell(block: Block, scope: dict[str, Any]) -> None:
    """Run a cell of a tutorial; `!` is the command, whose status a notebook does not look at."""
    text = re.sub(r"\A---\n.*?\n---\n|\A(?::.*\n)+", "", block.text, flags=re.DOTALL)
    scope.setdefault("_call", lambda line: main(shlex.split(line)[1:]))
    text = re.sub(r"^!(.*)$", lambda call: f"_call({call[1]!r})", text, flags=re.MULTILINE)
    exec(compile(text, "<cell>", "exec"), scope)
