"""Families: every draw is valid, shrinks to the smallest member, and survives JSON."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from sparsebound.checks.families import FAMILIES, families
from sparsebound.theory.constructions import embedded_simplex

QUICK = settings(
    max_examples=50,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

SMALLEST = {
    "one_atom": {"matrix": [[1]]},
    "orthonormal": {"kind": "identity", "atoms": 1},
    "simplex": {"m": 1, "kind": "coordinates"},
    "equiangular": {"atoms": 2, "numerator": 1, "denominator": 3},
    "equiangular_plus": {"atoms": 2, "numerator": 1, "denominator": 1},
    "cycle": {"atoms": 3},
    "graph": {"kind": "complete", "left": 3},
    "integer": {"matrix": [[1]]},
    "tight_frame": {"shape": "2x3"},
    "union_of_bases": {"m": 2, "second": "hadamard"},
    "mutually_unbiased": {"dimension": 4, "bases": 2},
    "blocks": {"kind": "simplex", "atoms": 2, "copies": 2},
    "transversal_design": {"taps": 2, "q": 2, "columns": 2},
    "circular": {"filters": [[1]], "length": 1, "stride": 1},
    "full_length": {"filters": [[1]], "length": 1, "stride": 1},
    "near_duplicate": {"base": "identity", "atoms": 3, "exponent": 1, "offset": 0},
    "low_coherence": {"m": 2, "n": 3, "seed": 0},
    "gaussian": {"m": 1, "n": 1, "seed": 0},
}

every_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


def test_members_that_are_listed_are_those_of_families():
    assert set(SMALLEST) <= set(FAMILIES)


@every_family
def test_every_draw_is_valid(family):
    @given(st.data())
    @QUICK
    def check(data):
        limit = data.draw(st.integers(family.smallest(), 40))
        parameters = data.draw(family.parameters(limit))
        assert json.loads(json.dumps(parameters)) == parameters
        D = family.member(parameters)
        assert D.dtype == np.float64
        assert D.ndim == 2
        assert family.smallest() <= D.shape[1] <= limit
        assert np.isfinite(D).all()
        assert D.any(axis=0).all(), "expected no zero column"
        assert (family.member(parameters) == D).all(), "expected the same matrix again"
        if family.narrow:
            assert D.shape[1] - np.linalg.matrix_rank(D) <= 1

    check()


@every_family
def test_shrinks_to_the_smallest_member(family):
    smallest = find(
        family.parameters(40), lambda parameters: True, settings=settings(QUICK, max_examples=10)
    )
    assert smallest == SMALLEST.get(family.name, smallest)
    assert family.member(smallest).shape[1] == family.smallest()


@every_family
def test_the_smallest_limit_suffices(family):
    @given(family.parameters(family.smallest()))
    @settings(QUICK, max_examples=20)
    def check(parameters):
        assert family.member(parameters).shape[1] == family.smallest()

    check()


@every_family
def test_a_limit_too_small_is_an_error(family):
    with pytest.raises(ValueError, match=f"limit = {family.smallest() - 1}: expected at least"):
        family.parameters(family.smallest() - 1)


@every_family
def test_foreign_parameters_are_an_error(family):
    with pytest.raises(ValueError, match=f"expected those of the family '{family.name}'"):
        family.member({"colour": 1})


def test_families_that_fit():
    assert [family.name for family in families(1)] == [
        name for name, family in FAMILIES.items() if family.smallest() == 1
    ]
    assert {family.name for family in families(40)} == set(FAMILIES)
    assert all(family.narrow for family in families(40, narrow=True))
    assert len(families(40, narrow=True)) >= 6


def test_order_is_by_complexity():
    places = [family.complexity for family in FAMILIES.values()]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["equiangular", "equiangular_plus"])
def test_half_of_the_coherences_lie_near_an_edge(name):
    near, below, above, exact = [], [], [], []

    @given(FAMILIES[name].parameters(40))
    @settings(QUICK, max_examples=300, phases=[Phase.generate])
    def collect(parameters):
        p, d = parameters["numerator"], parameters["denominator"]
        s = parameters["atoms"] - (name == "equiangular_plus")
        edges = range(max(parameters["atoms"] - 1, 1), 2 * s)
        miss = min((p * edge / d - 1 for edge in edges), key=abs, default=1.0)
        near.append(abs(miss) <= 0.05)
        below.append(-0.05 <= miss < 0)
        above.append(0 < miss <= 0.05)
        exact.append(p * (2 * s - 1) == d)

    collect()
    assert np.mean(near) > 0.4
    assert np.mean(below) > 0.05
    assert np.mean(above) > 0.05
    assert np.mean(exact) > 0.02


def test_repeated_atoms_are_drawn():
    parameters = find(
        FAMILIES["integer"].parameters(3),
        lambda drawn: _has_twins(FAMILIES["integer"].member(drawn)),
        settings=settings(QUICK, max_examples=500),
    )
    assert parameters == {"matrix": [[1, 1]]}


def _has_twins(D):
    return any((D[:, i] == D[:, j]).all() for j in range(D.shape[1]) for i in range(j))


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("integer", {"matrix": [[1, 0]]}, "expected no zero column"),
        ("integer", {"matrix": [[1, 0], [1]]}, "expected rows of equal length"),
        ("integer", {"matrix": []}, "expected rows of equal length"),
        ("orthonormal", {"kind": "wavelet", "atoms": 2}, "kind = 'wavelet'"),
        ("simplex", {"m": 2, "kind": "round"}, "kind = 'round'"),
        ("graph", {"kind": "tree", "left": 3}, "kind = 'tree'"),
        ("tight_frame", {"shape": "4x5"}, "shape = '4x5'"),
        ("blocks", {"kind": "cycle", "atoms": 2, "copies": 2}, "kind = 'cycle'"),
        ("near_duplicate", {"base": "cycle", "atoms": 3, "exponent": 1}, "base = 'cycle'"),
    ],
)
def test_errors_name_the_argument(name, parameters, message):
    with pytest.raises(ValueError, match=message):
        FAMILIES[name].member(parameters)


def test_explicit_counterexamples_are_members():
    D = FAMILIES["integer"].member({"matrix": [[1, 1, 0], [0, 0, 1]]})
    assert (D == [[1, 1, 0], [0, 0, 1]]).all()


def test_blocks_of_simplexes_are_integers():
    D = FAMILIES["blocks"].member({"kind": "simplex", "atoms": 3, "copies": 2})
    assert (D[:3, :3] == embedded_simplex(2)).all()
    assert (FAMILIES["blocks"].member({"kind": "simplex", "atoms": 4, "copies": 2}) ** 2 <= 1).all()
