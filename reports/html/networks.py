"""What the page of a training says of other networks, and of weights on real signals."""

from __future__ import annotations

from collections.abc import Sequence

from sparsebound.reports.networks import NetworkSummary


def network_sentences(rows: Sequence[NetworkSummary]) -> list[str]:
    """Say, of each network, which penalty made features sparsest, and at which cost.

    Parameters
    ----------
    rows : sequence of NetworkSummary

    Returns
    -------
    list of str
    """
    said = []
    for plain in rows:
        others = [row for row in rows if row.network == plain.network and row.penalty]
        if plain.penalty or not others:
            continue
        free = [row for row in others if _cost(plain, row) <= 0 or _within(plain, row)]
        best = min(free or others, key=lambda row: row.active.mean)
        cost = f"{100 * _cost(plain, best):.1f} points of accuracy"
        how = f"which is within the spread of seeds: {cost}" if best in free else f"at {cost}"
        if _cost(plain, best) <= 0:
            how = "at no cost in accuracy"
        less = f"from {_active(plain)} to {_active(best)}"
        fewer = "took active features" if best.active.mean < plain.active.mean else "did not help:"
        said.append(f"{plain.network}: {best.penalty} {fewer} {less}, {how}.")
    return said


def _cost(plain: NetworkSummary, row: NetworkSummary) -> float:
    return plain.accuracy.mean - row.accuracy.mean


def _within(plain: NetworkSummary, row: NetworkSummary) -> bool:
    """Whether accuracies differ by no more than seeds do without a penalty."""
    return _cost(plain, row) <= plain.accuracy.largest - plain.accuracy.least


def _active(row: NetworkSummary) -> str:
    return f"{100 * row.active.mean / row.features:.0f}%"


def weights_sentences(rows: Sequence[NetworkSummary]) -> list[str]:
    """Say what small cross coherence was worth, where weights were compared.

    Parameters
    ----------
    rows : sequence of NetworkSummary

    Returns
    -------
    list of str
    """
    known = {row.network: row for row in rows if row.rate}
    learned, analytic = (known.get(f"{name}-weights") for name in ("learned", "analytic"))
    if not (learned and analytic and learned.rate and analytic.rate):
        return []
    rate = analytic.rate
    if rate.cross_coherence is None or rate.noise is None:
        return []
    told = max(row.rate.told.mean for row in known.values() if row.rate)
    return [
        "Not that weights of small cross coherence suit real signals. Analytic weights have one "
        f"of {rate.cross_coherence.mean:.2f}, where the atoms have {rate.coherence.mean:.2f}, and "
        f"q < 1 for {100 * rate.linear.mean:.0f}% of the test signals; but they are long, and what "
        f"features leave of a signal is noise of {rate.noise.mean:.1f} times the largest entry to "
        f"them. The rate says something of {100 * told:.0f}% of the signals, whatever the weights, "
        f"and {100 * analytic.accuracy.mean:.1f}% are right with analytic weights, "
        f"{100 * learned.accuracy.mean:.1f}% with learned ones."
    ]
