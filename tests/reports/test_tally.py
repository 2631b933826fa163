"""Tallies add in any order, survive JSON, and refuse what is malformed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.reports.curve import Curve
from sparsebound.reports.samples import EDGES, Margins, Sample, Samples, by_lot
from sparsebound.reports.tally import BINS, MutantTally, Tally
from sparsebound.reports.work import Work
from sparsebound.reports.worst import Worst
from sparsebound.theory.errors import InputError
from sparsebound.theory.verdict import Status, Verdict

quick = settings(derandomize=True, database=None, max_examples=60, deadline=None)
ratios = st.none() | st.floats(-1, 3, allow_subnormal=False)
counts = st.integers(0, 5)
worsts = st.builds(
    Worst,
    recipe=st.dictionaries(st.sampled_from("ab"), st.integers(0, 2), max_size=2),
    code=st.integers(0, 2),
    status=st.sampled_from([str(status) for status in Status]),
    ratio=ratios,
    claim=st.sampled_from(["", "p", "q"]),
)
mutants = st.lists(
    st.builds(
        MutantTally,
        name=st.sampled_from(["m1", "m2"]),
        refuted=st.booleans(),
        ratio=ratios,
        examples=counts,
        worst=st.none() | worsts,
    ),
    unique_by=lambda mutant: mutant.name,
    max_size=2,
).map(tuple)


bins = st.lists(counts, min_size=len(EDGES) + 1, max_size=len(EDGES) + 1).map(tuple)
margins = st.dictionaries(st.sampled_from(["s < n", "mu < 1"]), bins).map(Margins)
quantities = st.dictionaries(st.sampled_from(["steps", "found by iterates"]), counts)
works = st.dictionaries(st.sampled_from(["FISTA", "Lasso, chain"]), quantities).map(Work)
curves = st.builds(
    Curve,
    claim=st.just("|x^k - x| <= b_k"),
    k=st.just((0, 1)),
    **dict.fromkeys(("error", "bound"), st.tuples(st.floats(0, 9), st.floats(0, 9))),
    **dict.fromkeys(("missing", "false"), st.tuples(counts, counts)),
)
samples = st.builds(
    Sample,
    worsts,
    dictionary=st.sampled_from([(), ((1.0, 0.0), (0.5, 2.0))]),
    code=st.sampled_from([(), (0.0, -1.5)]),
    curve=st.none() | curves,
)
pairs = st.builds(Samples, st.none() | samples, st.none() | samples)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    names = ("vacuous", "undecided", "instances", "meant", "met", "near_edge", "attained", "exact")
    histogram = draw(st.lists(counts, min_size=len(BINS) + 1, max_size=len(BINS) + 1))
    return Tally(
        "family.name",
        holds=sum(histogram) + draw(counts),
        violated=draw(counts),
        **{name: draw(counts) for name in names},
        histogram=tuple(histogram),
        edges=tuple(reversed(histogram)),
        max_ratio=draw(ratios),
        worst=draw(st.none() | worsts),
        violation=draw(st.none() | worsts),
        mutants=draw(mutants),
        seconds=draw(st.floats(0, 1e6)),
        premises=draw(margins),
        samples=draw(pairs),
        work=draw(works),
    )


def verdict(status: list[int], ratio: list[float], **changes: Any) -> Verdict:
    n = len(status)
    nothing = np.zeros(n, dtype=bool)
    made = Verdict(
        np.array(status, dtype=np.int8),
        np.array(ratio),
        np.full(n, np.nan),
        nothing,
        nothing,
        tuple(f"claim {i}" for i in range(n)),
    )
    return replace(made, **changes)


@quick
@given(tallies(), tallies(), tallies())
def test_addition_is_associative_and_commutative(a: Tally, b: Tally, c: Tally) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert Tally.empty("family.name") + a == a


@quick
@given(tallies())
def test_json_round_trip(tally: Tally) -> None:
    text = json.dumps(tally.to_json(), allow_nan=False)
    assert Tally.from_json(json.loads(text)) == tally


def test_a_batch() -> None:
    tally = Tally.of(
        "family.name",
        verdict(
            [Status.HOLDS, Status.HOLDS, Status.VACUOUS, Status.UNDECIDED, Status.HOLDS],
            [0.5, 1 + 2**-52, np.nan, 0.9, np.nan],
            edge=np.array([0.97, 0.2, 1.5, 0.96, np.nan]),
            attained=np.array([False, True, False, False, False]),
            exact=np.array([False, True, False, True, False]),
        ),
        {"seed": 1},
        meant=True,
    )
    assert (tally.holds, tally.violated, tally.vacuous, tally.undecided) == (3, 0, 1, 1)
    assert (tally.instances, tally.meant, tally.met, tally.near_edge) == (1, 1, 1, 1)
    assert (tally.attained, tally.exact) == (1, 2)
    assert tally.max_ratio == 1.0  # what holds is at most 1, whatever rounding says
    assert sum(tally.histogram) == 2
    assert tally.histogram[-2] == 1
    assert tally.histogram[BINS.index(0.5)] == 1
    assert sum(tally.edges) == 2
    assert tally.worst == Worst({"seed": 1}, 3, "undecided", 0.9, "claim 3")


def test_a_vacuous_batch() -> None:
    tally = Tally.of("family.name", verdict([0, 0], [np.nan, np.nan]), {}, meant=True)
    assert (tally.instances, tally.meant, tally.met, tally.max_ratio) == (0, 1, 0, None)
    assert tally.status == "vacuous"


def test_a_violation_is_above_one() -> None:
    tally = Tally.of("family.name", verdict([Status.VIOLATED], [1.5]), {}, meant=False)
    assert tally.histogram[-1] == 1
    assert tally.status == "violated"
    assert tally.met == 0


@pytest.mark.parametrize(
    ("tally", "status"),
    [
        (Tally("f.n", holds=3), "held"),
        (Tally("f.n", holds=3, violated=1, mutants=(MutantTally("m", False, None, 1, None),)),
         "violated"),
        (Tally("f.n", vacuous=3), "vacuous"),
        (Tally("f.n", undecided=3), "undecided"),
        (Tally("f.n", holds=99, undecided=1), "held"),
        (Tally("f.n", holds=98, vacuous=1000, undecided=2), "undecided"),
        (Tally("f.n", holds=9, mutants=(MutantTally("m", False, 0.9, 1, None),)),
         "mutant survived"),
        (Tally("f.n", holds=9, mutants=(MutantTally("m", True, 1.9, 1, None),)), "held"),
    ],
)  # fmt: skip
def test_status(tally: Tally, status: str) -> None:
    assert tally.status == status


def test_the_smallest_violation_and_the_worst_code_are_kept() -> None:
    large = Worst({"atoms": 100}, 0, "violated", 9.0, "")
    small = Worst({"atoms": 2}, 0, "violated", 1.1, "")
    one = Tally("f.n", violated=1, violation=large, worst=large)
    both = one + Tally("f.n", violated=1, violation=small, worst=small)
    assert both.violation == small
    assert both.worst == large


def test_different_theorems_do_not_add() -> None:
    with pytest.raises(InputError, match=r"theorem is 'f\.b'; expected 'f\.a'"):
        Tally.empty("f.a") + Tally.empty("f.b")
    with pytest.raises(InputError, match="mutant is 'b'; expected 'a'"):
        MutantTally("a", True, None, 0, None) + MutantTally("b", True, None, 0, None)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("holds", -1, "tally.holds is -1; expected an integer"),
        ("holds", True, "tally.holds is True"),
        ("theorem", 3, "tally.theorem is 3; expected a string"),
        ("histogram", [0], "tally.histogram is .*; expected an array of 23 counts"),
        ("edges", [9] * 23, "tally.edges is .*; expected at most 0 codes"),
        ("max_ratio", float("nan"), "tally.max_ratio is nan; expected a finite number or null"),
        ("seconds", "long", "tally.seconds is 'long'; expected a finite number"),
        ("worst", [], r"tally.worst is \[\]; expected a JSON object"),
        ("worst", {}, "tally.worst.recipe is None; .* the field is missing"),
        ("mutants", [{"name": 1}], r"tally.mutants\[0\].name is 1; expected a string"),
        ("mutants", {}, "tally.mutants is {}; expected a JSON array"),
        ("extra", 1, r"fields of tally is \['extra'\]; expected only"),
    ],
)
def test_malformed_tallies_are_refused(field: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Tally.from_json({**Tally.empty("f.n").to_json(), field: value})


def test_an_unknown_status_is_refused() -> None:
    entry = {**Worst({}, 0, "holds", None, "").to_json(), "status": "fine"}
    with pytest.raises(InputError, match=r"worst.status is 'fine'; expected one of \['vacuous'"):
        Worst.from_json(entry)


def test_premises_are_counted_also_where_they_fail() -> None:
    ratios = {"s < n": np.array([0.05, 1.0, 1.01, np.nan]), "mu < 1": np.array([9.0] * 4)}
    made = verdict([1, 1, 0, 0], [0.5, 0.5, np.nan, np.nan], premises=ratios)
    counts = Tally.of("family.name", made, {}, meant=True).premises.counts
    assert [counts["s < n"][EDGES.index(edge)] for edge in (0.1, 1.0, 1.25)] == [1, 1, 1]
    assert sum(counts["s < n"]) == 3
    assert counts["mu < 1"] == (0,) * len(EDGES) + (4,)


def test_a_theorem_has_an_edge_if_a_premise_measures_something() -> None:
    made = verdict([1, 0], [0.5, np.nan], premises={"0 < lam": np.array([np.nan, np.nan])})
    tally = Tally.of("family.name", made, {}, meant=True)
    assert not tally.has_edge
    beyond = verdict([0], [np.nan], premises={"mu < 1": np.array([9.0])})
    assert (tally + Tally.of("family.name", beyond, {}, meant=False)).has_edge


def test_a_typical_code_is_drawn_without_regard_to_its_ratio() -> None:
    codes = [Worst({"seed": seed}, 0, "holds", seed / 400, "") for seed in range(400)]
    drawn = [reduce(by_lot, codes[start : start + 20], None) for start in range(0, 400, 20)]
    quarters = [int(code.ratio * 20 % 1 * 4) for code in drawn if code and code.ratio is not None]
    assert len(quarters) == 20
    assert set(quarters) == {0, 1, 2, 3}


def test_a_million_verdicts_take_no_more_room_than_a_few() -> None:
    made = verdict([1] * 1000, [0.5] * 1000, premises={"s < n": np.full(1000, 0.5)})
    tally = Tally.of("family.name", made, {"seed": 1}, meant=True)
    few, total = len(json.dumps(tally.to_json())), tally
    for _ in range(10):
        total = total + total
    assert total.holds > 10**6
    assert len(json.dumps(total.to_json())) < few + 200
