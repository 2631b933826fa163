"""Every number that a certificate shows, as text and as a page, is rounded to its safe side."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest

from sparsebound.reports.certificate import text
from sparsebound.reports.html.certificate import certificate_page
from tests.reports.test_certificate_page import ATTACK, FIGURE, NETWORK, PRUNE
from tests.reports.test_pages import Elements

KINDS = ("upper", "lower", "exact")
WORDS = {"upper": "at most", "lower": "at least", "exact": ""}


@pytest.fixture
def document(certificate: Path) -> Any:
    """A certificate with all of its parts."""
    made = json.loads((certificate / "certificate.json").read_text(encoding="utf-8"))
    made |= {"network": {**NETWORK, "reason": None}, "prune": PRUNE, "attack": ATTACK}
    made = json.loads(json.dumps(made))  # no two figures are the same object
    made["network"]["layers"][0]["bound"] = dict(FIGURE)
    return made


def _figures(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "kind" in value and "theorem" in value:
            yield value
        for part in value.values():
            yield from _figures(part)
    elif isinstance(value, list):
        for part in value:
            yield from _figures(part)


def _as_text(document: Any) -> str:
    return text(document)


def _as_page(document: Any) -> str:
    return Elements(certificate_page(document).split("</style>")[1]).text


def _in_text(digits: str, word: str) -> str:
    return f"{digits} ({word})"


def _in_page(digits: str, word: str) -> str:
    return f"{word} {digits}"


@pytest.mark.parametrize(
    ("show", "said", "least"), [(_as_text, _in_text, 20), (_as_page, _in_page, 20)]
)
@pytest.mark.parametrize("shift", range(3))
def test_each_figure_is_rounded_by_its_kind_and_says_so(
    document: Any,
    show: Callable[[Any], str],
    said: Callable[[str, str], str],
    least: int,
    shift: int,
) -> None:
    expected = {}
    for index, figure in enumerate(_figures(document)):
        kind = KINDS[(index + shift) % 3]
        value = 0.1234562 + index / 5000  # to nearest, this would be rounded down
        scaled = 10**6 * Fraction(value)
        rounded = ceil(scaled) if kind == "upper" else floor(scaled)
        figure |= {"value": value, "kind": kind, "error": 1e-16}
        expected[index] = f"{rounded / 10**6:.6g}", kind
    shown = show(document)
    found = [
        kind for digits, kind in expected.values() if re.search(rf"(?<!\d){digits}(?!\d)", shown)
    ]
    assert len(found) >= least
    assert set(found) == set(KINDS)
    for digits, kind in expected.values():
        for word in WORDS.values():
            if word and re.search(rf"(?<!\d){digits}(?!\d)", shown):
                assert (said(digits, word) in shown) == (word == WORDS[kind]), (digits, word)


def test_the_parts_that_have_bounds_show_them(document: Any) -> None:
    for index, figure in enumerate(_figures(document)):
        figure |= {"value": 0.25 + index / 1000, "kind": "upper"}
    facts, network = document["dictionary"], document["network"]
    figures = [facts[name] for name in ("coherence", "welch", "spark", "neighbours")]
    figures += [document["unfolded"]["q"], network["cross_coherence"], network["diagonal"]]
    figures += [network["layers"][0][name] for name in ("bound", "needed")]
    figures += [document["prune"]["steps"][0]["coherence"]]
    figures += [document["attack"]["found"], document["attack"]["bound"]]
    figures += [document["by_sparsity"][0]["constants"][0]["figure"]]
    for figure in figures:
        digits = f"{ceil(10**6 * Fraction(figure['value'])) / 10**6:.6g}"
        assert f"{digits} (at most)" in _as_text(document)
        assert f"at most {digits}" in _as_page(document)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (0.78432200692, "upper", "0.784323"),
        (0.78432200692, "lower", "0.784322"),
        (0.9999996, "lower", "0.999999"),
        (0.9999996, "upper", "0.9999996"),
        (0.99999999999, "exact", "0.99999999999"),
        (1.0, "upper", "1"),
    ],
)
def test_a_rate_reads_1_only_if_it_is_1(document: Any, value: float, kind: str, shown: str) -> None:
    q = document["unfolded"]["q"]
    q |= {"value": value, "kind": kind, "error": 0.0}
    word = WORDS[kind]
    assert f"  rate q      {shown}{f' ({word})' if word else ''}  [" in _as_text(document)
    assert f"Rate q{f'{word} ' if word else ''}{shown} rate" in _as_page(document)


def test_tiles_and_pictures_say_which_bounds_they_show(document: Any) -> None:
    document["dictionary"]["coherence"] |= {"value": 0.62341, "kind": "lower"}
    document["unfolded"]["q"] |= {"value": 0.78432, "kind": "upper"}
    document["unfolded"] |= {"bounds": [1.0, 0.123412]}
    sums = document["dictionary"]["babel"]
    sums[0] |= {"value": 0.62341, "kind": "upper"}
    sums[-1] |= {"value": 7.12341, "kind": "upper"}
    document["codes"]["properties"][0]["margins"] |= {"least": -0.123456, "largest": 0.123456}
    shown = Elements(certificate_page({**document, "network": None}))
    assert "≥ 0.6234 coherence" in shown.text
    assert "≤ 0.7844 certified rate q" in shown.text
    said = " ".join(attributes.get("aria-label") or "" for _, attributes in shown.found)
    assert "from ≤ 0.6235 to ≤ 7.124, against" in said
    assert "layers, from 1 to 0.1235, at most" in said
    assert "from -0.1235 to 0.1234; right" in said


def test_a_share_of_almost_all_codes_is_not_all(document: Any) -> None:
    codes = document["codes"]
    codes["count"] = 2500
    for entry in codes["properties"]:
        entry |= {"certified": 2499, "asked": 2500, "share": 2499 / 2500}
    assert "2499 (99.9%)" in _as_text(document)
    page = _as_page(document)
    assert "2,499 (99.9%)" in page
    assert "99.9% of your codes certified" in page
    assert "100%" not in _as_text(document) + page


def test_margins_are_rounded_down_and_growth_up(document: Any) -> None:
    codes = document["codes"]
    for entry in codes["properties"]:
        entry["margins"] |= {"least": 1.236987e-5, "median": 0.12345678, "largest": 0.9999987}
    codes["growth"] |= {"least": 1.00001, "median": 1.23411, "largest": None}
    codes["failing"] = [
        {
            "code": 3,
            "property": "Lasso",
            "theorem": "t",
            "refuted": False,
            "margin": margin,
            "atom": None,
        }
        for margin in (-0.00001234, None)
    ]
    shown = _as_text(document)
    assert re.search(r" 1\.236e-5 +0\.1234 +\[", shown)
    assert ": 1.001, 1.235, unknown (at most)" in shown
    assert "Lasso, unknown, margin -1.235e-5" in shown
    assert "Lasso, unknown\n" in shown
    assert "1.23698e-5 to 0.999998, median 0.123456" in _as_page(document)


def test_it_is_said_of_how_many_codes_a_number_is_unknown(document: Any) -> None:
    codes = document["codes"]
    assert "unknown of" not in _as_text(document) + _as_page(document)
    codes["count"] += 3
    for entry in codes["properties"]:
        entry["asked"] += 3 if entry["asked"] else 0
    assert " (at most), unknown of 3  [" in _as_text(document)
    asked = [entry["theorem"] for entry in codes["properties"] if entry["margins"]["counts"]]
    for theorem in asked:
        assert f"[{theorem}], unknown of 3" in _as_text(document)
    assert _as_page(document).count(", unknown of 3") == len(asked)


def test_thresholds_are_shown_as_they_are_and_requirements_are_told_from_them(
    document: Any,
) -> None:
    layer = document["network"]["layers"][0]
    layer |= {"threshold": 0.1, "short": 1.2345678e-9}
    layer["needed"] |= {"value": 0.1000000012345678, "kind": "upper", "error": 0.0}
    rows = re.split(r"\s{2,}", next(x for x in _as_text(document).split("\n") if x[:5] == "  0  "))
    assert rows[4:7] == ["0.1", "0.100001 (at most)", "1.23457e-9"]
    assert "0.1at most 0.1000011.23457e-99" in _as_page(document)
    layer["needed"]["value"] = 0.0999999999796
    layer["short"] = 0.0
    assert "  0.1        0.09999999998 (at most)  -" in _as_text(document)
    assert "0.1at most 0.09999999998-9" in _as_page(document)
    layer["needed"]["value"] = 0.1
    assert "  0.1        0.10000000000000001 (at most)  -" in _as_text(document)
    layer["short"] = None
    assert "(at most)  unknown" in _as_text(document)


def test_settings_and_codes_are_shown_as_they_are(document: Any) -> None:
    document["settings"] |= {"amplitude": 1.00000001, "noise": 1 / 3, "tolerance": 1e-7}
    document["attack"] |= {"support": [5], "values": [-1.0000000123]}
    document["unfolded"] |= {"depth": 4, "reason": None}
    shown = _as_text(document)
    assert "amplitude 1.00000001, noise 0.3333333333333333, wanted error 1e-7" in shown
    assert "as coefficients of normalised atoms" in shown
    assert "x[5] = -1.0000000123" in shown
    page = _as_page(document)
    assert "entries up to 1.00000001 and noise up to 0.3333333333333333" in page
    assert "layers to an error of 1e-7" in page
    assert "as coefficients of normalised atoms" in page
    assert "x[5] = -1.0000000123" in page


def test_bounds_of_the_unfolded_network_are_rounded_up(document: Any) -> None:
    document["unfolded"] |= {"bounds": [1.0, 0.123456789], "thresholds": [0.2500000001]}
    page = _as_page(document)
    assert "0.2500000001at most 1" in page
    document["unfolded"] |= {"thresholds": [0.25, 0.125]}
    assert "0.125at most 0.123457" in _as_page(document)


def test_norms_are_to_be_looked_at(document: Any) -> None:
    document["dictionary"]["norms"] = [0.12345678, None]
    assert "Normsabout 0.123457 to unknown" in _as_page(document)


def test_what_is_unknown_has_no_bound(document: Any) -> None:
    for figure in _figures(document):
        figure |= {"value": None, "error": None}
    shown = _as_text(document)
    assert "rate q      unknown  [" in shown
    assert "infinite" not in shown
    for word in ("at most", "at least"):
        assert f"unknown ({word})" not in shown
        assert f"{word} unknown" not in _as_page(document)
