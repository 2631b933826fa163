"""Other networks of ``sparsebound train``: records that JSON holds, and sums over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sparsebound.reports.codec import JsonRecord
from sparsebound.reports.spreads import SeedSpread


@dataclass(frozen=True)
class WeightsRate(JsonRecord):
    """What ``rate.alista`` says of weights, if exact features of test signals are the codes.

    Then ``e`` is what features leave of a signal, and errors tend to ``2 nu/(1 - q)``, where ``q =
    (2s-1) mu(W, D)``, ``nu = ||W^T e||_inf``. In float64.

    Attributes
    ----------
    coherence : float
        ``mu(D)``.
    cross_coherence : float or None
        ``mu(W, D)``; None where a product ``<w_i, d_i>`` is not positive.
    linear : float
        The share of test signals with ``q < 1``.
    told : float
        The share where, besides, errors tend to less than the largest entry of the code.
    noise : float or None
        The median of ``nu``, as a multiple of that entry; None as above.
    """

    coherence: float
    cross_coherence: float | None
    linear: float
    told: float
    noise: float | None


@dataclass(frozen=True)
class NetworkRun(JsonRecord):
    """One network, one seed; nothing is certified of it.

    Attributes
    ----------
    settings : str
        Digest of what decides the result.
    strategy : str
        The name of the network and its penalty.
    accuracy : float
    active : float
        Features that are not 0, in the mean over test signals.
    features : int
        How many there are.
    hoyer : float
        The mean Hoyer sparsity.
    rate : WeightsRate or None
        Of unfolded networks of a dictionary.
    seconds : float
        CPU time.
    losses : tuple of float
        Means over the batches of an epoch.
    """

    settings: str
    strategy: str
    seed: int
    accuracy: float
    active: float
    features: int
    hoyer: float
    rate: WeightsRate | None
    seconds: float
    losses: tuple[float, ...]


@dataclass(frozen=True)
class RateSummary:
    """Sums of :class:`WeightsRate` over seeds."""

    coherence: SeedSpread
    cross_coherence: SeedSpread | None
    linear: SeedSpread
    told: SeedSpread
    noise: SeedSpread | None


@dataclass(frozen=True)
class NetworkSummary:
    """A row of the table; ``network`` and ``penalty`` are the parts of the name."""

    strategy: str
    seeds: int
    accuracy: SeedSpread
    active: SeedSpread
    features: int
    hoyer: SeedSpread
    rate: RateSummary | None
    seconds: float

    @property
    def network(self) -> str:
        """Without the penalty."""
        return self.strategy.partition("+")[0]

    @property
    def penalty(self) -> str:
        """Empty where there is none."""
        return self.strategy.partition("+")[2]


def network_summaries(runs: Sequence[NetworkRun]) -> list[NetworkSummary]:
    """Sum up over seeds, a row a network and penalty.

    Parameters
    ----------
    runs : sequence of NetworkRun

    Returns
    -------
    list of NetworkSummary
    """
    names = dict.fromkeys(run.strategy for run in runs)
    return [_summary([run for run in runs if run.strategy == name]) for name in names]


def _summary(runs: Sequence[NetworkRun]) -> NetworkSummary:
    def over(name: str) -> SeedSpread:
        return SeedSpread.over([getattr(run, name) for run in runs])

    return NetworkSummary(
        runs[0].strategy,
        len(runs),
        over("accuracy"),
        over("active"),
        runs[0].features,
        over("hoyer"),
        _rates([run.rate for run in runs if run.rate is not None]),
        over("seconds").mean,
    )


def _rates(rates: Sequence[WeightsRate]) -> RateSummary | None:
    if not rates:
        return None

    def over(name: str) -> SeedSpread:
        return SeedSpread.over([getattr(rate, name) for rate in rates])

    return RateSummary(
        over("coherence"),
        SeedSpread.of_known([rate.cross_coherence for rate in rates]),
        over("linear"),
        over("told"),
        SeedSpread.of_known([rate.noise for rate in rates]),
    )
