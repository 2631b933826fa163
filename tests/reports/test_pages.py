"""The forms of a run: complete, small, escaped, and never half written."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from sparsebound.checks.commands.main import main
from sparsebound.reports.formal import formal
from sparsebound.reports.html.formula import formula, mathml
from sparsebound.reports.html.run import _premise, run_page
from sparsebound.reports.junit import junit
from sparsebound.reports.markdown import markdown
from sparsebound.reports.publish import JUNIT, MARKDOWN, REPORT
from sparsebound.reports.run_folder import RunFolder
from sparsebound.reports.samples import Margins
from sparsebound.reports.summary import SUMMARY, recall
from sparsebound.reports.tally import BINS, Tally
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Instance
from sparsebound.theory.notation import typeset
from sparsebound.theory.verdict import decide

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`|&"


class Elements(HTMLParser):
    """All elements of a page, with their attributes and the text outside of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def document(run_folder: Path) -> dict[str, Any]:
    return recall(RunFolder.open(run_folder))


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_statement_has_a_mathml_form(name: str) -> None:
    statement = catalogue()[name].statement
    drawn = mathml(statement)
    ElementTree.fromstring(f"<p>{drawn}</p>")
    assert len(drawn) > len(statement) / 2


@pytest.mark.parametrize(
    "latex",
    [r"\nosuch x", "x }{", r"\frac{1", r"\text{<b>x</b>}", r"\href{javascript:a}{x}", EVIL + "{"],
)
def test_what_has_no_mathml_form_is_shown_as_text(latex: str) -> None:
    with pytest.raises(InputError, match="expected LaTeX"):
        mathml(latex)
    shown = Elements(formula(latex))
    assert [tag for tag, _ in shown.found] == ["code"]
    assert shown.text == latex


def test_limits_are_below_their_operators() -> None:
    assert "<munder>" in mathml(r"\max\limits_{i} x_i")


def test_the_page_shows_everything(run_folder: Path) -> None:
    run = document(run_folder)
    page = (run_folder / REPORT).read_text(encoding="utf-8")
    shown = Elements(page)
    ids = [attributes["id"] for _, attributes in shown.found if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = [attributes.get("href") or "" for tag, attributes in shown.found if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    for theorem in run["theorems"]:
        assert theorem["id"] in ids
        assert theorem["explained"]["source"]["link"] in links
        for mutant in theorem["mutants"]:
            assert mutant["name"] in shown.text
        for premise in theorem["premises"]:
            assert Elements(str(formula(typeset(premise)))).text in shown.text
    assert run["run"]["command"] in shown.text
    assert page.count('class="decay"') == 4  # two rates, the worst and a typical instance each


def test_nothing_is_fetched_and_nothing_is_styled_inline(run_folder: Path) -> None:
    shown = Elements((run_folder / REPORT).read_text(encoding="utf-8"))
    for tag, attributes in shown.found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "image", "use")
        assert "src" not in attributes
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_a_report_of_every_theorem_is_small(run_folder: Path) -> None:
    run = document(run_folder)
    largest = max(
        run["theorems"], key=lambda theorem: len(run_page({**run, "theorems": [theorem]}))
    )
    some = run["theorems"]
    few, many = ({**run, "theorems": some * times} for times in (1, 2))
    a_theorem = (len(run_page(many)) - len(run_page(few))) / len(some)
    assert largest["id"].startswith("rate.")
    assert a_theorem < 30e3  # bytes: 1.5 MB for fifty theorems


def test_a_page_does_not_grow_with_the_number_of_verdicts(run_folder: Path) -> None:
    folder = RunFolder.open(run_folder)
    tally = folder.tallies()["rate.unfolded"]
    total = tally
    while total.holds < 10**6:
        total = total + total
    run = document(run_folder)

    def page(of: Tally) -> str:
        theorem = next(entry for entry in run["theorems"] if entry["id"] == of.theorem)
        counts = {"holds": of.holds, "violated": 0, "vacuous": of.vacuous, "undecided": 0}
        changed = {"counts": counts, "histogram": list(of.histogram), "instances": of.instances}
        changed |= {"premises": of.premises.to_json(), "samples": of.samples.to_json()}
        return run_page({**run, "theorems": [{**theorem, **changed}]})

    assert abs(len(page(total)) - len(page(tally))) < 2000


def test_a_strict_premise_at_its_edge_is_beyond_it_on_the_page() -> None:
    """Two atoms in the plane: ``(2s - 1) mu`` is exactly 1."""
    instance = Instance([[1, 1], [0, 0]], [[1, 0]])
    ratios = decide(catalogue()["uniqueness.coherence"], instance).premises
    (shown,) = [_premise(*item) for item in Margins.of(ratios).counts.items() if any(item[1])]
    assert (shown["inside"], shown["near"], shown["beyond"]) == (0, 0, 1)
    assert "1 beyond it" in str(shown["picture"])


def test_text_is_never_markup(run_folder: Path) -> None:
    run = json.loads(json.dumps(document(run_folder)))
    theorem = run["theorems"][0]
    found = {**theorem["worst"], "status": "violated", "text": EVIL, "claim": EVIL}
    explained = {"statement": EVIL, "source": {"text": EVIL, "link": f"javascript:{EVIL}"}}
    theorem |= {"title": EVIL, "status": "violated", "violation": found, "worst": found}
    theorem |= {"explained": explained, "premises": {EVIL: [1] * 15}}
    theorem["mutants"][0] |= {"name": EVIL, "refuted": False, "worst": found}
    theorem["samples"]["worst"]["curve"]["claim"] = EVIL
    run["not_run"] = [{"id": f"x.{EVIL}", "reason": EVIL}]
    run["dictionaries"] = [{EVIL: EVIL}]
    run["run"] |= {"command": EVIL, "loaded": {EVIL: EVIL}, "platform": EVIL}
    shown = Elements(run_page(run))
    tags = [tag for tag, _ in shown.found]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert shown.text.count(EVIL) > 8
    for _, attributes in shown.found:
        assert not [name for name in attributes if name.startswith("on")]
        assert not (attributes.get("href") or "").startswith("javascript")
    ElementTree.fromstring(junit(run).split("\n", 1)[1])
    rendered = Elements(MarkdownIt("commonmark").enable("table").render(markdown(run)))
    assert not {"script", "img"} & {tag for tag, _ in rendered.found}


def test_formal_statements_are_shown_of_what_is_proved(run_folder: Path) -> None:
    run = document(run_folder)
    places = [theorem["proved"] for theorem in run["theorems"] if theorem["proved"]]
    text = Elements(run_page(run)).text
    assert places
    assert all(formal(place) in text for place in places)
    assert text.count("Formal statement") == len(places)


def test_a_violation_comes_first_and_fails_in_every_form(run_folder: Path) -> None:
    run = json.loads(json.dumps(document(run_folder)))
    last = run["theorems"][-1]
    last |= {"status": "violated", "violation": {**last["worst"], "text": "D = 1"}}
    page = run_page(run)
    assert "Failed" in page
    first = Elements(page[page.index("<article") :]).found[0][1]
    assert first["id"] == last["id"]
    suites = ElementTree.fromstring(junit(run).split("\n", 1)[1])
    failure = suites.find(f"testsuite[@name='{last['id']}']/testcase/failure")
    assert failure is not None
    assert "--replay" in (failure.text or "")
    assert suites.get("failures") == "1"
    assert markdown(run).startswith("### sparsebound: failed")


def test_nothing_checked_fails_in_every_form() -> None:
    nothing: dict[str, Any] = {"run": {}, "theorems": [], "not_run": [], "dictionaries": []}
    assert "Nothing was checked" in run_page(nothing)
    assert "Passed" not in run_page(nothing)
    assert 'failures="1"' in junit(nothing)
    assert "Nothing was checked" in markdown(nothing)


def test_what_has_no_ratio_or_no_edge_says_so_in_every_form(run_folder: Path) -> None:
    run = json.loads(json.dumps(document(run_folder)))
    theorems = {theorem["id"]: theorem for theorem in run["theorems"]}
    assert theorems["rate.unfolded"]["near_edge"] is None  # its sizes are those of the network
    assert theorems["uniqueness.coherence"]["near_edge"] is not None
    without = {"max_ratio": None, "histogram": [0] * (len(BINS) + 1)}
    theorems["rate.unfolded"] |= {**without, "equality": True}
    theorems["rate.ista"] |= without

    def article(name: str) -> str:
        page = run_page(run)
        return Elements(page[page.index(f'id="{name}"') :].split("</article>")[0]).text

    assert "an equality: there is no lhs/rhs" in article("rate.unfolded")
    assert "with equality" not in article("rate.unfolded")
    assert "no premise has an edge" in article("rate.unfolded")
    assert "no claim that is measured has a positive right side" in article("rate.ista")
    assert "Without an edge (a sign, a size, or what evidence has to be)" in article("rate.ista")
    assert "with equality" in article("uniqueness.coherence")
    assert "no premise has an edge" not in article("uniqueness.coherence")
    assert "of those decided" in article("uniqueness.coherence")
    row = next(line for line in markdown(run).splitlines() if "`rate.unfolded`" in line)
    assert "| equality |" in row
    suites = ElementTree.fromstring(junit(run).split("\n", 1)[1])
    for name, named in (("rate.unfolded", False), ("uniqueness.coherence", True)):
        properties = suites.findall(f"testsuite[@name='{name}']/properties/property")
        assert ("near_edge" in {entry.get("name") for entry in properties}) is named


def test_the_subject_of_a_run_is_named(run_folder: Path) -> None:
    found = document(run_folder)
    found["run"]["settings"] |= {"subject": "my.module:<ista>", "rate_only": True}
    assert "Checked: <code>my.module:&lt;ista&gt; --rate-only</code>" in run_page(found)
    assert "Checked: `my.module:<ista> --rate-only`" in markdown(found)


def test_junit_has_a_case_for_each_theorem_and_mutant(run_folder: Path) -> None:
    suites = ElementTree.parse(run_folder / JUNIT).getroot()
    for theorem in document(run_folder)["theorems"]:
        suite = suites.find(f"testsuite[@name='{theorem['id']}']")
        assert suite is not None
        names = [case.get("name") for case in suite.findall("testcase")]
        assert names == ["theorem", *(f"mutant {mutant['name']}" for mutant in theorem["mutants"])]
        assert suite[0].tag == "properties"
        assert {entry.get("name") for entry in suite[0]} >= {"holds", "max_ratio"}
        assert not suite.findall("testcase/properties")
    assert suites.get("failures") == "0"


def test_the_report_is_written_again_from_its_folder(run_folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "again.html"
    assert main(["report", str(run_folder), "-o", str(page)]) == 0
    assert page.read_bytes() == (run_folder / REPORT).read_bytes()
    assert list(tmp_path.iterdir()) == [page]


def test_a_check_leaves_its_report_where_it_is_told_to(tmp_path: Path) -> None:
    page, out = tmp_path / "page.html", tmp_path / "run"
    command = ["check", "dictionary.welch", "--examples", "2", "--out", str(out)]
    assert main([*command, "--report", str(page)]) == 0
    assert "dictionary.welch" in page.read_text(encoding="utf-8")
    assert {JUNIT, MARKDOWN, SUMMARY} <= {path.name for path in out.iterdir()}
    assert not (out / REPORT).exists()


def test_an_impossible_place_is_said_before_anything_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    place = tmp_path / "missing" / "page.html"
    assert main(["check", "dictionary.welch", "--out", str(out), "--report", str(place)]) == 2
    assert "--report" in capsys.readouterr().err
    assert not out.exists()


def corrupt(folder: Path, name: str) -> None:
    shard = next((folder / "shards").iterdir())
    if name == "foreign":
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "index.html").write_text("somebody else's", encoding="utf-8")
    elif name == "half a shard":
        shard.write_text(shard.read_text(encoding="utf-8")[:100], encoding="utf-8")
    elif name == "half a summary":
        (folder / SUMMARY).write_text('{"schema"', encoding="utf-8")
    elif name == "an older run":
        plan = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        (folder / "run.json").write_text(json.dumps({**plan, "schema": 1}), encoding="utf-8")
    else:
        text = shard.read_text(encoding="utf-8")
        shard.write_text(text.replace('"premises"', '"premisses"'), encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["foreign", "half a shard", "half a summary", "an older run", "a strange field"]
)
def test_a_folder_that_is_no_run_is_refused(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder, page = tmp_path / "run", tmp_path / "page.html"
    shutil.copytree(run_folder, folder)
    corrupt(folder, name)
    assert main(["report", str(folder), "-o", str(page)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("sparsebound: error: ")
    assert error.count("\n") == 1
    assert not page.exists()


def test_an_unfinished_run_is_reported_as_one(run_folder: Path, tmp_path: Path) -> None:
    folder, page = tmp_path / "run", tmp_path / "page.html"
    shutil.copytree(run_folder, folder)
    (folder / SUMMARY).unlink()
    next((folder / "shards").glob("rate.ista-examples*")).unlink()
    assert main(["report", str(folder), "-o", str(page)]) == 0
    text = Elements(page.read_text(encoding="utf-8")).text
    assert "Failed" in text
    assert "rate.ista is unfinished" in text


def test_a_theorem_says_its_symbols_its_proof_and_the_way_back(run_folder: Path) -> None:
    page = run_page(json.loads((run_folder / "summary.json").read_text(encoding="utf-8")))
    assert page.count('href="#catalogue">all theorems</a>') == 4
    assert page.count("<summary>Symbols</summary>") == 4
    assert page.count("<b>Why</b>") == 4
    assert "the largest row sum of |I - W^T D| over S, in rows of S" in page
    assert "Fraction(" not in page
    assert "&gt;&gt;&gt;" not in page


def test_an_identifier_within_a_proof_is_a_link(run_folder: Path) -> None:
    run = document(run_folder)
    assert "<code>uniqueness.spark</code>" in run_page(run)  # it is not on this page
    (theorem,) = (t for t in run["theorems"] if t["id"] == "uniqueness.deep")
    theorem["explained"]["proof"] = "from ``rate.ista``"
    assert 'from <a href="#rate.ista"><code>rate.ista</code></a>' in run_page(run)


def test_premises_without_an_edge_share_a_line(run_folder: Path) -> None:
    page = run_page(json.loads((run_folder / "summary.json").read_text(encoding="utf-8")))
    for section in page.split('<article class="card theorem"')[1:]:
        assert section.count("Without an edge (a sign, a size, or what evidence has to be)") == (
            'id="uniqueness.coherence"' not in section
        )


def test_a_curve_of_a_single_dot_is_left_out(run_folder: Path) -> None:
    document = json.loads((run_folder / "summary.json").read_text(encoding="utf-8"))
    (theorem,) = (t for t in document["theorems"] if t["id"] == "rate.unfolded")
    assert "Error, worst instance" in run_page({**document, "theorems": [theorem]})
    for sample in theorem["samples"].values():
        for name, values in sample["curve"].items():
            if isinstance(values, list):
                sample["curve"][name] = values[:1]
    assert "Error, worst instance" not in run_page({**document, "theorems": [theorem]})
