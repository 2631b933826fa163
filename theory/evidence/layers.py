"""What theorems on the stability of deep models are checked against."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.batched import Batched, Selectable
from sparsebound.theory.evidence.certificates import Minimiser


@dataclass(frozen=True)
class Points(Batched):
    """A point for each code.

    Attributes
    ----------
    values : ndarray, shape (B, n)
        The points, in the coordinates of the atoms as given.
    """

    values: FloatArray


@dataclass(frozen=True)
class LayerEstimates(Selectable):
    """Signals near those of a deep model, and codes that explain them layer by layer.

    Attributes
    ----------
    signals : Points
        The observed signals ``y``, shape (B, d).
    layers : tuple of Points
        The estimates ``z_j``, first layer first.
    """

    signals: Points
    layers: tuple[Points, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise InputError("layers", self.layers, "estimates of at least one layer")


@dataclass(frozen=True)
class LayerMinimisers(Selectable):
    """Where the Lasso of each layer has its minimiser, on what the layer below returned."""

    layers: tuple[Minimiser, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise InputError("layers", self.layers, "minimisers of at least one layer")


@dataclass(frozen=True)
class Displacement(Batched):
    """Two inputs of a function between layers, for each code.

    Attributes
    ----------
    first, second : ndarray, shape (B, d)
        The inputs.
    """

    first: FloatArray
    second: FloatArray


@dataclass(frozen=True)
class LayerDisplacements(Selectable):
    """Two inputs of each function between layers, ``psi_1`` first."""

    layers: tuple[Displacement, ...]
