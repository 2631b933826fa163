"""Other networks that are trained side by side: which there are, and by what penalties."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

SHIFT = 8
"""Of filters along signals; and so many tokens have networks with attention."""
LEAST_LENGTH = 16
"""Of signals, where filters are unfolded."""
MOST_COLUMNS, MOST_ENTRIES = 64, 64 * 128
"""Of a dictionary whose analytic weights are looked for: a linear program an atom."""
DENSE, CONVOLUTIONAL, UNFOLDED, ATTENTION = "dense", "convolutional", "unfolded", "attention"
DICTIONARY, LEARNED, ANALYTIC = "dictionary-weights", "learned-weights", "analytic-weights"
OTHERS = (DENSE, CONVOLUTIONAL, UNFOLDED, ATTENTION)
"""Networks of their own."""
WEIGHTS = (DICTIONARY, LEARNED, ANALYTIC)
"""Unfolded networks of the dictionary that the strategy ``plain`` learns."""


@dataclass(frozen=True)
class NetworkRow:
    """A network and its penalties.

    Attributes
    ----------
    network : str
        Of ``OTHERS`` or ``WEIGHTS``.
    l1, hoyer : float
        Weights of penalties on its features.
    epochs : int
    rate : float
        The largest learning rate.
    """

    network: str
    l1: float = 0.0
    hoyer: float = 0.0
    epochs: int = 15
    rate: float = 2e-3

    @property
    def name(self) -> str:
        """What a run is called.

        Examples
        --------
        >>> NetworkRow("dense", l1=0.01).name
        'dense+l1-0.01'
        """
        parts = (f"+{name}-{x:g}" for name, x in (("l1", self.l1), ("hoyer", self.hoyer)) if x)
        return self.network + "".join(parts)


PENALTIES = ((0.0, 0.0), (0.01, 0.0), (0.03, 0.0), (0.0, 0.01))
"""Weights of both."""
NETWORKS = {
    row.name: row
    for row in (
        *(NetworkRow(network, *penalty) for network in OTHERS for penalty in PENALTIES),
        *(NetworkRow(network, epochs=60, rate=1e-2) for network in WEIGHTS),  # slow to learn
    )
}
"""By name."""


def fitting(length: int, atoms: int) -> list[str]:
    """Names of networks that can be built for signals of a length, and so many atoms.

    Examples
    --------
    >>> len(fitting(64, 64)), fitting(9, 3)[-4:]
    (19, ['convolutional+hoyer-0.01', 'dictionary-weights', 'learned-weights', 'analytic-weights'])
    """
    fits = {
        DENSE: True,
        CONVOLUTIONAL: isqrt(length) ** 2 == length,
        UNFOLDED: length % SHIFT == 0 and length >= LEAST_LENGTH,
        ATTENTION: length % SHIFT == 0,
        **dict.fromkeys(WEIGHTS, 2 <= atoms <= MOST_COLUMNS and atoms * length <= MOST_ENTRIES),
    }
    return [name for name, row in NETWORKS.items() if fits[row.network]]
