"""The reviewed benchmarks, for where there is no base commit whose code could run beside ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from sparsebound.reports.fields import Fields
from sparsebound.reports.gate.benchmark import Benchmark
from sparsebound.reports.gate.compare import NOT_JUDGED, SKIPPED, UPDATE, Finding
from sparsebound.reports.gate.files import read_reviewed, write_reviewed
from sparsebound.reports.gate.instructions import counted
from sparsebound.reports.gate.timing import CALIBRATED, timed
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError

SCHEMA = 1
FILE = "benchmarks.json"
"""Its name, beside the baselines of runs."""


@dataclass(frozen=True)
class Reviewed:
    """What was measured when the baseline was made.

    Attributes
    ----------
    provenance : dict
        Commit and time; ``machine``, whose ratios of times are comparable; ``image``, whose
        instructions are.
    calibrated : dict
        For each kernel, ``kind``, a calibration kernel, and ``ratio``, its time relative to that.
    instructions : dict of float
        Of a call, by kernel; empty where nothing counts them.
    growth : dict
        For each benchmark that grows, the expected exponents of ``time`` and ``memory``.
    """

    provenance: dict[str, Any]
    calibrated: dict[str, dict[str, Any]]
    instructions: dict[str, float]
    growth: dict[str, dict[str, float]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Parameters
        ----------
        path : Path
            Where it is.

        Returns
        -------
        Reviewed

        Raises
        ------
        InputError
            If there is none, it is not one, or has another schema.
        """
        fields = read_reviewed(path, "benchmarks", SCHEMA)
        counts = Fields(f"{path}.instructions", fields.mapping("instructions"))
        found = cls(
            fields.mapping("provenance"),
            dict(_entries(f"{path}.calibrated", fields.mapping("calibrated"), ("ratio",), "kind")),
            {name: _positive(counts, name) for name in counts.value},
            dict(_entries(f"{path}.growth", fields.mapping("growth"), ("time", "memory"))),
        )
        fields.done()
        if not found.calibrated:
            raise InputError(f"{path}.calibrated", {}, "at least one kernel")
        return found

    def write(self, path: Path) -> None:
        """Write it, in place of an older one.

        Parameters
        ----------
        path : Path
            Where.

        Raises
        ------
        InputError
            If the file exists and is something else.
        """
        write_reviewed(path, "benchmarks", {"schema": SCHEMA, **asdict(self)}, "calibrated")

    @property
    def kinds(self) -> dict[str, str]:
        """The calibration kernel of each kernel."""
        return {name: entry["kind"] for name, entry in self.calibrated.items()}

    def other_machine(self, machine: str) -> Finding | None:
        """Say if times cannot be judged: what is fast on one machine is not on another.

        Parameters
        ----------
        machine : str
            The one that this is.

        Returns
        -------
        Finding or None
        """
        was = self.provenance.get("machine")
        if was == machine:
            return None
        return Finding("time", "kernels", "machine", f"{was}", machine, NOT_JUDGED, UPDATE)

    def other_image(self, image: str) -> Finding | None:
        """Say if instructions cannot be compared.

        Parameters
        ----------
        image : str
            The one that this is.

        Returns
        -------
        Finding or None
        """
        was = self.provenance.get("image")
        if was == image:
            return None
        return Finding("instructions", "kernels", "image", f"{was}", image, SKIPPED, UPDATE)

    def time(self, kinds: dict[str, str], name: str, times: FloatArray) -> Benchmark:
        """Compare the ratio of a kernel to its calibration kernel with the reviewed one.

        Parameters
        ----------
        kinds : dict of str
            The calibration kernel of each kernel.
        name : str
            One of :meth:`comparable`.
        times : ndarray, shape (respawns, rounds, 2)
            Seconds of the calibration kernel and of the kernel.

        Returns
        -------
        Benchmark
        """
        ratio = self.calibrated[name]["ratio"]
        shown = partial(_of_kind, kinds[name], ratio)
        return timed(name, times, shown, rule=CALIBRATED, expected=ratio)

    def comparable(self, kinds: dict[str, str]) -> list[str]:
        """List the kernels that are still compared with the same calibration kernel."""
        return [name for name, kind in kinds.items() if self.kinds.get(name) == kind]

    def counts(self, now: dict[str, float]) -> Iterator[Benchmark]:
        """Compare instructions with the reviewed ones.

        Parameters
        ----------
        now : dict of float
            Instructions of a call, by kernel.

        Yields
        ------
        Benchmark
        """
        for name in sorted(now.keys() & self.instructions.keys()):
            yield counted(name, self.instructions[name], now[name])


def _of_kind(kind: str, ratio: float, unit: float, kernel: float) -> tuple[str, str, str]:
    now = f"{kernel / unit:.4g} ({1e3 * kernel:.3g} ms)"
    return "now/baseline", f"{ratio:.4g} times the {kind}", now


def _entries(
    where: str, value: dict[str, Any], numbers: tuple[str, ...], text: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, entry in value.items():
        fields = Fields(f"{where}.{name}", entry)
        found: dict[str, Any] = {text: fields.text(text)} if text else {}
        for number in numbers:
            found[number] = _positive(fields, number) if text else fields.number(number)
        fields.done()
        yield name, found


def _positive(fields: Fields, name: str) -> float:
    value: float = fields.take(
        name, "a positive number", lambda v: isinstance(v, int | float) and 0 < v < float("inf")
    )
    return float(value)
