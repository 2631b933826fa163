"""No certificate of a small dictionary states anything false; and what would be false is seen.

The 10^5 cases of ``tests.quality.certificates_against_brute_force`` in small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify import certify
from tests.quality import certificates_against_brute_force as command
from tests.quality.brute_force.cases import Case, case
from tests.quality.brute_force.checking import check, statements_of
from tests.quality.brute_force.dictionaries import EXTREMAL, extremal
from tests.quality.brute_force.networks import schedule

TETRAHEDRON = np.array([[1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
ALIGNED = np.array([[8, -2, 2], [-2, 8, 2], [2, 2, 8]])
LESS = 1 - 2.0**-40
PARTS, SIZE = 6, 40


def wrong(case: Case) -> list[str]:
    return [f"{one.kind}: {one.text}" for one in check(case) if one.holds is not True]


def wrong_kinds(case: Case, certificate: Any) -> set[str]:
    return {one.kind for one in statements_of(case, certificate) if one.holds is False}


@pytest.mark.parametrize("part", range(PARTS))
def test_random_certificates_state_nothing_false(part: int) -> None:
    for number in range(part * SIZE, (part + 1) * SIZE):
        drawn = case(13, number)
        assert not wrong(drawn), drawn.reproduction


@pytest.mark.parametrize("name", EXTREMAL)
def test_certificates_of_extremal_dictionaries_state_nothing_false(name: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(3):
        data = extremal(name, rng)
        X = rng.integers(-1, 2, (4, data.shape[1]))
        X[0, 0] = 1
        assert not wrong(Case(0, name, data, {"codes": X, "noise": 2.0**-7}))


def mixed_batch() -> dict[str, Any]:
    """One sparse code among many that use all atoms, of which none can be unique."""
    rng = np.random.default_rng(0)
    D, X = rng.standard_normal((8, 12)), rng.standard_normal((20, 12))
    X[0] = 0
    X[0, rng.choice(12, 3, replace=False)] = rng.choice([-1.0, 1], 3)
    return {"data": D, "codes": X}


def aligned_network(steps: int, shares: Sequence[float] = (1.0,)) -> dict[str, Any]:
    """Thresholds some floats from what is needed, or a share of it.

    For two atoms at -1/4 and one at +1/4 to both: their Gram matrix takes the place of the
    dictionary, and the identity that of the weights.
    """
    layers = len(shares)
    theta = schedule(
        ALIGNED / 8,
        np.array([np.eye(3)] * layers),
        2,
        amplitude=1.0,
        noise=0.0,
        steps=np.full((layers, 3), steps),
        shares=np.array(shares)[:, None],
    )
    return {"data": ALIGNED / 8, "weights": np.eye(3), "thresholds": theta, "sparsity": 2}


@pytest.mark.parametrize(
    "given",
    [
        mixed_batch(),
        {"data": np.array([[-2, -1], [-1, -1]]), "codes": np.array([[-1, 0], [0, -1]])},
        {"data": np.array([[1e80, 1e80, 1e80], [0, 1e80, -1e80]])},
        {"data": np.array([[1e-200, 1e-200, 1e-200], [0, 1e-200, -1e-200]])},
        {"data": np.array([[1e300, 1e-300], [1e300, 1e-300]]), "codes": np.eye(2)},
        {"data": np.array([[1, 0, 1], [0, 1, 5e-324]]), "codes": np.array([[1, 0, -1]])},
        {"data": np.random.default_rng(30).integers(-2, 3, (3, 5)) + 3},
        {"data": np.array([[3, -1], [-4, 0]]), "noise": 1e-5},
        aligned_network(0),
        aligned_network(-1),
        aligned_network(-6),
    ],
    ids=[
        "basis pursuit in a mixed batch",
        "growth of codes that is the same but for rounding",
        "fourth powers of norms that overflow",
        "squares of norms that underflow",
        "products of norms at both ends of the range",
        "atoms that are dependent but for the least subnormal number",
        "Welch bound rounded down",
        "bounds after thresholds that were rounded up",
        "thresholds as needed",
        "thresholds one unit too small",
        "thresholds six units too small",
    ],
)
def test_what_was_false_once(given: dict[str, Any]) -> None:
    arguments = dict(given)
    assert not wrong(Case(0, "", arguments.pop("data"), arguments))


def sharp_cases() -> list[Case]:
    """Dictionaries on which every theorem is attained, at some sparsity."""
    five = 12 * np.eye(5, dtype=int) - 1
    return [
        Case(0, "", data) for data in (TETRAHEDRON, ALIGNED, five, 5 * np.eye(4, dtype=int) - 1)
    ]


def test_guarantees_for_one_more_nonzero_are_seen_to_be_false() -> None:
    """All but one: of denoising the theorem is far from sharp, its constant is held instead."""
    seen, all_of_them = set(), set()
    for sharp in sharp_cases():
        certificate = certify(sharp.data, atoms="columns")
        for at, promised in enumerate(certificate.guarantees):
            raised = list(certificate.guarantees)
            raised[at] = replace(promised, largest=promised.largest + 1)
            key = promised.property, promised.theorem, promised.version
            all_of_them.add(key)
            found = wrong_kinds(sharp, replace(certificate, guarantees=tuple(raised)))
            seen |= {key} if any(kind.startswith("guarantee") for kind in found) else set()
    assert {theorem for _, theorem, _ in all_of_them - seen} <= {"stability.bpdn"}
    assert len(seen) >= 16


def with_constant(certificate: Any, row: int, at: int, value: float) -> Any:
    """A certificate with another value of one constant."""
    rows = list(certificate.by_sparsity)
    constants = list(rows[row].constants)
    constants[at] = replace(constants[at], figure=replace(constants[at].figure, value=value))
    rows[row] = replace(rows[row], constants=tuple(constants))
    return replace(certificate, by_sparsity=tuple(rows))


def constants(certificate: Any) -> Iterator[tuple[int, int, Any]]:
    for row, entry in enumerate(certificate.by_sparsity):
        for at, constant in enumerate(entry.constants):
            yield row, at, constant


def test_smaller_constants_are_seen_to_be_false() -> None:
    """By one part in 10^12; those of denoising and of a run of matching pursuit, by more."""
    seen, all_of_them = set(), set()
    for sharp in sharp_cases():
        certificate = certify(sharp.data, atoms="columns")
        for row, at, constant in constants(certificate):
            key = constant.figure.theorem, constant.version, constant.name
            all_of_them.add(key)
            less = with_constant(certificate, row, at, constant.figure.value * LESS)
            found = wrong_kinds(sharp, less)
            seen |= {key} if any(kind.startswith("constant") for kind in found) else set()
    assert {(theorem, name) for theorem, _, name in all_of_them - seen} <= {
        ("stability.bpdn", "||x - z||_2 / eps"),
        ("stability.omp", "least entry / eps"),
    }


def test_denoising_with_a_smaller_multiple_of_the_coherence_is_seen_to_be_false() -> None:
    """Five atoms at -mu: ``(4, 1, 1, 1, 1)`` refutes ``(3s - 1) mu`` for one nonzero."""
    five = sharp_cases()[2]
    certificate = certify(five.data, atoms="columns")
    (row, at), *_ = [
        (row, at)
        for row, at, constant in constants(certificate)
        if constant.figure.theorem == "stability.bpdn"
    ]
    mu = certificate.dictionary.coherence.value
    less = with_constant(certificate, row, at, 2 / np.sqrt(1 - 2 * mu))
    assert any("stability.bpdn" in kind for kind in wrong_kinds(five, less))


def test_entries_too_small_for_a_stopped_pursuit_are_seen() -> None:
    """At two thirds of the bound, the noise towards the other atom misleads it."""
    two = Case(0, "", np.array([[10, 1], [0, 10]]))
    certificate = certify(two.data, atoms="columns")
    for row, at, constant in constants(certificate):
        if constant.name == "least entry / eps" and row == 0:
            less = with_constant(certificate, row, at, constant.figure.value / 1.5)
    assert any("least entry" in kind for kind in wrong_kinds(two, less))


def changed_facts(facts: Any) -> Iterator[tuple[str, Any]]:
    for name, value in (
        ("coherence", facts.coherence.value * LESS),
        ("coherence", facts.coherence.value / LESS),
        ("spark", facts.spark.value + 1),
        ("neighbours", facts.neighbours.value - 1),
        ("welch", facts.welch.value / LESS),
    ):
        yield name, replace(facts, **{name: replace(getattr(facts, name), value=value)})
    last = replace(facts.babel[-1], value=facts.babel[-1].value * LESS)
    yield "Babel", replace(facts, babel=(*facts.babel[:-1], last))
    kinds = {"coherence": "lower", "spark": "upper", "neighbours": "lower", "welch": "upper"}
    for name, kind in kinds.items():
        yield name, replace(facts, **{name: replace(getattr(facts, name), kind=kind)})


def test_wrong_quantities_are_seen() -> None:
    sharp = sharp_cases()[0]
    certificate = certify(sharp.data, atoms="columns")
    assert not wrong_kinds(sharp, certificate)
    for name, facts in changed_facts(certificate.dictionary):
        found = wrong_kinds(sharp, replace(certificate, dictionary=facts))
        assert any(name.lower() in kind.lower() for kind in found), (name, found)


def test_a_wrong_depth_is_seen() -> None:
    sharp = Case(0, "", ALIGNED, {"sparsity": 1, "noise": 2.0**-10, "tolerance": 0.125})
    certificate = certify(sharp.data, atoms="columns", **sharp.arguments)
    depth = certificate.unfolded
    assert not wrong_kinds(sharp, certificate)
    low, short = list(depth.bounds), list(depth.thresholds)
    low[2] *= LESS
    short[1] *= LESS
    for name, made in (
        ("q", replace(depth, q=replace(depth.q, value=depth.q.value * LESS))),
        ("bounds", replace(depth, bounds=tuple(low))),
        ("thresholds", replace(depth, thresholds=tuple(short))),
        ("depth", replace(depth, depth=depth.depth - 1)),
    ):
        assert f"unfolded {name}" in wrong_kinds(sharp, replace(certificate, unfolded=made))


def test_codes_that_are_certified_wrongly_are_seen() -> None:
    """Every code that is not certified on the tetrahedron does not have the property."""
    X = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1]])
    sharp = Case(1, "", TETRAHEDRON, {"codes": X})
    certificate = certify(sharp.data, atoms="columns", codes=X)
    assert not wrong_kinds(sharp, certificate)
    codes = certificate.codes
    assert codes.failing
    for failing in codes.failing:
        column = [one.property for one in codes.properties].index(failing.property)
        status = codes.each.status.copy()
        before, status[failing.code, column] = status[failing.code, column], 1
        share = codes.properties[column]
        certified = share.certified + 1
        more = replace(
            share,
            certified=certified,
            share=certified / share.asked,
            refuted=share.refuted - (before == -1),
            unknown=share.unknown - (before == 0),
        )
        shares = (*codes.properties[:column], more, *codes.properties[column + 1 :])
        each = replace(codes.each, status=status)
        made = replace(certificate, codes=replace(codes, each=each, properties=shares))
        found = wrong_kinds(sharp, made)
        assert found == {f"code {failing.property} [{failing.theorem}]"}
    shares = (replace(codes.properties[0], certified=3), *codes.properties[1:])
    made = replace(certificate, codes=replace(codes, properties=shares))
    assert any("counts" in kind for kind in wrong_kinds(sharp, made))


def test_a_network_that_is_certified_wrongly_is_seen() -> None:
    given = aligned_network(0)
    D = given.pop("data")
    sharp = Case(0, "", D, given)
    certificate = certify(D, atoms="columns", **given)
    assert not wrong_kinds(sharp, certificate)
    network = certificate.network
    (layer,) = network.layers
    low = replace(layer, bound=replace(layer.bound, value=layer.bound.value * LESS))
    made = replace(certificate, network=replace(network, layers=(low,)))
    assert "network bound" in wrong_kinds(sharp, made)
    short = Case(0, "", D, given | {"thresholds": given["thresholds"] * LESS})
    assert "network support" in wrong_kinds(short, certificate)


def test_false_positives_of_the_layer_before_are_in_its_bound() -> None:
    """Half of the first threshold lets a quarter through: without it the next bound is 1/2."""
    given = aligned_network(0, (0.5, 1.0))
    D = given.pop("data")
    assert given["thresholds"].tolist() == [[0.25] * 3, [0.375] * 3]
    leaky = Case(0, "", D, given)
    certificate = certify(D, atoms="columns", **given)
    assert not wrong_kinds(leaky, certificate)
    first, second = certificate.network.layers
    assert not first.certified
    low = replace(second, bound=replace(second.bound, value=0.5625 * LESS))
    made = replace(certificate, network=replace(certificate.network, layers=(first, low)))
    assert "network bound" in wrong_kinds(leaky, made)


def test_a_crash_and_a_refusal_are_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    zero = Case(0, "", np.array([[0.0, 1.0]]))
    assert [one.kind for one in check(zero)] == ["refused"]

    def crash(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("here")

    monkeypatch.setattr("tests.quality.brute_force.checking.certify", crash)
    assert [(one.kind, one.holds) for one in check(zero)] == [("crash", False)]


def test_cases_are_determined_by_their_number() -> None:
    for number in range(20):
        first, second = case(3, number), case(3, number)
        assert first.reproduction == second.reproduction
        assert first.family == second.family


def test_the_command_counts_and_says_what_is_false(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = command.check_part(13, 0, 3)
    assert (found.cases, found.false) == (3, 0)
    assert sum(found.stated.values()) > 50

    monkeypatch.setattr(command, "check_all", lambda *_: iter([found]))
    assert command.main(["--count", "3"]) == 0
    assert "3 cases" in capsys.readouterr().out
    found.false = 1
    found.wrong["spark"] += 1
    found.shown["spark"] = [(2, "9 (lower)", "certify(...)")]
    assert command.main(["--count", "3"]) == 1
    assert "case 2: 9 (lower)\n    certify(...)" in capsys.readouterr().out
