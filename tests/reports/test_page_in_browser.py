"""The page in a real browser: no request, no error, both themes, any width, no scripts."""

from __future__ import annotations

import json
import statistics
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from sparsebound.reports.earlier import Earlier, Outcome
from sparsebound.reports.html import charts
from sparsebound.reports.html.run import run_page
from sparsebound.reports.summary import SUMMARY
from tests.reports.browser import STRICT, chromium, needs_browser, served, sheets

pytestmark = needs_browser

WIDEST = "return document.documentElement.scrollWidth"
MANY = 120
"""Theorems, as many as there are, of kinds that take more room than most."""
PAGES = 40
"""Sheets of paper that a report of so many theorems takes at most."""


def failed(run_folder: Path, page: Path, copies: int) -> Path:
    """Write the page of a run whose last theorem failed, after two earlier ones."""
    document = json.loads((run_folder / SUMMARY).read_text(encoding="utf-8"))
    document["theorems"] = theorems = [
        {**theorem, "id": f"{theorem['id']}{copy}"}
        for copy in range(copies)
        for theorem in document["theorems"]
    ]
    theorems[-1] |= {"status": "violated", "violation": theorems[-1]["worst"]}
    found = {theorem["id"]: Outcome("held", 20, 1.0) for theorem in theorems}
    past = [
        Earlier(f"run{day}", datetime(2026, 1, day, tzinfo=UTC), "0", "dev", "", True, found)
        for day in (2, 1)
    ]
    drawn: dict[str, Markup] = {}
    draw = charts._draw

    def once(spec: dict[str, Any], description: str) -> Markup:
        key = json.dumps([spec, description])
        if key not in drawn:
            drawn[key] = draw(spec, description)
        return drawn[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "_draw", once)
        page.write_text(run_page(document, past), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def many(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of many theorems, the last of which failed."""
    return failed(run_folder, tmp_path_factory.mktemp("many") / "report.html", MANY // 4)


def requests(driver: Any) -> list[str]:
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_needs_nobody_and_fits(run_folder: Path, width: int, dark: bool) -> None:
    page = (run_folder / "report.html").as_uri()
    with chromium(width=width, dark=dark) as driver:
        driver.get(page)
        assert requests(driver) == [page]
        assert driver.get_log("browser") == []
        assert driver.execute_script(WIDEST) <= width
        for chart in driver.find_elements("css selector", ".theorem svg"):
            assert chart.size["width"] <= width


@pytest.mark.parametrize("width", [1280, 390])
def test_a_certificate_is_complete_and_fits(certificate: Path, width: int) -> None:
    with served(certificate, STRICT) as address, chromium(width=width, scripts=False) as driver:
        driver.get(f"{address}/certificate.html")
        body = driver.find_element("tag name", "body")
        for text in ("Gram matrix", "Babel function", "unfolded network", "rate.depth"):
            assert text in body.text
    page = (certificate / "certificate.html").as_uri()
    with chromium(width=width, dark=True) as driver:
        driver.get(page)
        assert requests(driver) == [page]
        assert driver.get_log("browser") == []
        assert driver.execute_script(WIDEST) <= width


def axe() -> str:
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["report.html", "certificate.html", "failed.html"])
@pytest.mark.parametrize("dark", [False, True])
def test_an_accessibility_checker_finds_no_serious_fault(
    run_folder: Path, certificate: Path, tmp_path: Path, page: str, dark: bool
) -> None:
    folder = {"report.html": run_folder, "failed.html": tmp_path}.get(page, certificate)
    if page == "failed.html":
        failed(run_folder, folder / page, 1)
    with chromium(width=1280, dark=dark) as driver:
        driver.get((folder / page).as_uri())
        driver.execute_script(axe())
        found = driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    assert found["passes"]
    faults = {
        fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]]
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    }
    assert not faults


def test_it_is_complete_without_scripts_under_a_strict_policy(run_folder: Path) -> None:
    with served(run_folder, STRICT) as address, chromium(scripts=False) as driver:
        driver.get(f"{address}/report.html#rate.unfolded")
        body = driver.find_element("tag name", "body")
        for text in ("Passed", "rate.unfolded", "Premises", "refuted", "Replay it", "Seed"):
            assert text in body.text
        charts = driver.find_elements("css selector", "svg[role=img]")
        assert len(charts) > 20
        assert all(chart.size["width"] and chart.size["height"] for chart in charts)
        formulas = driver.find_elements("css selector", ".statement math")
        assert all(formula.is_displayed() for formula in formulas)
        assert not driver.find_element("css selector", ".filters").is_displayed()
        bar = driver.find_element("css selector", ".theorem .chart path")
        assert (
            bar.value_of_css_property("fill") == "rgb(59, 125, 216)"
        )  # BLUE, without a style sheet


def test_the_catalogue_is_filtered_and_sorted(run_folder: Path) -> None:
    def shown(driver: Any) -> list[str]:
        rows = driver.find_elements("css selector", ".catalogue tr[data-topic]")
        return [row.find_element("tag name", "code").text for row in rows if row.is_displayed()]

    with chromium() as driver:
        driver.get((run_folder / "report.html").as_uri())
        everything = shown(driver)
        assert everything == sorted(everything)
        driver.find_element("css selector", "[data-sort] button").click()
        driver.find_element("css selector", "[data-sort] button").click()
        assert shown(driver) == everything[::-1]
        driver.find_element("name", "text").send_keys("deep")
        assert shown(driver) == ["uniqueness.deep"]
        driver.find_element("name", "text").clear()
        driver.find_element("css selector", "option[value=''] + option").click()
        assert shown(driver) == ["rate.unfolded", "rate.ista"]


def test_a_series_is_hidden_and_values_are_read_off(run_folder: Path) -> None:
    from selenium.webdriver import ActionChains

    with chromium() as driver:
        driver.get((run_folder / "report.html").as_uri() + "#rate.unfolded")
        figure = driver.find_element("css selector", "#rate\\.unfolded .decay")
        figure.find_element("css selector", "[data-series=bound] button").click()
        line = figure.find_element("css selector", ".chart [data-series=bound]")
        assert line.get_attribute("visibility") == "hidden"
        ActionChains(driver).move_to_element(
            figure.find_element("css selector", ".chart")
        ).perform()
        assert "error" in figure.find_element("css selector", ".readout").text


def test_the_keyboard_is_enough(run_folder: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    with chromium() as driver:
        driver.get((run_folder / "report.html").as_uri())
        reached = []
        for _ in range(24):
            driver.switch_to.active_element.send_keys(Keys.TAB)
            reached.append(driver.switch_to.active_element)
        names = [element.tag_name for element in reached]
        assert names[0] == "a"  # to the content
        assert {"input", "select", "button"} <= set(names)
        assert reached[-1].value_of_css_property("outline-style") == "solid"
        button = reached[names.index("button")]
        button.send_keys(Keys.ENTER)
        head = button.find_element("xpath", "..")
        assert head.get_attribute("aria-sort") == "ascending"


def test_it_prints(run_folder: Path) -> None:
    with chromium(dark=True) as driver:
        driver.get((run_folder / "report.html").as_uri())
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert not driver.find_element("css selector", ".filters").is_displayed()
        body = driver.find_element("tag name", "body")
        assert body.value_of_css_property("background-color") == "rgba(255, 255, 255, 1)"
        assert len(driver.print_page()) > 10_000


def test_many_theorems_print_on_few_pages(many: Path) -> None:
    """What they say and how they went; proofs and mutants stay folded, failures do not."""
    assert MANY / 4 < sheets(many, many.with_suffix(".pdf")) <= PAGES
    with chromium() as driver:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        driver.get(many.as_uri())
        shown = driver.execute_script("return document.querySelector('main').innerText")
        for folded in (".proof", ".mutants", ".contents"):
            assert not driver.find_element("css selector", folded).is_displayed()
    assert shown.count("refuted") >= MANY
    assert "What to do next" in shown


@pytest.mark.parametrize("width", [1280, 390])
def test_the_contents_stay_in_view_where_there_is_room(many: Path, width: int) -> None:
    with chromium(width=width, scripts=False) as driver:
        driver.get(many.as_uri())
        contents = driver.find_element("css selector", ".contents")
        last = driver.find_element("css selector", "#provenance")
        driver.get(f"{many.as_uri()}#provenance")
        assert contents.is_displayed() is (width > 1200)
        if contents.is_displayed():
            seen = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssVisualViewport"]
            assert last.location["y"] > 3 * seen["clientHeight"]
            assert contents.location["y"] == pytest.approx(seen["pageY"], abs=2)
            assert contents.size["height"] <= seen["clientHeight"]


def test_a_link_opens_the_topic_that_it_leads_into(many: Path) -> None:
    with chromium(scripts=False) as driver:
        driver.get(many.as_uri())
        theorem = driver.find_element("id", "rate.ista3")
        assert not theorem.is_displayed()
        assert driver.find_element("id", "uniqueness.deep29").is_displayed()  # which failed
        link = driver.find_element("css selector", ".catalogue a[href='#rate.ista3']")
        link.click()
        assert theorem.is_displayed()
        topic = driver.find_element("id", "topic-rate")
        assert topic.get_dom_attribute("open") is not None


def test_it_paints_soon(run_folder: Path, tmp_path: Path) -> None:
    """Relative to an empty page, in the same browser: the median of five."""
    empty = tmp_path / "empty.html"
    empty.write_text("<!DOCTYPE html><title>empty</title><p>empty", encoding="utf-8")
    paint = "return performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)"

    def painted(driver: Any, page: Path) -> float:
        driver.get(page.as_uri())
        for _ in range(200):
            if times := driver.execute_script(paint):
                return float(times[0])
            driver.execute_async_script("requestAnimationFrame(arguments[0])")
        raise AssertionError(f"{page} was not painted")

    with chromium() as driver:
        pages = (run_folder / "report.html", empty)
        rounds = [[painted(driver, page) for page in pages] for _ in range(5)]
    assert statistics.median(full - bare for full, bare in rounds) < 1000


def test_what_is_wider_than_a_phone_scrolls_and_shows_it(run_folder: Path) -> None:
    """A formula that is cut off without a sign is read as if it ended there."""
    with chromium(width=390) as driver:
        driver.get((run_folder / "report.html").as_uri())
        find = "return [...document.querySelectorAll('.statement')].map(e => {"
        find += "e.closest('.theorem').style.contentVisibility = 'visible';"
        find += "const s = getComputedStyle(e); return [e.scrollWidth - e.clientWidth, s.overflowX,"
        find += " s.backgroundImage.split('gradient').length, s.backgroundAttachment]})"
        shown = driver.execute_script(find)
    assert len(shown) == 4
    for hidden, overflow, shades, attachment in shown:
        assert overflow == "auto"
        assert (shades, attachment) == (5, "local, local, scroll, scroll")
        assert hidden < 600
