"""What was trained against what was reviewed: means over seeds, within the range of the seeds.

On another machine, or with another version of torch, training takes another course, as it does from
another seed. So a mean is as it was if it lies between the least and the largest value of the
reviewed seeds, or beside them by one test signal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from sparsebound.reports.fields import Fields
from sparsebound.reports.gate.compare import CHANGE, NOT_JUDGED, REGRESSION, Finding, membership
from sparsebound.reports.gate.files import read_reviewed, write_reviewed
from sparsebound.reports.spreads import SeedSpread
from sparsebound.reports.training import StrategySummary, TrainingResults, summaries

SCHEMA = 1
TRAINED_ON = (
    "data", "digest", "shape", "classes", "atoms", "test", "norm", "epochs", "percents", "reported",
)  # fmt: skip
"""On which shares depend, beside the seeds."""
FEWER_IS_BETTER = ("active",)
TRAIN = "sparsebound train"


@dataclass(frozen=True)
class TrainedBaseline:
    """What strategies gave.

    Attributes
    ----------
    provenance : dict
        Command and versions.
    settings : dict
        By the names in ``TRAINED_ON``; and ``seeds``, of each strategy.
    strategies : dict
        By strategy and quantity, mean, least and largest over seeds: ``right``, ``active`` (the
        share of atoms in use), and ``certified R%``, at radii in percent of the norm.
    """

    provenance: dict[str, Any]
    settings: dict[str, Any]
    strategies: dict[str, dict[str, SeedSpread]]

    @classmethod
    def of(cls, results: TrainingResults) -> Self:
        """Take what is compared from results.

        Parameters
        ----------
        results : TrainingResults
        """
        stored, rows = results.to_json(), summaries(results)
        seeds = {strategy: len(results.of(strategy)) for strategy in results.strategies}
        return cls(
            {"command": results.command, "versions": results.versions},
            {**{name: stored[name] for name in TRAINED_ON}, "seeds": seeds},
            {row.strategy: _quantities(results, row) for row in rows},
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a reviewed file.

        Parameters
        ----------
        path : Path

        Raises
        ------
        InputError
            If there is none, it is not one, or has another schema.
        """
        fields = read_reviewed(path, "--baseline", SCHEMA)
        strategies = fields.mapping("strategies")
        found = cls(
            fields.mapping("provenance"),
            fields.mapping("settings"),
            {name: _spreads(f"{path}.{name}", strategies[name]) for name in strategies},
        )
        fields.done()
        return found

    def write(self, path: Path) -> None:
        """Write it, in place of an older one.

        Parameters
        ----------
        path : Path

        Raises
        ------
        InputError
            If the file exists and is something else.
        """
        write_reviewed(path, "--baseline", {"schema": SCHEMA, **asdict(self)}, "strategies")


def compare_trained(results: TrainingResults, baseline: TrainedBaseline) -> list[Finding]:
    """Compare results with what was reviewed.

    Parameters
    ----------
    results : TrainingResults
    baseline : TrainedBaseline

    Returns
    -------
    list of Finding
        Worse is a regression, and so is a certificate that an attack broke; better is a change, to
        be put into the baseline on purpose. Other settings are not judged.
    """
    now = TrainedBaseline.of(results)
    found = [
        Finding("truth", f"{run.strategy}, seed {run.seed}", "a certificate", "held",
                f"broken at signal {one.signal}", REGRESSION, TRAIN)
        for run, one in results.broken
    ]  # fmt: skip
    for name in TRAINED_ON:
        was, is_ = baseline.settings.get(name), now.settings[name]
        if was != is_ and not (name == "norm" and _same_norm(was, is_)):
            found.append(
                Finding("coverage", "training", name, str(was), str(is_), NOT_JUDGED, TRAIN)
            )
    if len(found) > len(results.broken):
        return found
    names = now.strategies, baseline.strategies
    new = f"{TRAIN} --strategy {{}}".format
    found += membership("strategy", *names, gone=TRAIN, new=new)
    for strategy in sorted(set(now.strategies) & set(baseline.strategies)):
        found += _strategy(strategy, now, baseline, results.test)
    return found


def _same_norm(was: Any, is_: float) -> bool:
    """Whether two norms are one, but for the order in which a machine adds."""
    return isinstance(was, float) and math.isclose(was, is_)


def _strategy(
    name: str, now: TrainedBaseline, baseline: TrainedBaseline, test: int
) -> Iterator[Finding]:
    look = f"{TRAIN} --strategy {name}"
    had, has = (side.settings["seeds"].get(name) for side in (baseline, now))
    if had != has:
        yield Finding("coverage", name, "seeds", str(had), str(has), NOT_JUDGED, look)
        return
    was = baseline.strategies[name]
    for quantity, spread in now.strategies[name].items():
        if quantity not in was:
            yield Finding("coverage", name, quantity, "none", "new", CHANGE, look)
            continue
        low, high = was[quantity].least - 1 / test, was[quantity].largest + 1 / test
        if low <= spread.mean <= high:
            continue
        worse = (spread.mean > high) == (quantity in FEWER_IS_BETTER)
        reviewed, mean = f"{low:.3f} to {high:.3f}", f"{spread.mean:.3f}"
        verdict = REGRESSION if worse else CHANGE
        yield Finding("shares", name, quantity, reviewed, mean, verdict, look)
    for quantity in was.keys() - now.strategies[name].keys():
        yield Finding("coverage", name, quantity, "there", "gone", REGRESSION, look)


def _quantities(results: TrainingResults, row: StrategySummary) -> dict[str, SeedSpread]:
    found = {"right": row.accuracy}
    if row.active is not None:
        shares = (value / results.atoms for value in asdict(row.active).values())
        found["active"] = SeedSpread(*shares)
    for k, spread in zip(results.reported, row.certified, strict=True):
        found[f"certified {results.percents[k]:g}%"] = spread
    return found


def _spreads(where: str, value: Any) -> dict[str, SeedSpread]:
    found = {}
    for name, stored in Fields(where, value).value.items():
        fields = Fields(f"{where}.{name}", stored)
        found[name] = SeedSpread(*(fields.number(part) for part in ("mean", "least", "largest")))
        fields.done()
    return found
