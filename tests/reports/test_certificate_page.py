"""The page of a certificate: what is in the document is on the page, as text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.reports.certificate import document as as_document
from sparsebound.reports.certificate import text
from sparsebound.reports.html.certificate import certificate_page
from tests.reports.test_pages import EVIL, Elements


@pytest.fixture
def document(certificate: Path) -> Any:
    return json.loads((certificate / "certificate.json").read_text(encoding="utf-8"))


FIGURE = {"value": 0.5, "kind": "upper", "theorem": "rate.unfolded", "error": 0.0}
NETWORK = {
    "certified": False,
    "reason": EVIL,
    "cross_coherence": FIGURE,
    "diagonal": FIGURE,
    "diagonal_column": 7,
    "layers": [
        {
            "layer": 0,
            "certified": False,
            "bound": None,
            "column": 9,
            "threshold": 0.25,
            "needed": FIGURE,
            "short": 0.1875,
        }
    ],
}
PRUNE = {
    "from": 1,
    "to": 2,
    "reached": False,
    "steps": [
        {
            "action": EVIL,
            "atom": 11,
            "partner": 13,
            "coherence": FIGURE,
            "sparsity": 1,
            "cost": None,
        }
    ],
    "front": [
        {
            "sparsity": 2,
            "promised": 1234,
            "most": 56789,
            "because": "groups",
            "atoms": list(range(100, 2100)),
            "theorem": "selection.front",
        }
    ],
}
ATTACK = {
    "found": {**FIGURE, "value": 0.4375},
    "bound": FIGURE,
    "layers": 3,
    "tried": 1234,
    "support": [5],
    "values": [-0.8125],
}


def test_everything_in_the_document_is_on_the_page(document: Any) -> None:
    shown = Elements(certificate_page(document)).text
    facts = document["dictionary"]
    assert f"{facts['coherence']['value']:.6g}" in shown
    assert f"of atoms {facts['pair'][0]} and {facts['pair'][1]}" in shown
    for entry in document["guarantees"]:
        assert entry["condition"] in shown
        assert entry["theorem"] in shown
    for row in document["by_sparsity"]:
        for constant in row["constants"]:
            assert constant["formula"] in shown
    for entry in document["codes"]["properties"]:
        assert f"{entry['certified']} ({100 * entry['share']:.3g}%)" in shown
    assert f"{document['unfolded']['depth']} layers" in shown


def test_a_network_an_attack_and_advice_are_shown_as_text(document: Any) -> None:
    document |= {"network": NETWORK, "prune": PRUNE, "attack": ATTACK, "notes": [EVIL]}
    document["input"]["file"] = EVIL
    shown = Elements(certificate_page(document))
    assert shown.text.count(EVIL) >= 4
    assert [tag for tag, _ in shown.found].count("script") == 1
    assert "img" not in [tag for tag, _ in shown.found]
    for part in ("not certified", "0.1875", "column 7", "1,234", "x[5] = -0.8125", "not reached"):
        assert part in shown.text


def test_unknown_and_missing_numbers_have_a_place(document: Any) -> None:
    document["dictionary"]["spark"]["value"] = None
    document["dictionary"] |= {"pair": None, "gram": None}
    for figure in document["dictionary"]["babel"]:
        figure["value"] = 0.0
    document["unfolded"] |= {"depth": None, "reason": "q is not below 1", "bounds": []}
    document["codes"] = None
    page = certificate_page(document)
    assert "at least unknown" not in page
    assert re.search(r"unknown\s+<", page)
    assert "none: q is not below 1" in page
    assert "Atoms by their largest inner product" in page
    assert "Babel function</h3>" not in page


def test_what_a_step_costs_is_not_shown_where_no_codes_say_it(document: Any) -> None:
    document["prune"] = PRUNE
    assert "<td>1</td><td>-</td></tr>" in certificate_page(document)
    step = {**PRUNE["steps"][0], "cost": 0.0625}
    document["prune"] = {**PRUNE, "steps": [step]}
    assert "<td>about 0.0625</td></tr>" in certificate_page(document)


def test_what_a_step_costs_is_between_its_bounds(document: Any) -> None:
    price = {
        "least": {**FIGURE, "value": 0.03125, "kind": "lower", "theorem": "selection.cost"},
        "most": {**FIGURE, "value": 0.125, "theorem": "selection.cost"},
    }
    limit = {**FIGURE, "value": 0.625, "theorem": "selection.merge"}
    step = {**PRUNE["steps"][0], "cost": 0.0625, "price": price, "limit": limit}
    document["prune"] = {**PRUNE, "steps": [step]}
    page = Elements(certificate_page(document)).text
    for part in ("at least 0.03125", "at most 0.125", "always at most 0.625"):
        assert part in " ".join(page.split())
    said = text(document)
    assert "0.5 (at most) (always at most 0.625 [selection.merge])" in said
    assert "relative error of signals about 0.0625 (0.03125 to 0.125)" in said
    assert "[selection.cost]" in said


def test_which_atoms_to_keep_has_a_place_and_steps_where_there_are_any(document: Any) -> None:
    document["prune"] = PRUNE
    shown = Elements(certificate_page(document)).text
    for part in ("below 1/3", "1,234", "2,000", "56,789 (groups)", "100, 101", "115, ..."):
        assert part in shown
    assert "116" not in shown
    document["prune"] = {**PRUNE, "steps": None}
    assert "Steps are not taken" in Elements(certificate_page(document)).text
    assert "selection.front" in certificate_page(document)


def test_the_gram_matrix_is_kept_to_three_digits(document: Any) -> None:
    gram = document["dictionary"]["gram"]
    assert len(gram) == document["dictionary"]["atoms"] == 40
    assert all(gram[i][i] == 1.0 for i in range(40))
    i, j = document["dictionary"]["pair"]
    assert abs(abs(gram[i][j]) - document["dictionary"]["coherence"]["value"]) <= 0.0005


@pytest.mark.parametrize("amplitude", [5e-324, 1e-3, 1.7e308])
@pytest.mark.parametrize("tolerance", [5e-324, 1e-310, 1e-3])
def test_sizes_at_the_ends_of_the_range_are_drawn(amplitude: float, tolerance: float) -> None:
    found = certify([[1, 0, 3], [0, 1, 4]], amplitude=amplitude, tolerance=tolerance)
    assert "Certified error" in certificate_page(as_document(found)) or amplitude <= tolerance


def test_the_tiles_show_what_was_asked_about(document: Any) -> None:
    page = certificate_page(document)
    assert "certified rate q" in page
    network = {**NETWORK, "certified": True}
    layer = {**NETWORK["layers"][0], "certified": True, "bound": FIGURE}
    page = certificate_page({**document, "network": {**network, "layers": [layer]}})
    assert "<b>certified</b> your network" in page
    assert "<b>1 of 1</b> of its layers certified" in page
    assert "certified rate q" not in page
    assert "<b>not certified</b> your network" in certificate_page({**document, "network": NETWORK})


def test_theorems_are_links_to_their_statements(document: Any) -> None:
    page = certificate_page(document)
    for name in ("rate.depth", "uniqueness.coherence"):
        assert f'href="#{name}"><code>{name}</code></a>' in page
        assert f'<article id="{name}">' in page
    assert page.count('<article id="') == len(set(re.findall(r'<article id="([^"]*)"', page)))
