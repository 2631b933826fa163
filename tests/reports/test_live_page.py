"""The page of a run that goes on: what is known for sure, and what came closest."""

from __future__ import annotations

import re
from dataclasses import replace

from sparsebound.reports.html.live import Live, live_page
from sparsebound.reports.tally import Tally
from sparsebound.reports.worst import Worst


def tally(name: str, ratio: float | None, **counts: int) -> Tally:
    worst = Worst({"of": f"<{name}>"}, 0, "holds", ratio, "lhs <= rhs")
    return replace(Tally.empty(name), max_ratio=ratio, worst=worst, instances=5, **counts)


TALLIES = {
    "f.done": tally("f.done", 0.5, holds=5),
    "f.closest": tally("f.closest", 0.75, holds=5),
    "f.false": tally("f.false", 0.25, holds=4, violated=1),
    "f.waits": Tally.empty("f.waits"),
}
RUN = Live(
    "runs/<mine>",
    "running",
    10.0,
    15,
    "1 of 4 theorems finished",
    TALLIES,
    {"f.done": 0, "f.closest": 3, "f.false": 2, "f.waits": 4000},
    {"load": ["mine.py"]},
)


def statuses(page: str) -> dict[str, str]:
    rows = re.findall(r"<tr><th scope=\"row\"><code>(.*?)</code>.*?\">([a-z ]+)</span>", page)
    return dict(rows)


def test_a_theorem_has_held_when_all_of_it_has() -> None:
    found = statuses(live_page(RUN))
    assert found == {
        "f.done": "held",
        "f.closest": "under way",
        "f.false": "violated",
        "f.waits": "waiting",
    }
    without_end = statuses(live_page(replace(RUN, left={})))
    assert without_end == {**found, "f.done": "under way"}


def test_it_says_what_came_closest_and_how_to_replay_it() -> None:
    page = live_page(RUN)
    closest = page.partition('id="closest"')[2].partition("</section>")[0]
    assert "<code>f.closest</code>" in closest
    assert "--load mine.py --replay" in closest
    assert "&lt;f.closest&gt;" in closest
    tiles = dict(re.findall(r"<li><b>(.*?)</b> (.*?)</li>", page))
    assert {value: key for key, value in tiles.items()} == {
        "instances since it began or went on": "15",
        "instances a second": "2",
        "time": "10 s",
        "largest lhs/rhs": "0.7500",
        "violations": "1",
        "undecided": "0",
    }
    assert "<mine>" not in page
    assert ">4,000</td>" in page


def test_nothing_is_closest_at_first() -> None:
    page = live_page(replace(RUN, tallies={"f.waits": TALLIES["f.waits"]}))
    assert 'id="closest"' not in page
