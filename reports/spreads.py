"""Numbers over the seeds of a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SeedSpread:
    """Mean, least and largest over seeds.

    Examples
    --------
    >>> SeedSpread.over([0.5, 0.25])
    SeedSpread(mean=0.375, least=0.25, largest=0.5)
    """

    mean: float
    least: float
    largest: float

    @classmethod
    def over(cls, values: Sequence[float]) -> SeedSpread:
        """Sum values up.

        Parameters
        ----------
        values : sequence of float
            At least one.

        Returns
        -------
        SeedSpread
        """
        return cls(sum(values) / len(values), min(values), max(values))

    @classmethod
    def of_known(cls, values: Sequence[float | None]) -> SeedSpread | None:
        """Sum up the values that are known; None if none is.

        Parameters
        ----------
        values : sequence of float or None

        Returns
        -------
        SeedSpread or None
        """
        known = [value for value in values if value is not None]
        return cls.over(known) if known else None

    def shown(self, factor: float = 1.0, places: int = 1) -> str:
        """Write the mean, and from where to where seeds go.

        Parameters
        ----------
        factor : float
        places : int

        Returns
        -------
        str

        Examples
        --------
        >>> SeedSpread(0.5, 0.4, 0.6).shown(100)
        '50.0 (40.0 to 60.0)'
        """
        ends = (self.mean, self.least, self.largest)
        mean, least, largest = (f"{factor * value:.{places}f}" for value in ends)
        return mean if least == largest else f"{mean} ({least} to {largest})"
