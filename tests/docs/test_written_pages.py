"""Pages that are written from the catalogue: a new theorem has one, with all that it carries."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.commands.arguments import COMMANDS
from sparsebound.reports.gate.baseline import Baseline
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.glossary import SYMBOLS
from tests.docs.pages import DOCS, ROOT, WRITTEN

REVIEWED = ROOT / "reports" / "baselines" / "ci.json"
SECTIONS = ("Premises and claims", "Proof", "Sharp", "Mutants", "Tightness", "Neighbours")


@pytest.fixture(scope="module")
def writing() -> Iterator[Any]:
    """What writes the pages, which needs no Sphinx."""
    place = str(DOCS / "_extensions")
    sys.path.insert(0, place)
    try:
        import writing

        yield writing
    finally:
        sys.path.remove(place)


@pytest.fixture(scope="module")
def texts(writing: Any) -> dict[str, str]:
    """The pages, by their names."""
    found = writing.written(Path("docs"), REVIEWED)
    assert {path.parent.name for path in found} == {"atlas", "concepts", "reference"}
    assert {path.name for path in found if path.parent.name != "atlas"} == set(WRITTEN) - {
        "atlas",
        "examples",
    }
    return {path.relative_to("docs").as_posix(): text for path, text in found.items()}


class Tags(HTMLParser):
    """Checks that elements are closed in their order."""

    EMPTY = frozenset({"br", "path", "rect", "mspace"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_theorem_has_a_page_with_all_that_it_carries(texts: dict[str, str], name: str) -> None:
    theorem, text = catalogue()[name], texts[f"atlas/{name}.md"]
    assert text.startswith(f"# {theorem.title}\n")
    assert set(SECTIONS) <= set(re.findall(r"^## (.*)$", text, re.MULTILINE))
    assert "<math" in text
    refuted = re.findall(r"(?:^|>)violated: ", text, re.MULTILINE)
    assert len(refuted) == text.count('class="mutant"') == len(theorem.mutants)
    assert theorem.sharp is None or "holds: " in text
    assert not theorem.proof or f"</../{theorem.proof.partition(':')[0]}>" in text
    assert not re.search(r":(mod|func|class):|``|StrictUndefined", re.sub("`{3,}", "", text))
    for html in re.findall(r"^````\{raw\} html\n(.*?)^````$", text, re.MULTILINE | re.DOTALL):
        assert Tags(html).open == []


def test_links_of_the_atlas_lead_to_its_pages(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        for target in re.findall(r'href="([a-z_.]+)\.html"', text):
            assert f"atlas/{target}.md" in texts, (name, target)


def test_the_map_has_every_theorem_and_the_lists_as_well(texts: dict[str, str]) -> None:
    for name, theorem in catalogue().items():
        assert f'<a href="{name}.html"><title>' in texts["atlas/index.md"]
        assert f"\n{name}\n" in texts[f"atlas/{theorem.topic}.md"]


def test_neighbours_are_neighbours_of_each_other(texts: dict[str, str]) -> None:
    def listed(name: str, said: str) -> list[str]:
        page = texts[f"atlas/{name}.md"].partition("## Neighbours")[2]
        return re.findall(r"<code>(.*?)</code>", page.partition(said)[2].partition("</dd>")[0])

    assert listed("rate.momentum", "It implies") == ["rate.ista", "rate.fista"]
    assert "rate.momentum" in listed("rate.fista", "It follows from")
    assert listed("rate.iht", "Proofs that name it") == ["rate.cosamp"]
    assert "rate.iht" in listed("rate.cosamp", "Its proof names")


def test_a_page_draws_both_directions(texts: dict[str, str]) -> None:
    """What it rests on is left of it, what rests on it is right; nothing is drawn of nothing."""
    (drawn,) = re.findall(
        r"<svg class=\"map\".*?</svg>", texts["atlas/rate.unfolded.md"], re.DOTALL
    )
    boxes = re.findall(r"<title>(\S+): .*?<rect class=\"\w+\" x=\"(\d+)\"", drawn)
    places = {name: int(x) for name, x in boxes}
    assert places["rate.connected"] < places["rate.unfolded"] < places["rate.alista"]
    assert places["network.activity"] == places["rate.alista"]  # a proof names it
    assert drawn.count('<path class="implies"') == 1 + len(catalogue()["rate.unfolded"].implies)
    assert '<svg class="map"' not in texts["atlas/dictionary.strength.md"]


def test_the_map_tells_implications_from_names(texts: dict[str, str]) -> None:
    declared = sum(len(theorem.implies) for theorem in catalogue().values())
    assert texts["atlas/index.md"].count('<path class="implies"') == declared > 0
    assert f"declares ({declared} of" in texts["atlas/index.md"]


def test_what_the_reviewed_run_does_not_have_is_said(writing: Any) -> None:
    run = Baseline.read(REVIEWED)
    assert "Largest lhs/rhs: " in writing.described("rate.fista", run)
    other = replace(run, theorems={"rate.ista": run.theorems["rate.ista"]})
    assert "The reviewed run does not have it." in writing.described("rate.fista", other)


def test_a_run_folder_will_do(writing: Any, tmp_path: Path) -> None:
    from sparsebound.checks.commands.main import main

    run = tmp_path / "run"
    words = ["check", "dictionary.welch", "--examples", "5", "--jobs", "1", "--out", str(run)]
    assert main(words) == 0
    assert set(writing.reviewed(run).theorems) == {"dictionary.welch"}


def test_all_symbols_and_all_commands_are_there(texts: dict[str, str]) -> None:
    assert texts["concepts/symbols.md"].count("<dt>") > len(SYMBOLS)
    for command in COMMANDS:
        assert f"\n## sparsebound {command}\n" in texts["reference/command-line.md"]
    assert "--skip-benchmarks" in texts["reference/command-line.md"]


def test_an_example_is_a_page_whose_cells_are_the_script(writing: Any) -> None:
    from example_pages import EXAMPLES, example

    shown_by = {"small_autoencoder": 2, "overcomplete_cosines": 2}
    index = (DOCS / "tutorials" / "index.md").read_text("utf-8")
    for name in EXAMPLES:
        script = ROOT / "examples" / f"{name}.py"
        page = example(script)
        cells = re.findall(
            r"^```(?:\{code-cell\} ipython3|python)\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL
        )
        cells = [cell for cell in cells if not cell.startswith(":tags: [remove-cell]")]
        calls = [cells.pop() for _ in range(shown_by.get(name, 1))][::-1]
        shown = [line for cell in cells for line in cell.splitlines() if line]
        body = script.read_text("utf-8").partition('"""\n\n')[2].partition("\nif __name__")[0]
        assert shown == [line for line in body.splitlines() if line]
        assert all(call.startswith(("main(", "!sparsebound ", "!python ")) for call in calls)
        assert f"\n../examples/{name}\n" in index
        assert page.count("\n# ") == 1
        compile("\n".join(cells), name, "exec")


def test_the_calls_of_an_example_are_those_that_it_names(writing: Any) -> None:
    from example_pages import example

    def calls(name: str) -> list[str]:
        page = example(ROOT / "examples" / f"{name}.py")
        return re.findall(r"^(main\(.*|!.*)$", page, re.MULTILINE)

    assert calls("overcomplete_cosines") == [
        'main("cosines.npy")',
        "!sparsebound certify cosines.npy --prune",
    ]
    assert calls("long_signals") == ["main()"]
    assert calls("peers") == ["!python examples/peers.py"]  # it has no function main


def test_every_example_is_a_page_or_says_why_not(writing: Any) -> None:
    from example_pages import ELSEWHERE, EXAMPLES

    there = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert sorted(there) == sorted([*EXAMPLES, *ELSEWHERE])
