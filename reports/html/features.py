"""The page of ``sparsebound train`` for signals without labels: what is known of their features."""

from __future__ import annotations

from sparsebound.reports.html.environment import render
from sparsebound.reports.html.training import (
    SENTENCE,
    drawn_atoms,
    gap_curve,
    of_coherence,
    percent,
)
from sparsebound.reports.unlabelled import (
    FeatureSummary,
    UnlabelledResults,
    feature_summaries,
)


def features_page(results: UnlabelledResults) -> str:
    """Write the page of all runs of a command, of signals without labels.

    Parameters
    ----------
    results : UnlabelledResults

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    rows = feature_summaries(results)
    return render(
        "features.html",
        title=f"sparsebound: features of {results.data}",
        results=results,
        rows=rows,
        sentence=feature_sentence(results, rows),
        levels=[f"{results.percents[k]:g}" for k in results.reported],
        curves=[(strategy, gap_curve(results, strategy)) for strategy in results.strategies],
        shown=_sparsest(rows).strategy,
        atoms=drawn_atoms(results),
        logs=[run for run in results.runs if run.log],
        unclaimed=unclaimed_features(results, rows),
        percent=percent,
        norm=f"{results.norm:.3g}",
    )


def _sparsest(rows: list[FeatureSummary]) -> FeatureSummary:
    return min(rows, key=lambda row: row.active.mean)


def feature_sentence(results: UnlabelledResults, rows: list[FeatureSummary]) -> str:
    """Say what was found, of the strategy with the sparsest features.

    Parameters
    ----------
    results : UnlabelledResults
    rows : list of FeatureSummary

    Returns
    -------
    str
    """
    best, level = _sparsest(rows), f"{results.percents[results.reported[SENTENCE]]:g}%"
    return (
        f"{best.strategy}: {best.active.mean:.1f} of {results.atoms} atoms, which leave "
        f"{percent(best.misfit.mean)} of a signal; features of {percent(best.unique.mean)} of the "
        f"test set are provably the only ones, and {percent(best.certified[SENTENCE].mean)} are "
        f"certified to use no other atoms within {level} of the norm; the attack leaves "
        f"{percent(best.left[SENTENCE].mean)}."
    )


def unclaimed_features(results: UnlabelledResults, rows: list[FeatureSummary]) -> list[str]:
    """Say what must not be read out of the page, by the numbers that are on it.

    Parameters
    ----------
    results : UnlabelledResults
    rows : list of FeatureSummary

    Returns
    -------
    list of str
    """
    seeds = max(row.seeds for row in rows)
    counted = f"{seeds} seed{'' if seeds == 1 else 's'}"
    return [
        *_fit(rows),
        *of_coherence(rows),
        "Not that features lose their meaning further away: a feature that is nearly 0 leaves at "
        "once, and what is read out of it hardly moves. How far a label stays is certified where "
        "signals have labels.",
        "Not that what the attack leaves is safe: it looks where the first atom leaves and where "
        "the first one enters, and the truth lies between the two curves. Distances are "
        "Euclidean, of other norms nothing is said.",
        "Not that a network of that depth uses no further atoms: it is shown to use all that the "
        f"features use, for {_known(rows)} of the test set, and nothing is known of the others.",
        f"Not that other data or seeds give the same: shares are of {results.test:,} test signals, "
        f"over {counted}. Differences within the spread of seeds say nothing, and nothing here is "
        "a bound on generalisation.",
        "Not that unique features are the code by which nature made a signal: unique is the "
        "minimiser, for this dictionary and these thresholds.",
    ]


def _known(rows: list[FeatureSummary]) -> str:
    least = min(row.known.mean for row in rows)
    most = max(row.known.mean for row in rows)
    return percent(least) if least == most else f"{percent(least)} to {percent(most)}"


def _fit(rows: list[FeatureSummary]) -> list[str]:
    """Say what sparser features cost, where strategies differ."""
    sparse, close = _sparsest(rows), min(rows, key=lambda row: row.misfit.mean)
    if sparse is close:
        return []
    return [
        f"Not that sparser features are better ones: {sparse.strategy} uses "
        f"{sparse.active.mean:.1f} atoms and leaves {percent(sparse.misfit.mean)} of a signal, "
        f"{close.strategy} uses {close.active.mean:.1f} and leaves {percent(close.misfit.mean)}."
    ]
