"""The tables that ``sparsebound train`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sparsebound.reports.networks import network_summaries
from sparsebound.reports.spreads import SeedSpread
from sparsebound.reports.training import SideBySide, TrainingResults, summaries
from sparsebound.reports.unlabelled import UnlabelledResults, feature_summaries

OTHER_NETWORKS = (
    "other networks, of which nothing is certified; active: features that are not 0, in the mean"
)
RATES = (
    "what rate.alista says of weights, in percent of test signals whose exact features are the "
    "code; nu is a multiple of its largest entry, of which errors end below 2 nu/(1 - q)"
)


def table(results: TrainingResults) -> str:
    """Write the table of strategies, a mean and from least to largest over seeds in each cell.

    Parameters
    ----------
    results : TrainingResults

    Returns
    -------
    str
    """
    levels = [f"{results.percents[k]:g}%" for k in results.reported]
    head = ["strategy", "right", "atoms", "mu", *(f"certified {level}" for level in levels)]
    rows = [[*head, "CPU s"]]
    for row in summaries(results):
        rows.append(
            [
                row.strategy,
                row.accuracy.shown(100),
                "-" if row.active is None else row.active.shown(),
                "-" if row.coherence is None else f"{row.coherence.mean:.2f}",
                *_pairs(row.certified, row.left),
                f"{row.seconds:.0f}",
            ]
        )
    return "\n".join(
        [
            f"{results.data}; {results.test:,} test signals, {results.atoms} atoms; mean (least to "
            "largest) over seeds",
            "certified .. left by the attack, in percent of the test set, at radii in percent of "
            "the median norm",
            "",
            *_aligned(rows),
            *_broken(results, "changed"),
            *_networks(results),
        ]
    )


def _networks(results: TrainingResults) -> list[str]:
    summed = network_summaries(results.networks)
    rows = [["network", "right", "active", "of", "Hoyer", "CPU s"]]
    for row in summed:
        cells = row.accuracy.shown(100), row.active.shown(), str(row.features)
        rows.append([row.strategy, *cells, row.hoyer.shown(1, 2), f"{row.seconds:.0f}"])
    rates = [["weights", "mu(D)", "mu(W, D)", "q < 1", "and says something", "median nu"]]
    for row in summed:
        if rate := row.rate:
            mu, nu = (
                "-" if part is None else part.shown(1, 2)
                for part in (rate.cross_coherence, rate.noise)
            )
            shares = rate.linear.shown(100), rate.told.shown(100)
            rates.append([row.strategy, rate.coherence.shown(1, 2), mu, *shares, nu])
    said = ["", OTHER_NETWORKS, "", *_aligned(rows)] if summed else []
    return [*said, "", RATES, "", *_aligned(rates)] if len(rates) > 1 else said


def _broken(results: SideBySide[Any], does: str) -> list[str]:
    return [
        f"BROKEN CERTIFICATE: {run.strategy}, seed {run.seed}, signal {found.signal}: "
        f"certified {found.certified:.6g}, {does} at {found.distance:.6g}"
        for run, found in results.broken
    ]


def _pairs(certified: Sequence[SeedSpread], left: Sequence[SeedSpread]) -> list[str]:
    pairs = zip(certified, left, strict=True)
    return [f"{100 * sure.mean:.1f} .. {100 * most.mean:.1f}" for sure, most in pairs]


def feature_table(results: UnlabelledResults) -> str:
    """Write the table of strategies for signals without labels, as :func:`table` does.

    Parameters
    ----------
    results : UnlabelledResults

    Returns
    -------
    str
    """
    levels = [f"same at {results.percents[k]:g}%" for k in results.reported]
    rows = [["strategy", "misfit", "atoms", "mu", "unique", "least gap", *levels, "depth", "CPU s"]]
    for row in feature_summaries(results):
        rows.append(
            [
                row.strategy,
                row.misfit.shown(100),
                row.active.shown(),
                f"{row.coherence.mean:.2f}",
                row.unique.shown(100),
                "-" if row.gap is None else f"{row.gap.mean:.3g}",
                *_pairs(row.certified, row.left),
                "-" if row.depth is None else f"{row.depth.mean:.0f}",
                f"{row.seconds:.0f}",
            ]
        )
    return "\n".join(
        [
            f"{results.data}; {results.test:,} test signals without labels, {results.atoms} atoms; "
            "mean (least to largest) over seeds",
            "misfit: median of ||y - D z||/||y||, in percent; unique: features that are provably "
            "the only ones, in percent [uniqueness.features]; least gap: median, from below",
            "same: certified to use no other atoms .. left by the attack, in percent of the test "
            "set, at radii in percent of the median norm [training.certified_radius]; depth: "
            "layers of FISTA that use all atoms of half of the signals [rate.label]",
            "",
            *_aligned(rows),
            *_broken(results, "uses other atoms"),
        ]
    )


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
    return [line.rstrip() for line in lines]
