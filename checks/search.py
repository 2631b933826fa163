"""Hypothesis as a search engine: visit draws until one is a counterexample, then shrink it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


class _Counterexample(Exception):  # noqa: N818 - it is no error
    """Ends the generation, so that Hypothesis shrinks what was found."""


class _Enough(BaseException):
    """Ends the search; Hypothesis lets it through, as it does with KeyboardInterrupt."""


class Stream(HypothesisProvider):
    """Random choices of one example: they depend on the seed and on its number, nothing else.

    So an example is the same whatever was drawn before it.
    """

    number: ClassVar[int] = 0
    drawn: ClassVar[int] = 0

    def __init__(self, data: Any, /) -> None:
        super().__init__(data)
        self._random = Random(f"{Stream.number} {Stream.drawn}")
        Stream.drawn += 1


BACKEND = "sparsebound"
"""Name of :class:`Stream` among the backends of Hypothesis."""
AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{Stream.__name__}"


@contextmanager
def _draws_that_depend_on_the_seed_alone(number: int) -> Iterator[None]:
    """Begin a stream, and keep Hypothesis from mixing in constants of whatever files are loaded.

    Without this, a run would depend on the modules that a process happens to have imported, and
    on every literal in the code that is under test.
    """
    name = "_maybe_draw_constant"
    before = getattr(HypothesisProvider, name)
    setattr(HypothesisProvider, name, lambda self, *args, **kwargs: None)
    Stream.number, Stream.drawn = number, 0
    try:
        yield
    finally:
        setattr(HypothesisProvider, name, before)


def search(
    strategy: SearchStrategy[T],
    examples: int,
    number: int,
    refuted: Callable[[T], bool],
    enough: Callable[[], bool] = lambda: False,
) -> T | None:
    """Visit draws until one is refuted; return the smallest refuted one, after shrinking.

    The simplest draw comes first.

    Parameters
    ----------
    strategy : SearchStrategy
        What to draw from.
    examples : int
        How many to visit at most, not counting those that shrink a counterexample.
    number : int
        The seed; it and the strategy alone determine what is visited.
    refuted : callable
        Called with every draw.
    enough : callable
        Asked after every draw whether to stop, unless there is a counterexample to shrink.

    Returns
    -------
    object or None
        None if no draw was refuted.

    Examples
    --------
    >>> from hypothesis import strategies as st
    >>> search(st.integers(0, 1000), 100, 0, lambda value: value >= 10)
    10
    """
    smallest: list[T] = []
    problems: list[Exception] = []

    @seed(number)  # of what shrinking tries
    @settings(
        backend=BACKEND,
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def test(value: T) -> None:
        try:
            counterexample = refuted(value)
        except Exception as error:  # no counterexample: nothing to shrink
            problems.append(error)
            raise _Enough from error
        if counterexample:
            smallest[:] = [value]  # the last one that is raised is the smallest
            raise _Counterexample
        if not smallest and enough():
            raise _Enough

    with _draws_that_depend_on_the_seed_alone(number):
        try:
            test()
        except _Enough:
            if problems:
                raise problems[0] from None
            return None
        except _Counterexample:
            return smallest[0]
        except Flaky:  # refuted once, but not when it was tried again: still a finding
            if not smallest:
                raise
            return smallest[0]
    return None
