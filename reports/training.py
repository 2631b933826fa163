"""What ``sparsebound train`` finds: records that JSON holds, and sums over seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

from sparsebound.reports.codec import JsonRecord, Length
from sparsebound.reports.fields import Fields
from sparsebound.reports.networks import NetworkRun
from sparsebound.reports.spreads import SeedSpread
from sparsebound.theory.errors import InputError

TRAINING, SCHEMA = "sparsebound training", 4
BASELINE = "1-lipschitz"
"""The strategy that is no sparse coding."""


@dataclass(frozen=True)
class LoggedEpoch(JsonRecord):
    """Means over the batches of an epoch."""

    epoch: int
    loss: float
    accuracy: float
    active: float


@dataclass(frozen=True)
class BrokenCertificate(JsonRecord):
    """A change, of a label or of atoms, that was found strictly inside a certified radius.

    That is decided again: exactly, or in balls for the baseline.
    """

    signal: int
    certified: float
    distance: float


@dataclass(frozen=True)
class UsedAtom(JsonRecord):
    """An atom, and the share of test signals that use it."""

    number: int
    share: float
    atom: tuple[float, ...]


@dataclass(frozen=True)
class GallerySignal(JsonRecord):
    """A test signal, its features, and the nearest label change that was found.

    Attributes
    ----------
    verdict : str
        ``certified`` at the middle radius, ``undecided`` there, or ``wrong``.
    attacked : tuple of float or None
        None where nothing was found.
    """

    verdict: str
    signal: int
    label: str
    predicted: str
    image: tuple[float, ...]
    fit: tuple[float, ...]
    atoms: tuple[int, ...]
    codes: Annotated[tuple[float, ...], Length("atoms")]
    pictures: Annotated[tuple[tuple[float, ...], ...], Length("atoms")]
    radius: float
    distance: float | None
    attacked: tuple[float, ...]
    seen_as: str


@dataclass(frozen=True)
class TrainingRun(JsonRecord):
    """One strategy, one seed.

    Attributes
    ----------
    settings : str
        Digest of what decides the result; a run is taken up again only by the same settings.
    active, coherence : float or None
        None for the baseline, which has no atoms.
    certified, left : tuple of float
        Shares of the test set at the radii of the grid: certified, and left by the attack.
    published : tuple of float
        What the published certificate of exact features proves there; empty where it does not
        apply.
    broken : tuple of BrokenCertificate
    inexact : int
        Looks of the attack at signals whose features could not be verified.
    seconds : float
        CPU time, of training and all that was measured.
    """

    settings: str
    strategy: str
    seed: int
    accuracy: float
    active: float | None
    coherence: float | None
    certified: tuple[float, ...]
    left: Annotated[tuple[float, ...], Length("certified")]
    published: Annotated[tuple[float, ...], Length("certified", or_empty=True)]
    broken: tuple[BrokenCertificate, ...]
    inexact: int
    seconds: float
    log: tuple[LoggedEpoch, ...]
    gallery: tuple[GallerySignal, ...]
    atoms: tuple[UsedAtom, ...]


class KeptRun(Protocol):
    """What runs of all kinds have."""

    @property
    def strategy(self) -> str:
        """Which strategy was trained."""
        ...

    @property
    def broken(self) -> tuple[BrokenCertificate, ...]:
        """The certificates that an attack broke."""
        ...


Run = TypeVar("Run", bound=KeptRun)


class SideBySide(Generic[Run]):
    """Runs of several strategies, each with several seeds."""

    runs: tuple[Run, ...]
    reported: tuple[int, ...]

    @property
    def strategies(self) -> list[str]:
        """Names, in the order in which they were asked for."""
        return list(dict.fromkeys(run.strategy for run in self.runs))

    def of(self, strategy: str) -> list[Run]:
        """List the runs of a strategy, one a seed.

        Parameters
        ----------
        strategy : str

        Returns
        -------
        list of TrainingRun or UnlabelledRun
        """
        return [run for run in self.runs if run.strategy == strategy]

    @property
    def broken(self) -> list[tuple[Run, BrokenCertificate]]:
        """All certificates that an attack broke."""
        return [(run, found) for run in self.runs for found in run.broken]

    def spreads(self, strategy: str, name: str) -> tuple[SeedSpread, ...]:
        """Sum shares up over seeds, at the radii that are reported; nothing where there is none.

        Parameters
        ----------
        strategy, name : str
            Of the shares: ``certified``, ``left``, ``published``.

        Returns
        -------
        tuple of SeedSpread
        """
        curves = [curve for run in self.of(strategy) if (curve := getattr(run, name))]
        places = self.reported if curves else ()
        return tuple(SeedSpread.over([curve[k] for curve in curves]) for k in places)


@dataclass(frozen=True)
class TrainingResults(JsonRecord, SideBySide[TrainingRun]):
    """All runs of a command.

    Attributes
    ----------
    data : str
        What was learned.
    digest : str
        Of signals and labels.
    shape : tuple of int
        Number and length of signals.
    classes, atoms, test : int
        ``test``: how many signals are kept for the test.
    norm : float
        The median norm of a signal.
    epochs : int or None
        How many were asked for; None where each strategy took its own number.
    percents : tuple of float
        The grid of radii, in percent of that norm.
    reported : tuple of int
        Which of them a table shows.
    networks : tuple of NetworkRun
        Other networks, of which nothing is certified.
    """

    data: str
    digest: str
    shape: Annotated[tuple[int, ...], Length(2)]
    classes: int
    atoms: int
    test: int
    norm: float
    epochs: int | None
    percents: tuple[float, ...]
    reported: tuple[int, ...]
    command: str
    versions: dict[str, Any]
    runs: tuple[TrainingRun, ...]
    networks: tuple[NetworkRun, ...]

    def document(self) -> dict[str, Any]:
        """Give the JSON of ``results.json``.

        Returns
        -------
        dict
        """
        return {"schema": SCHEMA, "kind": TRAINING, **self.to_json()}

    def check(self, where: str) -> None:
        """Refuse shares that are not of these radii, and places that are not on the grid.

        Parameters
        ----------
        where : str
            What it is called in messages.

        Raises
        ------
        InputError
            If there are any; or if there is no atom, or no test signal.
        """
        for name, value in (("atoms", self.atoms), ("test", self.test)):
            if value < 1:
                raise InputError(f"{where}.{name}", value, "an integer that is at least 1")
        count = len(self.percents)
        if any(place >= count for place in self.reported):
            raise InputError(f"{where}.reported", list(self.reported), f"places of {count} radii")
        for place, run in enumerate(self.runs):
            if len(run.certified) != count:
                name = f"{where}.runs[{place}].certified"
                raise InputError(name, list(run.certified), f"{count} shares, one a radius")


def read_results(document: Any) -> TrainingResults:
    """Read ``results.json``.

    Parameters
    ----------
    document : dict
        From :meth:`TrainingResults.document`.

    Returns
    -------
    TrainingResults

    Raises
    ------
    InputError
        If it is something else.
    """
    schema = Fields("results", document).integer("schema")
    if schema != SCHEMA:
        expected = f"{SCHEMA}; the same command again takes up its runs and writes results anew"
        raise InputError("results.schema", schema, expected)
    stored = {name: value for name, value in document.items() if name not in ("schema", "kind")}
    return TrainingResults.from_json(stored)


@dataclass(frozen=True)
class StrategySummary:
    """A row of the table; shares at the radii that are reported, or none of ``published``."""

    strategy: str
    seeds: int
    accuracy: SeedSpread
    active: SeedSpread | None
    coherence: SeedSpread | None
    certified: tuple[SeedSpread, ...]
    left: tuple[SeedSpread, ...]
    published: tuple[SeedSpread, ...]
    seconds: float


def summaries(results: TrainingResults) -> list[StrategySummary]:
    """Sum up over seeds, a row a strategy.

    Parameters
    ----------
    results : TrainingResults

    Returns
    -------
    list of StrategySummary
    """
    return [_summary(results, strategy) for strategy in results.strategies]


def _summary(results: TrainingResults, strategy: str) -> StrategySummary:
    runs = results.of(strategy)
    return StrategySummary(
        strategy,
        len(runs),
        SeedSpread.over([run.accuracy for run in runs]),
        SeedSpread.of_known([run.active for run in runs]),
        SeedSpread.of_known([run.coherence for run in runs]),
        results.spreads(strategy, "certified"),
        results.spreads(strategy, "left"),
        results.spreads(strategy, "published"),
        sum(run.seconds for run in runs) / len(runs),
    )
