"""The page of a certificate: what is guaranteed for one dictionary, network or set of codes."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from sparsebound.reports.certificate.codes import nonzeros, searched, why
from sparsebound.reports.certificate.encoder import confused, off, share, window
from sparsebound.reports.certificate.figures import PLACES, bound, left_out, number
from sparsebound.reports.certificate.labels import by_signs, surviving, weak_label, weights
from sparsebound.reports.certificate.nearly_sparse import beyond, told
from sparsebound.reports.certificate.networks import refuted
from sparsebound.reports.certificate.pairs import product
from sparsebound.reports.certificate.predictions import steady, weak_signal
from sparsebound.reports.certificate.solutions import beaten
from sparsebound.reports.html import charts, pictures
from sparsebound.reports.html.environment import render
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.guarantees.decimals import about, down, given, percent, up

VERSIONS = ("independent", "coherence", "babel", "local")
NAMED_BY = ("theorem", "gap_theorem", "errors_theorem", "signs_theorem")
"""What names a theorem in any part of a certificate."""

SIGNS = {
    "exact": "",
    "upper": "\N{LESS-THAN OR EQUAL TO} ",
    "lower": "\N{GREATER-THAN OR EQUAL TO} ",
}


def certificate_page(document: dict[str, Any]) -> str:
    """Write the page of a certificate.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.certificate.document`.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    facts = document["dictionary"]
    codes = document["codes"]
    return render(
        "certificate.html",
        title=f"sparsebound: certificate of {document['input']['file']}",
        **document,
        theorems={
            name: catalogue()[name] for name in sorted(_named(document)) if name in catalogue()
        },
        tiles=_tiles(document),
        gram=_gram(facts),
        babel=_babel(facts),
        versions=[v for v in VERSIONS if v in {g["version"] for g in document["guarantees"]}],
        table=_table(document["guarantees"]),
        depth=_depth(document["unfolded"], document["settings"]),
        nonzeros="" if codes is None else nonzeros(codes),
        margins=[] if codes is None else list(map(_margins, codes["properties"])),
        **{
            tool.__name__: tool
            for tool in (
                about,
                beaten,
                beyond,
                bound,
                by_signs,
                confused,
                down,
                given,
                left_out,
                number,
                off,
                percent,
                product,
                refuted,
                searched,
                share,
                steady,
                surviving,
                told,
                up,
                weak_label,
                weak_signal,
                weights,
                why,
                window,
            )
        },
    )


def _named(value: Any) -> set[str]:
    """Collect the identifiers of theorems that any part of a certificate names."""
    if isinstance(value, dict):
        names = map(value.get, NAMED_BY)
        own = {name for name in names if isinstance(name, str)}
        return own.union(*map(_named, value.values()))
    return set().union(*map(_named, value)) if isinstance(value, list | tuple) else set()


def _tiles(document: dict[str, Any]) -> list[tuple[str, str]]:
    facts, unfolded = document["dictionary"], document["unfolded"]
    most = max((entry["largest"] for entry in document["guarantees"]), default=0)
    tiles = [
        ("coherence", _short(facts["coherence"])),
        ("most nonzeros with a guarantee", str(most)),
    ]
    if document["network"]:  # what was asked about, and not what a network could do
        tiles += _network(document["network"])
    else:
        depth = "none" if unfolded["depth"] is None else str(unfolded["depth"])
        wanted = given(document["settings"]["tolerance"])
        tiles += [
            ("certified rate q", _short(unfolded["q"])),
            (f"layers to an error of {wanted}", depth),
        ]
    if document["codes"]:
        best = max(document["codes"]["properties"], key=lambda entry: entry["certified"])
        share = percent(best["certified"], document["codes"]["count"])
        tiles.append((f"of your codes certified: {best['property']}", share))
    if read := document.get("labels"):
        share = percent(read["certified"], read["count"])
        tiles.append((f"of your labels survive noise of {given(read['asked'])}", share))
    found = document.get("predictions")
    if found:
        tiles.append(("of your signals, unique features", percent(found["unique"], found["count"])))
        if found["within"]:
            entry = found["within"][0]
            name = f"right and certified within {given(entry['radius'])}"
            tiles.append((name, percent(entry["certified"], found["count"])))
    return tiles


def _network(network: dict[str, Any]) -> list[tuple[str, str]]:
    """What is said of a network that was given."""
    layers = network["layers"]
    passed = sum(layer["certified"] for layer in layers)
    tiles = [("your network", "certified" if network["certified"] else "not certified")]
    if layers:
        tiles.append(("of its layers certified", f"{passed} of {len(layers)}"))
    if network["certified"] and layers and layers[-1]["bound"]:
        tiles.append((f"error after layer {layers[-1]['layer']}", _short(layers[-1]["bound"])))
    return tiles


def _short(figure: dict[str, Any]) -> str:
    return f"{bound(figure, SIGNS)}{number(figure, PLACES)}"


def _gram(facts: dict[str, Any]) -> Markup | None:
    """Draw the Gram matrix or, of a large dictionary, the largest inner product of each atom."""
    if facts.get("gram"):
        pair = f"; the largest off the diagonal is of {facts['pair']}" if facts["pair"] else ""
        description = f"Gram matrix of {facts['atoms']} normalised atoms{pair}"
        return pictures.heatmap(facts["gram"], description=description, size=320)
    counts, edges = facts["histogram"]["counts"], facts["histogram"]["edges"]
    if not sum(counts):
        return None
    return charts.histogram(
        [f"{edge:.2g}" for edge in edges[1:]],
        counts,
        title="largest |<d_i, d_j>| of an atom",
        description=f"Atoms by their largest inner product, from 0 to 1; {sum(counts):,} atoms",
    )


def _babel(facts: dict[str, Any]) -> Markup | None:
    """Draw the Babel function against k times the Welch bound, and against 1.

    The former bounds the latter for ``k < sqrt(n - 1)`` (Foucart, Rauhut 2013, A mathematical
    introduction to compressive sensing, Theorem 5.8).
    """
    figures = facts["babel"]
    values = [figure["value"] for figure in figures]
    welch, atoms = facts["welch"]["value"] or 0.0, facts["atoms"]
    if len(values) < 2 or not any(values):
        return None
    reach = [k for k in range(1, len(values) + 1) if k * k < atoms - 1]
    return charts.lines(
        {
            "Babel function": values,
            "1, where guarantees end": [1.0] * len(values),
            "least by Welch": [k * welch for k in reach],
        },
        start=1,
        x="k",
        y="mu_1(k)",
        log=True,
        description=f"Babel function at k = 1 to {len(values)}, from {_short(figures[0])} to "
        f"{_short(figures[-1])}, against the least that the Welch bound allows, and 1",
    )


def _table(guarantees: list[dict[str, Any]]) -> list[tuple[str, dict[str, dict[str, Any]]]]:
    """Arrange guarantees: for each property, by version."""
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in guarantees:
        rows.setdefault(entry["property"], {})[entry["version"]] = entry
    return list(rows.items())


def _depth(unfolded: dict[str, Any], settings: dict[str, Any]) -> Markup | None:
    bounds = unfolded["bounds"]
    if len(bounds) < 2 or not max(bounds) > 0:
        return None
    return charts.lines(
        {"certified error": bounds, "tolerance": [settings["tolerance"]] * len(bounds)},
        start=0,
        x="layers",
        y="error",
        log=True,
        description=f"Certified error after 0 to {len(bounds) - 1} layers, from "
        f"{up(bounds[0], PLACES)} to {up(bounds[-1], PLACES)}, at most",
    )


def _margins(entry: dict[str, Any]) -> dict[str, Any]:
    """Add a picture of the margins; codes with a positive one are certified."""
    margins = entry["margins"]
    counts, edges = margins["counts"], margins["edges"]
    within = [edge for edge in edges[1:] if edge <= 0]
    shown = sum(counts) and all(map(math.isfinite, edges))
    picture = pictures.spark(
        counts,
        len(within),
        description=f"Margins of {sum(counts):,} codes from {down(margins['least'], PLACES)} to "
        f"{down(margins['largest'], PLACES)}; right of the line they are positive",
        good="beyond",
    )
    return {**entry, "picture": picture if shown else None}
