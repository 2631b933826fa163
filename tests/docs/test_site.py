"""The built site: without a warning, without another address, for everybody, at any width."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from sparsebound.theory.catalogue import catalogue
from tests.docs.pages import DOCS
from tests.reports.browser import chromium, needs_browser

NEEDED = ("sphinx", "furo", "numpydoc", "myst_nb", "ipykernel", "matplotlib")
MISSING = [name for name in NEEDED if find_spec(name) is None]
if MISSING:
    pytest.skip(
        f"needs {', '.join(MISSING)}: `tox -e docs` builds and tests the site",
        allow_module_level=True,
    )

PAGES = (
    "index",
    "start/dictionary",
    "start/ci",
    "tutorials/autoencoder",
    "tutorials/training",
    "tutorials/fista",
    "tutorials/regression",
    "tutorials/cluster",
    "examples/attention_floor",
    "examples/overcomplete_cosines",
    "examples/extension",
    "atlas/index",
    "atlas/uniqueness",
    "atlas/rate.unfolded",
    "atlas/uniqueness.coherence",
    "atlas/stability.features",
    "atlas/conjecture.omp_unit_atoms",
    "concepts/verdicts",
    "concepts/words",
    "concepts/symbols",
    "reference/api",
    "reference/command-line",
    "gate",
    "guides/checking",
    "guides/certifying",
    "contributing/index",
    "search",
)
BUILT = os.environ.get("SPARSEBOUND_SITE", "")
"""A site that is built already, as by `tox -e docs`."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors."""
    if BUILT:
        return Path(BUILT).resolve()
    folder = tmp_path_factory.mktemp("site") / "html"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(DOCS), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module", params=[(1280, False), (390, True)], ids=["wide", "phone, dark"])
def browser(request: pytest.FixtureRequest) -> Iterator[tuple[Any, int]]:
    width, dark = request.param
    with chromium(width=width, dark=dark) as driver:
        yield driver, width


def requests(driver: Any) -> list[str]:
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [m for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [message["params"]["request"]["url"] for message in sent]


def test_every_theorem_has_a_page(site: Path) -> None:
    """What is on it is looked at where it is written: test_written_pages.py."""
    for name in catalogue():
        page = (site / "atlas" / f"{name}.html").read_text("utf-8")
        assert page.count("<math") > 1
        assert "&lt;math" not in page


class Anchors(HTMLParser):
    """The links of a page, and what can be linked in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [v for k, v in attrs if k in ("href", "src") and v]
        self.ids |= {str(given[name]) for name in ("id", "name") if name in given}


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    pages = {path: Anchors(path.read_text("utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > len(catalogue())
    for path, page in pages.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            place = (path.parent / target.partition("?")[0]).resolve() if target else path
            assert place.exists(), (path, link)
            if anchor and place in pages:
                assert unquote(anchor) in pages[place].ids, (path, link)


def test_tutorials_and_examples_are_offered_as_notebooks(site: Path) -> None:
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in site.rglob("*.ipynb")}
    tutorials = {page.stem for page in (DOCS / "tutorials").glob("*.md")} - {"index"}
    assert set(found) == tutorials | {page.stem for page in (DOCS / "examples").glob("*.md")}
    assert {"attention_floor", "long_signals"} < set(found)
    for notebook in found.values():
        assert any(cell["cell_type"] == "code" for cell in notebook["cells"])
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@needs_browser
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_asks_nobody_and_complains_of_nothing(
    site: Path, browser: tuple[Any, int], page: str
) -> None:
    driver, width = browser
    driver.get((site / f"{page}.html").as_uri())
    sent = requests(driver)
    assert sent
    assert all(url.startswith((site.as_uri(), "data:", "about:", "blob:")) for url in sent), sent
    assert driver.get_log("browser") == []
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@needs_browser
@pytest.mark.parametrize("page", PAGES)
def test_an_accessibility_checker_finds_no_serious_fault(
    site: Path, browser: tuple[Any, int], page: str
) -> None:
    driver, _width = browser
    driver.get((site / f"{page}.html").as_uri())
    driver.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    # frames hold pages of reports, which tests/reports/test_page_in_browser.py looks at
    call = "axe.run(document, {iframes: false}).then(arguments[arguments.length - 1])"
    found = driver.execute_async_script(call)
    assert found["passes"]
    faults = {
        fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]]
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    }
    assert not faults


@needs_browser
@pytest.mark.parametrize("words", ["LISTA", "Nesterov", "TopK"])
def test_a_theorem_is_found_by_what_people_call_it(
    site: Path, browser: tuple[Any, int], words: str
) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    driver, _width = browser
    driver.get(f"{(site / 'search.html').as_uri()}?q={words}")
    links = "return [...document.querySelectorAll('#search-results li a')].map(e => e.href)"
    expected = {
        (site / "atlas" / f"{theorem.id}.html").as_uri()
        for theorem in catalogue().values()
        if words in theorem.names
    }
    assert expected

    def found(driver: Any) -> bool:
        return expected <= {re.split("[?#]", href)[0] for href in driver.execute_script(links)}

    WebDriverWait(driver, 20).until(found)
    assert driver.get_log("browser") == []


@needs_browser
def test_everything_is_there_without_scripts(site: Path) -> None:
    with chromium(scripts=False) as driver:
        driver.get((site / "atlas" / "rate.unfolded.html").as_uri())
        body = driver.find_element("tag name", "body").text
        for text in ("Premises and claims", "Proved by machine", "Mutants", "violated:"):
            assert text in body
        formulas = driver.find_elements("css selector", ".statement math")
        assert formulas
        assert all(formula.is_displayed() for formula in formulas)
