"""The search engine: what it finds, shrinks, and does not lose."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from sparsebound.checks.search import search


def test_it_shrinks_what_it_finds_and_finds_nothing_where_nothing_is() -> None:
    assert search(st.integers(0, 1000), 200, 3, lambda value: value >= 17) == 17
    assert search(st.integers(0, 1000), 50, 3, lambda value: value > 1000) is None


def test_what_is_refuted_only_once_is_not_lost() -> None:
    seen: list[int] = []

    def first_time_only(value: int) -> bool:
        seen.append(value)
        return value >= 10 and sum(other >= 10 for other in seen) == 1

    found = search(st.integers(0, 1000), 100, 0, first_time_only)
    assert found is not None
    assert found >= 10


def test_it_stops_when_there_is_enough_but_shrinks_what_it_found_before() -> None:
    seen: list[int] = []

    def visited(value: int) -> bool:
        seen.append(value)
        return value >= 100

    assert search(st.integers(0, 99), 60, 0, visited, lambda: len(seen) >= 7) is None
    assert len(seen) == 7
    seen.clear()
    found = search(st.integers(0, 1000), 200, 0, visited, lambda: any(v >= 100 for v in seen))
    assert found == 100


def test_no_constants_of_hypothesis_or_of_loaded_files_are_mixed_in() -> None:
    """Of large numbers hardly one in a million is a power of two, or beside one, by chance."""
    seen: list[int] = []

    def visit(value: int) -> bool:
        seen.append(value)
        return False

    search(st.integers(0, 3**39), 600, 0, visit)
    powers = {2**k + d for k in range(15, 63) for d in (-1, 0, 1)} | {10**k for k in range(5, 19)}
    assert len(seen) == 600
    assert not powers & set(seen)


def test_an_example_does_not_depend_on_those_before_it() -> None:
    def draws(many: int) -> list[list[int]]:
        seen: list[list[int]] = []

        def visit(value: list[int]) -> bool:
            seen.append(value)
            return False

        search(st.lists(st.integers(0, 9), max_size=many) | st.just([7]), 60, 3, visit)
        return seen

    longer, shorter = draws(9), draws(3)
    assert [value == [7] for value in longer] == [value == [7] for value in shorter]
    assert draws(9) == longer


def test_an_error_is_raised_as_it_was_and_is_no_counterexample() -> None:
    calls = 0

    def breaks(value: int) -> bool:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyError("mine")
        return False

    with pytest.raises(KeyError, match="mine"):
        search(st.integers(0, 1000), 60, 0, breaks)
    assert calls == 5
