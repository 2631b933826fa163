"""What ``sparsebound train`` finds in signals without labels: records that JSON holds, and sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from sparsebound.reports.codec import JsonRecord, Length
from sparsebound.reports.spreads import SeedSpread
from sparsebound.reports.training import (
    SCHEMA,
    TRAINING,
    BrokenCertificate,
    SideBySide,
    UsedAtom,
)

OF_FEATURES = f"{TRAINING} of features"


@dataclass(frozen=True)
class LoggedMisfit(JsonRecord):
    """Means over the batches of an epoch, without labels."""

    epoch: int
    loss: float
    active: float


@dataclass(frozen=True)
class UnlabelledRun(JsonRecord):
    """One strategy, one seed, of signals without labels: what is known of test signals' features.

    Attributes
    ----------
    settings : str
        As in :class:`TrainingRun`.
    misfit : float
        The median of ``||y - D z|| / ||y||``.
    active, coherence : float
        Atoms in use in the mean, and ``mu``.
    unique, undecided : int
        Signals whose features are provably the only ones, and those where rounding leaves it open.
    gap : float or None
        The median, from below, of the least gap of an atom that is not used; None where all are.
    certified, left : tuple of float
        Shares of test signals at the radii of the grid: certified to use no other atoms, and left
        by the attack.
    broken : tuple of BrokenCertificate
    known : int
        Signals for which a depth is known.
    depth : int or None
        The layers of FISTA that use all atoms of half of these signals, at least.
    seconds : float
        CPU time.
    """

    settings: str
    strategy: str
    seed: int
    misfit: float
    active: float
    coherence: float
    unique: int
    undecided: int
    gap: float | None
    certified: tuple[float, ...]
    left: Annotated[tuple[float, ...], Length("certified")]
    broken: tuple[BrokenCertificate, ...]
    known: int
    depth: int | None
    seconds: float
    log: tuple[LoggedMisfit, ...]
    atoms: tuple[UsedAtom, ...]


@dataclass(frozen=True)
class UnlabelledResults(JsonRecord, SideBySide[UnlabelledRun]):
    """All runs of a command, of signals without labels.

    Attributes
    ----------
    data, digest, shape, atoms, test, norm, epochs, percents, reported, command, versions
        As in :class:`TrainingResults`.
    """

    data: str
    digest: str
    shape: Annotated[tuple[int, ...], Length(2)]
    atoms: int
    test: int
    norm: float
    epochs: int | None
    percents: tuple[float, ...]
    reported: tuple[int, ...]
    command: str
    versions: dict[str, Any]
    runs: tuple[UnlabelledRun, ...]

    def document(self) -> dict[str, Any]:
        """Give the JSON of ``results.json``.

        Returns
        -------
        dict
        """
        return {"schema": SCHEMA, "kind": OF_FEATURES, **self.to_json()}


@dataclass(frozen=True)
class FeatureSummary:
    """A row of the table; shares at the radii that are reported, ``depth`` of the seeds with one.

    ``unique`` and ``known`` are shares of test signals.
    """

    strategy: str
    seeds: int
    misfit: SeedSpread
    active: SeedSpread
    coherence: SeedSpread
    unique: SeedSpread
    gap: SeedSpread | None
    certified: tuple[SeedSpread, ...]
    left: tuple[SeedSpread, ...]
    known: SeedSpread
    depth: SeedSpread | None
    seconds: float


def feature_summaries(results: UnlabelledResults) -> list[FeatureSummary]:
    """Sum up over seeds, a row a strategy.

    Parameters
    ----------
    results : UnlabelledResults

    Returns
    -------
    list of FeatureSummary
    """
    return [_summary(results, strategy) for strategy in results.strategies]


def _summary(results: UnlabelledResults, strategy: str) -> FeatureSummary:
    runs = results.of(strategy)

    def over(name: str) -> SeedSpread:
        return SeedSpread.over([getattr(run, name) for run in runs])

    def shares(name: str) -> SeedSpread:
        return SeedSpread.over([getattr(run, name) / results.test for run in runs])

    return FeatureSummary(
        strategy,
        len(runs),
        over("misfit"),
        over("active"),
        over("coherence"),
        shares("unique"),
        SeedSpread.of_known([run.gap for run in runs]),
        results.spreads(strategy, "certified"),
        results.spreads(strategy, "left"),
        shares("known"),
        SeedSpread.of_known([run.depth for run in runs]),
        over("seconds").mean,
    )
