"""The search engine: what it finds, shrinks, and does not lose."""

from __future__ import annotations

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
