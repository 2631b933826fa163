"""Hypothesis as a search engine: visit draws until one is a counterexample, then shrink it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


class _Counterexample(Exception):  # noqa: N818 - it is no error
    """Ends the generation, so that Hypothesis shrinks what was found."""


class _Enough(BaseException):
    """Ends the search; Hypothesis lets it through, as it does with KeyboardInterrupt."""


@contextmanager
def _draws_that_depend_on_the_seed_alone() -> Iterator[None]:
    """Keep Hypothesis from mixing in constants of whatever source files are loaded.

    Without this, a run would depend on the modules that a process happens to have imported, and
    on every literal in the code that is under test.
    """
    name = "_maybe_draw_constant"
    before = getattr(HypothesisProvider, name)
    setattr(HypothesisProvider, name, lambda self, *args, **kwargs: None)
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

    @seed(number)
    @settings(
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
        if refuted(value):
            smallest[:] = [value]  # the last one that is raised is the smallest
            raise _Counterexample
        if not smallest and enough():
            raise _Enough

    with _draws_that_depend_on_the_seed_alone():
        try:
            test()
        except _Enough:
            return None
        except _Counterexample:
            return smallest[0]
        except Flaky:  # refuted once, but not when it was tried again: still a finding
            if not smallest:
                raise
            return smallest[0]
    return None
