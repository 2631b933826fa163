"""What does tasks, wherever that is: processes of this machine, or the workers of a cluster.

Whoever hands tasks out knows this interface alone. Each task comes back with what came of it, in
any order; one that took its process along comes back as :class:`Lost`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from sparsebound.reports.fault import DIED, TIMED_OUT, Fault


@dataclass(frozen=True)
class Lost:
    """A process ended before its task did.

    Attributes
    ----------
    task : object
        What it was doing.
    note : str
        What it had written down of that.
    said : str
        How it ended, in words.
    frames : tuple of str
        Where somebody else's code was, outermost first, if that is known.
    hung : bool
        Whether a call took too long.
    """

    task: Any
    note: str
    said: str
    frames: tuple[str, ...] = ()
    hung: bool = False

    def fault(self, recipe: dict[str, Any] | None, text: str) -> Fault:
        """Make a finding of it, on an instance if that is known."""
        what, kind = ("a call", TIMED_OUT) if self.hung else ("its process", DIED)
        return Fault(kind, f"{what} {self.said}", self.frames, recipe, text)


class Executor(Protocol):
    """What does tasks, any of which may take its process along.

    It is entered before the first task, and may be entered again; when it is left, nothing that it
    started goes on.

    Attributes
    ----------
    about : str
        Where tasks are done, in words; empty where that goes without saying.
    remarks : dict
        What has to be said of results besides, lists by what they are about; empty if nothing has.
    """

    @property
    def about(self) -> str:
        """See the attribute."""

    @property
    def remarks(self) -> dict[str, list[str]]:
        """See the attribute."""

    def __enter__(self) -> Self:
        """Make it ready."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all that it started: at once, if something went wrong."""

    def show(self, page: str, *, over: bool = False) -> str:
        """Show a page of what goes on where people look for it, instead of the one before.

        Parameters
        ----------
        page : str
            HTML.
        over : bool
            Whether it is the last one.

        Returns
        -------
        str
            Its address; empty if there is no place for it.
        """

    def do(self, tasks: Iterable[Any], jobs: int | None = None) -> Iterator[tuple[Any, Any]]:
        """Do tasks, and give each with what came of it, as they end.

        Parameters
        ----------
        tasks : iterable
            Taken when there is room for one.
        jobs : int, optional
            At most so many at a time.

        Yields
        ------
        task : object
        answer : object
            What the function returned, or :class:`Lost`.

        Raises
        ------
        Exception
            What the function raised.
        InputError
            If there is nobody left to do them.
        """
