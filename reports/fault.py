"""What broke the check of an instance: code of somebody else that did not come back properly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from sparsebound.reports.codec import JsonRecord, OneOf
from sparsebound.reports.worst import canonical

RAISED, NO_ANSWER, TIMED_OUT, DIED = "raised", "no answer", "timed out", "died"
FAULTS = (DIED, TIMED_OUT, RAISED, NO_ANSWER)
"""What can break a check, the worst first."""


@dataclass(frozen=True)
class Fault(JsonRecord):
    """A finding of its own kind: an instance on which a solver, a network or a theorem broke.

    Attributes
    ----------
    kind : {"died", "timed out", "raised", "no answer"}
        The process was lost; a call took too long; there was an exception; what was returned
        is no answer to what was asked.
    said : str
        The exception, or what was lost, in a line.
    frames : tuple of str
        The lines of the code that is not ours, outermost first.
    recipe : dict or None
        JSON from which the instance is built again; None where it is not known.
    text : str
        The instance in full, where it is small.

    Examples
    --------
    >>> print(Fault("raised", "ZeroDivisionError: division by zero", ("mine.py, line 3",), None))
    raised: ZeroDivisionError: division by zero
      at mine.py, line 3
    """

    kind: Annotated[str, OneOf(FAULTS)]
    said: str
    frames: tuple[str, ...] = ()
    recipe: dict[str, Any] | None = None
    text: str = ""

    def __str__(self) -> str:
        return "\n".join([f"{self.kind}: {self.said}", *(f"  at {line}" for line in self.frames)])


def gravest(first: Fault | None, second: Fault | None) -> Fault | None:
    """Choose the worse kind, then the smaller recipe.

    Parameters
    ----------
    first, second : Fault or None
        What there is to choose from.

    Returns
    -------
    Fault or None

    Examples
    --------
    >>> small, lost = Fault("raised", "", (), {}), Fault("died", "", (), {"atoms": 12})
    >>> gravest(small, lost).kind
    'died'
    """
    if first is None or second is None:
        return first or second
    return min(first, second, key=_order)


def _order(fault: Fault) -> tuple[int, bool, int, str]:
    recipe = canonical(fault.recipe)
    whole = canonical(fault.to_json())
    return FAULTS.index(fault.kind), fault.recipe is None, len(recipe), recipe + whole
