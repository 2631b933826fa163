"""Certificates of basis pursuit: circuits, linear programs and an independent solver agree."""

import numpy as np
import pytest

from sparsebound.checks.oracles import linear_programs, reference
from sparsebound.checks.oracles.basis_pursuit import Method, certificates
from sparsebound.checks.oracles.effort import listening
from sparsebound.checks.oracles.linear_programs import hardest_directions, least_l1
from sparsebound.checks.oracles.reference import (
    Bracket,
    OracleDisagreement,
    cross_check,
    reference_optimum,
)
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import embedded_simplex, simplex
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.recovery import recovery_value

METHODS: tuple[Method, ...] = ("circuits", "linear program")


def sparse_codes(rng: np.random.Generator, batch: int, n: int, s: int) -> FloatArray:
    order = rng.permuted(np.tile(np.arange(n), (batch, 1)), axis=1)
    return np.where(order < s, rng.standard_normal((batch, n)), 0.0)


def instances() -> list[Instance]:
    rng = np.random.default_rng(5)
    gaussian = Instance(rng.standard_normal((4, 8)), sparse_codes(rng, 8, 8, 2))
    integers = Instance(rng.integers(-3, 4, (3, 6)) + 0.5, sparse_codes(rng, 8, 6, 2))
    flat = Instance(embedded_simplex(4), sparse_codes(rng, 8, 5, 2))  # rows are dependent
    return [gaussian, integers, flat]


@pytest.mark.parametrize("instance", instances(), ids=["gaussian", "integers", "flat"])
@pytest.mark.parametrize("method", METHODS)
def test_enclosures_close(instance: Instance, method: Method) -> None:
    value = recovery_value(instance, certificates(instance, search=True, method=method))
    width = (value.upper.mid + value.upper.rad) - (value.lower.mid - value.lower.rad)
    assert (width <= 1e-9).all()


def test_circuits_and_linear_programs_agree() -> None:
    for instance in instances():
        values = [
            recovery_value(instance, certificates(instance, search=True, method=method)).lower.mid
            for method in METHODS
        ]
        np.testing.assert_allclose(values[0], values[1], rtol=1e-9)


def test_recovery_agrees_with_the_reference_solver() -> None:
    for instance in instances():
        value = recovery_value(instance, certificates(instance, search=True)).lower.mid
        planted = abs(instance.unit_codes).sum(-1).mid
        for code in range(len(instance)):
            optimum = reference_optimum(instance, code)
            assert optimum.upper - optimum.lower < 1e-5
            beaten = optimum.upper < planted[code] * (1 - 1e-6)
            assert beaten == (value[code] > 1)
        assert cross_check(instance, certificates(instance), share=1) == len(instance)


def test_small_integer_null_vectors_are_exact() -> None:
    instance = Instance(simplex(3), [[1.0, 1, 0, 0]])
    for method in METHODS:
        found = certificates(instance, search=True, method=method)
        assert (np.abs(found.null) == 1).all()
        assert float(recovery_value(instance, found).lower.mid[0]) == 1
        assert not found.dual.any()


def test_the_dual_improves_on_fuchs() -> None:
    instance = Instance([[1.0, 0.5, 0.5, 0.0], [0.0, 1.0, -1.0, 1.0]], [[1.0, 0, 0, 1.0]])
    found = certificates(instance, search=True, method="linear program")
    value = recovery_value(instance, found)
    assert value.upper.mid[0] - value.lower.mid[0] < 1e-9


def test_dependent_supports_are_left_alone() -> None:
    instance = Instance([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [[1.0, 1.0, 0], [1.0, 0, 1.0]])
    for method in METHODS:
        found = certificates(instance, search=True, method=method)
        assert not found.null[0].any()
        assert not found.dual[0].any()
        assert found.null[1].any()


def test_independent_atoms_and_empty_codes() -> None:
    found = certificates(Instance(np.eye(3), np.eye(3)), search=True)
    assert not found.null.any()
    found = certificates(Instance(simplex(3), np.zeros((2, 4))), search=True)
    assert found.null.shape == (2, 4)


def test_unknown_method() -> None:
    with pytest.raises(InputError, match="method is 'guess'; expected 'circuits' or"):
        certificates(instances()[0], method="guess")  # type: ignore[arg-type]


def test_an_unbounded_program_does_not_spoil_its_batch() -> None:
    atoms = np.array([[1.0, 1.0, 0.6], [0.0, 0.0, 0.8]])
    signs = np.array([[1.0, -1.0, 0], [1.0, 0, 0], [-1.0, 1.0, 0]])
    solved = hardest_directions(atoms, signs)
    assert solved.known.tolist() == [False, True, False]
    np.testing.assert_allclose(np.abs(solved.points[1]), [1, 1, 0])


def test_least_l1_is_zero_where_there_is_no_representation() -> None:
    solved = least_l1(np.eye(2), np.eye(2), np.array([[True, False], [True, False]]))
    assert solved.known.tolist() == [True, False]
    np.testing.assert_allclose(solved.points[0], [1, 0])


def test_what_is_solved_at_once_does_not_grow_with_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(2)
    atoms, signals = rng.standard_normal((4, 7)), rng.standard_normal((6, 4))
    at_once = least_l1(atoms, signals, np.ones((6, 7), dtype=bool))
    monkeypatch.setattr(linear_programs, "AT_ONCE", 2 * 4 * 14)
    with listening() as heard:
        in_turn = least_l1(atoms, signals, np.ones((6, 7), dtype=bool))
    assert heard.counts["HiGHS"]["calls"] == 4  # of 1, 2, 1, 2 programs
    assert in_turn.known.all()
    np.testing.assert_allclose(in_turn.points, at_once.points, atol=1e-9)
    np.testing.assert_allclose(in_turn.duals, at_once.duals, atol=1e-9)


def test_disagreement_is_reported_with_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(simplex(3), [[1.0, 0, 0, 0]])
    found = certificates(instance)
    monkeypatch.setattr(reference, "reference_optimum", lambda *_: Bracket(0.5, 0.75))
    with pytest.raises(OracleDisagreement, match=r"code 0 .* only minimiser .*1\.73.* 0\.75"):
        cross_check(instance, found, share=1)
    beaten = Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])
    monkeypatch.setattr(reference, "reference_optimum", lambda *_: Bracket(2.0, 2.0))
    with pytest.raises(OracleDisagreement, match=r"not a minimiser .* dual point with 2\.0"):
        cross_check(beaten, certificates(beaten), share=1)


def test_share_is_deterministic_and_checked() -> None:
    instance = Instance(np.eye(2), np.ones((4, 2)))
    assert cross_check(instance, certificates(instance), share=0) == 0
    with pytest.raises(InputError, match="share is 2"):
        cross_check(instance, certificates(instance), share=2)


def test_reference_needs_balls() -> None:
    with pytest.raises(InputError, match="an instance in ball arithmetic"):
        reference_optimum(instances()[0].exact(), 0)


def test_dependent_supports_prove_nothing_in_a_cross_check() -> None:
    instance = Instance([[1.0, 2.0, -2.0]], [[2.0, -1.0, 1.0]])
    assert cross_check(instance, certificates(instance), share=1) == 1
