"""The page of ``sparsebound train``: strategies side by side, and what they do not show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from sparsebound.reports.html import charts, pictures
from sparsebound.reports.html.environment import render
from sparsebound.reports.html.networks import network_sentences, weights_sentences
from sparsebound.reports.networks import network_summaries
from sparsebound.reports.training import (
    BASELINE,
    GallerySignal,
    SideBySide,
    StrategySummary,
    TrainingResults,
    UsedAtom,
    summaries,
)
from sparsebound.reports.unlabelled import FeatureSummary, UnlabelledResults

SENTENCE = 1
"""Which of the reported radii the first sentence is about."""
SHOWN = 56
"""Pixels of a picture."""


def training_page(results: TrainingResults) -> str:
    """Write the page of all runs of a command.

    Parameters
    ----------
    results : TrainingResults

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    rows, networks = summaries(results), network_summaries(results.networks)
    best = recommended(rows)
    shown = best.strategy if best else results.strategies[0]
    side = side_of(results)
    first = results.of(shown)[0]
    return render(
        "training.html",
        title=f"sparsebound: training on {results.data}",
        results=results,
        rows=rows,
        sentences=sentences(results, rows),
        levels=[f"{results.percents[k]:g}" for k in results.reported],
        curves=[(strategy, _curve(results, strategy)) for strategy in results.strategies],
        shown=shown,
        gallery=[_pictured(entry, side) for entry in first.gallery] if side else [],
        atoms=drawn_atoms(results),
        logs=[run for run in results.runs if run.log],
        networks=networks,
        network_sentences=network_sentences(networks),
        unclaimed=[*unclaimed(results, rows), *weights_sentences(networks)],
        percent=percent,
        norm=f"{results.norm:.3g}",
    )


def percent(value: float) -> str:
    """Write a share.

    Parameters
    ----------
    value : float

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.9512)
    '95.1%'
    """
    return f"{100 * value:.1f}%"


def recommended(rows: list[StrategySummary]) -> StrategySummary | None:
    """Find the strategy with sparse features that certifies most at the radius of the sentence.

    Parameters
    ----------
    rows : list of StrategySummary

    Returns
    -------
    StrategySummary or None
        None if only the baseline was trained.
    """
    sparse = [row for row in rows if row.strategy != BASELINE]
    return max(sparse, key=lambda row: row.certified[SENTENCE].mean, default=None)


def sentences(results: TrainingResults, rows: list[StrategySummary]) -> list[str]:
    """Say in a sentence what was found, and in another what the baseline does.

    Parameters
    ----------
    results : TrainingResults
    rows : list of StrategySummary

    Returns
    -------
    list of str
    """
    best, baseline = recommended(rows), _row(rows, BASELINE)
    level = f"{results.percents[results.reported[SENTENCE]]:g}% of the norm"
    said = []
    if best:
        active = f"{best.active.mean:.1f} of {results.atoms} atoms" if best.active else "no atoms"
        said.append(
            f"{best.strategy}: {percent(best.accuracy.mean)} right, {active}, "
            f"{percent(best.certified[SENTENCE].mean)} of the test set certified at {level}; the "
            f"attack leaves {percent(best.left[SENTENCE].mean)}."
        )
    if baseline:
        said.append(
            f"A 1-Lipschitz network, without sparse features: {percent(baseline.accuracy.mean)} "
            f"right, {percent(baseline.certified[SENTENCE].mean)} certified at {level}."
        )
    return said


def unclaimed(results: TrainingResults, rows: list[StrategySummary]) -> list[str]:
    """Say what must not be read out of the page, by the numbers that are on it.

    Parameters
    ----------
    results : TrainingResults
    rows : list of StrategySummary

    Returns
    -------
    list of str
    """
    seeds = max(row.seeds for row in rows)
    counted = f"{seeds} seed{'' if seeds == 1 else 's'}"
    return [
        *_robustness(results, rows),
        *_sparsity(rows),
        *_published(rows),
        f"Not that other data or seeds give the same: shares are of {results.test:,} test signals, "
        f"over {counted}, for one layer of features with a linear head. Differences within the "
        "spread of seeds say nothing, and nothing here is a bound on generalisation.",
        "Not that a network of a few layers is certified: radii are about exact minimisers, as "
        "``sparsebound certify`` proves them, or about the top-k codes of exact arithmetic.",
        "Not that what the attack leaves is safe: an attack that finds nothing proves nothing. The "
        "truth lies between the two curves. Distances are Euclidean, of other norms nothing is "
        "said.",
        "Not that unique features are the code by which nature made a signal: unique is the "
        "minimiser, for this dictionary and these thresholds.",
    ]


def _robustness(results: TrainingResults, rows: list[StrategySummary]) -> list[str]:
    baseline = _row(rows, BASELINE)
    sparse = [row for row in rows if row.strategy != BASELINE]
    buys = "Sparse features buy features that are sparse, unique and can be looked at."
    if not baseline or not sparse:
        return [
            "Not that sparse features are more robust than others: the honest baseline, a "
            f"1-Lipschitz network, was not trained next to them (``--strategy {BASELINE}``). {buys}"
        ]
    pairs, behind = [], 0
    for place, k in enumerate(results.reported):
        best = max(sparse, key=lambda row: row.certified[place].mean)
        theirs, ours = baseline.certified[place].mean, best.certified[place].mean
        behind += theirs >= ours
        pairs.append(
            f"{percent(theirs)} against {percent(ours)} ({best.strategy}) at "
            f"{results.percents[k]:g}%"
        )
    count = f"{behind} of {len(pairs)}"
    return [
        "Not that sparse features are more robust. A 1-Lipschitz network certifies, against the "
        f"best strategy with sparse features at each radius, {', '.join(pairs)}: it is level or "
        f"ahead at {count} radii, and {percent(baseline.accuracy.mean)} right. {buys}"
    ]


def _published(rows: list[StrategySummary]) -> list[str]:
    known = [row for row in rows if row.published]
    if not known:
        return []
    best = max(known, key=lambda row: row.published[SENTENCE].mean)
    return [
        "Not that the published certificate is bad: its authors train for it, with a penalty on "
        "coherence and few atoms. What is shown is what it proves for the networks here, at most "
        f"{percent(best.published[SENTENCE].mean)} ({best.strategy}) where ours proves "
        f"{percent(best.certified[SENTENCE].mean)}; later certificates were not run."
    ]


def _sparsity(rows: list[StrategySummary]) -> list[str]:
    plain, said = _row(rows, "plain"), of_coherence(rows)
    for name, words in (("l1", "an l1 penalty"), ("hoyer", "a Hoyer penalty")):
        row = _row(rows, name)
        if plain and row and plain.active and row.active:
            apart = abs(row.accuracy.mean - plain.accuracy.mean)
            reach = max(x.accuracy.largest - x.accuracy.least for x in (plain, row))
            within = "within" if apart <= reach else "beyond"
            said.append(
                f"Not that sparser features are better ones: {words} took "
                f"active atoms from {plain.active.mean:.1f} to {row.active.mean:.1f}, and the "
                f"share that is right from {percent(plain.accuracy.mean)} to "
                f"{percent(row.accuracy.mean)}, which is {within} the spread of seeds."
            )
    return said


def of_coherence(rows: Sequence[StrategySummary | FeatureSummary]) -> list[str]:
    """Say what a penalty on coherence did, where it was tried.

    Parameters
    ----------
    rows : sequence of StrategySummary or FeatureSummary

    Returns
    -------
    list of str
    """
    named = {row.strategy: row for row in rows}
    plain, dense = named.get("plain"), named.get("coherence")
    if not (plain and dense):
        return []
    if not (plain.active and dense.active and plain.coherence and dense.coherence):
        return []
    more = dense.active.mean > plain.active.mean
    return [
        "Not that small coherence means sparse features: a penalty on coherence took mu from "
        f"{plain.coherence.mean:.2f} to {dense.coherence.mean:.2f}, and features became "
        f"{'denser' if more else 'no denser'}, from {plain.active.mean:.1f} to "
        f"{dense.active.mean:.1f} active atoms."
    ]


def _row(rows: list[StrategySummary], strategy: str) -> StrategySummary | None:
    return next((row for row in rows if row.strategy == strategy), None)


def mean_curve(results: SideBySide[Any], strategy: str, name: str) -> list[float]:
    """Give the mean over seeds of shares at radii, in percent; nothing where there is none.

    Parameters
    ----------
    results : TrainingResults or UnlabelledResults
    strategy, name : str
        Of the shares: ``certified``, ``left``, ``published``.

    Returns
    -------
    list of float
    """
    curves = [curve for run in results.of(strategy) if (curve := getattr(run, name))]
    return [100 * float(value) for value in np.mean(curves, axis=0)] if curves else []


def _curve(results: TrainingResults, strategy: str) -> Markup:
    """Draw what is certified, also by the published certificate, what the attack leaves, the gap.

    The baseline is in grey.
    """
    grey = {"type": "line", "color": charts.GREY, "strokeDash": [2, 2], "aria": False}
    thin = {"type": "line", "color": charts.BLUE, "strokeWidth": 1, "aria": False}
    other = [] if strategy == BASELINE else mean_curve(results, BASELINE, "certified")
    published = mean_curve(results, strategy, "published")
    return gap_curve(results, strategy, [(other, grey), (published, thin)])


def gap_curve(
    results: TrainingResults | UnlabelledResults,
    strategy: str,
    further: Sequence[tuple[list[float], dict[str, Any]]] = (),
) -> Markup:
    """Draw what is certified by radius, what the attack leaves, and what is between them.

    Parameters
    ----------
    results : TrainingResults or UnlabelledResults
    strategy : str
    further : sequence of (list of float, dict)
        Other lines, of percents, and their marks.

    Returns
    -------
    Markup
    """
    certified = mean_curve(results, strategy, "certified")
    left = mean_curve(results, strategy, "left")
    rows = [
        {"x": x, "certified": low, "left": high}
        for x, low, high in zip(results.percents, certified, left, strict=True)
    ]

    def vertical(field: str) -> dict[str, Any]:
        axis = {"title": "% of the test set", "tickCount": 5}
        scale = {"domain": [0, 100]}
        return {"field": field, "type": "quantitative", "axis": axis, "scale": scale}

    axis = {"title": "radius, % of the norm", "tickCount": 6, "grid": False}
    x = {"field": "x", "type": "quantitative", "axis": axis, "scale": {"nice": False}}
    area = {"type": "area", "color": charts.ORANGE, "opacity": 0.2, "aria": False}
    sure = {"type": "line", "color": charts.BLUE, "aria": False}
    attacked = {"type": "line", "color": charts.ORANGE, "strokeDash": [5, 3], "aria": False}
    values = {"values": rows}
    gap = {"x": x, "y": vertical("certified"), "y2": {"field": "left"}}
    layers = [
        {"data": values, "mark": area, "encoding": gap},
        {"data": values, "mark": attacked, "encoding": {"x": x, "y": vertical("left")}},
        {"data": values, "mark": sure, "encoding": {"x": x, "y": vertical("certified")}},
    ]
    for line, mark in further:
        if line:
            points = [{"x": x, "y": y} for x, y in zip(results.percents, line, strict=True)]
            encoding = {"x": x, "y": vertical("y")}
            layers.insert(1, {"data": {"values": points}, "mark": mark, "encoding": encoding})
    places = ", ".join(
        f"{results.percents[k]:g}%: {certified[k]:.1f} certified, {left[k]:.1f} left"
        for k in results.reported
    )
    description = f"{strategy}: percent of the test set by radius; {places}"
    return charts._draw({"width": 215, "height": 130, "layer": layers}, description)


def drawn_atoms(
    results: TrainingResults | UnlabelledResults,
) -> list[tuple[str, list[tuple[UsedAtom, Markup]]]]:
    """Draw the atoms of the first run of each strategy, where signals are squares.

    Parameters
    ----------
    results : TrainingResults or UnlabelledResults

    Returns
    -------
    list of (str, list of (UsedAtom, Markup))
    """
    side = side_of(results)
    firsts = [(strategy, results.of(strategy)[0].atoms) for strategy in results.strategies]
    return [
        (strategy, [(a, _picture(a.atom, side, f"atom {a.number}")) for a in atoms])
        for strategy, atoms in firsts
        if atoms and side
    ]


def side_of(results: TrainingResults | UnlabelledResults) -> int:
    """Give the side of signals that are squares, or 0."""
    side = math.isqrt(results.shape[1])
    return side if side * side == results.shape[1] and side > 1 else 0


def _picture(values: Any, side: int, description: str, size: int = SHOWN) -> Markup:
    matrix = np.asarray(values, dtype=float).reshape(side, side)
    return pictures.heatmap(matrix, description=description, size=size)


def _pictured(entry: GallerySignal, side: int) -> dict[str, Any]:
    atoms = [
        (number, f"{code:.2g}", _picture(picture, side, f"atom {number}, code {code:.2g}"))
        for number, code, picture in zip(entry.atoms, entry.codes, entry.pictures, strict=True)
    ]
    return {
        "entry": entry,
        "image": _picture(entry.image, side, f"test signal {entry.signal}, a {entry.label}", 96),
        "fit": _picture(entry.fit, side, "its fit by the atoms", 96),
        "attacked": None
        if entry.distance is None
        else _picture(entry.attacked, side, f"the label changes to {entry.seen_as}", 96),
        "atoms": atoms,
        "radius": f"{entry.radius:.3g}",
        "distance": "" if entry.distance is None else f"{entry.distance:.3g}",
    }
