"""What a cascade of unfolded networks did on the layers of a deep model."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.batched import Selectable
from sparsebound.theory.evidence.runs import Unfolding


@dataclass(frozen=True)
class Cascade(Selectable):
    """One unfolded network a layer; each starts from what the one before it returned.

    Attributes
    ----------
    networks : tuple of Unfolding
        The networks, first layer first. The estimate ``z_j`` is the last state of the j-th, and
        its ``nu`` is the declared bound on ``||W_j^T (psi_j(z_{j-1}) - D_j x_j)||_inf``.
    """

    networks: tuple[Unfolding, ...]

    def __post_init__(self) -> None:
        if not self.networks:
            raise InputError("networks", self.networks, "at least one network")
