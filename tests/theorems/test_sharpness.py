"""Sharp instances tell each theorem from the next weaker one.

A bound that is attained is the best one, on that instance. Where two bounds coincide on it, it
does not tell which of the two stands in the code: then a weaker theorem passes under the name.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis import unfolding, unfolding_rates
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.extremal.networks import without_real_roots
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.maps import Map
from sparsebound.theory.quantities import (
    babel,
    coherence,
    exact_recovery_coefficient,
    local_sparsity,
    null_space_constant,
    spark,
)
from sparsebound.theory.rate import ista_identified
from sparsebound.theory.stability import lasso_witness
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide
from tests.theorems.planting import alone

SHARP = [theorem for theorem in catalogue().values() if theorem.sharp]
CLOSE = 1e-5
"""Attained up to rounding, a tolerance just above a bound, or rationals near the golden ratio."""
Attained = dict[tuple[str, int], set[int]]

SOMEWHERE = {"rate.ista_strong"}
"""Attained if the code does not cross 0 on its way, which the data decide: at some sizes."""
NEVER: set[int] = set()
ODD, EVEN = {1, 3, 5}, {2, 4, 6}
NOT_EVERYWHERE: dict[str, Attained] = {
    "dictionary.spark_coherence": {("1 + 1/mu <= spark", 0): {1, 2}},  # then comes the pair
    "dictionary.welch_orders": {
        ("Welch bound of order 2 <= mu^4", 0): {1, 2, 4, 6},  # lines at equal angles
        ("Welch bound of order 3 <= mu^6", 0): {1},  # one line twice
        ("Welch bound of order 4 <= mu^8", 0): {1},
        ("1/m <= mu^2", 0): ODD,  # more than m (m+1)/2 lines
    },
    "network.smooth_activation": {("two-sided: within c/beta of soft", 0): {4}},  # the last unit
    "rate.iht": {("||x^{k+1} - x|| <= phi (delta ||x^k - x|| + ...)", 0): EVEN},  # phi: nearly
    "rate.homotopy": {("||G_A^{-1} s_A - s_A||_inf < 1", 0): NEVER},  # less would do for it
    "rate.matching_pursuit": {  # one atom is found at once
        ("||r^{k+1}||^2 <= (1 - sigma_min(D_S)^2 / s) ||r^k||^2 + ...", 0): {2, 3, 4, 5, 6}
    },
    "selection.cost": {  # products of either sign
        (
            "(1 + mu) (1 - (k+r-1) mu)/(1 - (k-1) mu) ||x_R||^2 <= ||D (x - z)||^2",
            0,
        ): ODD,
        ("||D_R x_R||^2 <= (1 + (r-1) mu) ||x_R||^2", 0): {1, 2, 4, 6},  # one atom, or at +1/2
    },
    "selection.front": {("(p - m)/(m (p - 1)) <= mu(D_T)^2", 0): EVEN},  # tight frames
    "stability.layered_thresholding": {  # nothing pushes all entries of the second layer outwards
        ("||z_j - x_j||_inf <= tau_in |x_j|_max + nu_j + beta_j", 1): NEVER
    },
    "stability.projection": {  # opposite atoms are far from what their norms allow
        ("||x_{j-1} - z_{j-1}||^2 <= (1 + mu1(D_j, t_j - 1)) ||N_j (x_j - z_j)||^2", 1): ODD
    },
    "network.encoder_step": {  # one unit has none beside it
        ("g_ii x_min - (v_i - b_i) <= B n_i(s-1) + nu on S", 0): {2, 3, 4, 5, 6}
    },
    "uniqueness.nonnegative_coherence": {("x is the only minimiser of the sum", 0): NEVER},
    "uniqueness.nonnegative_witness": {
        ("sigma_min^2 ||z_S - x_S||^2 <= (eps + ||r|| + sum z off S)^2", 0): NEVER  # noise is 0
    },
    "stability.features": {
        ("||D (z - z')||^2 <= ||y - y'||^2", 0): EVEN,  # features rise
        ("g_j^2 <= ||r' - r||^2 ||d_j||^2 where j enters", 0): ODD,  # an atom enters
        ("sigma_min(D_T)^2 ||z - z'||^2 <= ||y - y'||^2", 0): EVEN,
    },
    "stability.gap_safe": {  # a dual point with a gap on the support is not the best one
        ("(lam_j - <d_j, theta>)^2 <= 2 G ||d_j||^2 on supp z", 0): NEVER
    },
    "stability.near_minimiser": {  # what is returned is on the atoms of the minimiser
        ("sum |x_j| (lam - |<d_j, r>|) <= eps P(0)", 0): NEVER
    },
    "training.lazy": {  # in the limit
        ("s_k <= R", 0): NEVER,
        ("|r_k| <= q^k |r_0|", 0): NEVER,
    },
    "training.certified_radius": {  # no atom enters
        ("R^2 <= ||y' - y||^2, closed form", 0): EVEN
    },
    "training.kernel_coherence": {  # a regular simplex
        ("1 - lam_min(phi(G)) <= the bound at R = 2", 0): ODD
    },
    # what is sharp there is the premise
    "uniqueness.basis_pursuit": {("unique minimiser of the l1 norm", 0): NEVER},
    "uniqueness.erc": {("unique minimiser of the l1 norm", 0): NEVER},
    "uniqueness.null_space": {("recovered where c(s) < 1", 0): NEVER},
    "uniqueness.rip": {  # its constant is not the best one
        ("||z - x||^2 <= 8 (1 + delta) eps^2/(1 - 2^{1/2} delta)^2", 0): NEVER
    },
    "uniqueness.block": {("sum ||h_i|| on S < sum ||h_j|| off S", 0): {1}},  # then the pursuit
    "uniqueness.coherence": {("||x||_0 + 1 <= ||z||_0", 0): ODD},
    "uniqueness.spark": {("||x||_0 + 1 <= ||z||_0", 0): ODD},
    "uniqueness.local": {("s_loc(x) + 1 <= s_loc(z)", 0): NEVER},
    "uniqueness.deep": {
        ("||x_1||_0 + 1 <= ||z_1||_0", 0): NEVER,
        ("spark <= ||x_1||_0 + ||z_1||_0", 0): NEVER,
        ("||x_2||_0 + 1 <= ||z_2||_0", 0): NEVER,
    },
}
"""Measured claims that are not attained at every size, and the sizes at which they are."""


def sizes_of(theorem: Theorem) -> range:
    """Every kind of function, and few sizes where supports are enumerated."""
    return range(1, 10 if theorem.id == "model.lipschitz" else 5 if theorem.enumerates else 7)


def attained(theorem: Theorem, changes: Mapping[str, Any] | None = None) -> Attained:
    """At which sizes measured claims are attained; the theorem has to hold at all of them."""
    found: Attained = {}
    for size in sizes_of(theorem):
        assert theorem.sharp
        instance = theorem.sharp(size)
        evidence = gather(theorem, instance)
        verdict = decide(theorem, instance, evidence, changes)
        if verdict.status.tolist() != [Status.HOLDS] * len(verdict):
            return {("does not hold", 0): {size}}
        seen: Counter[str] = Counter()
        for claim in theorem.claims_of(instance, evidence, changes or {}):
            place = (claim.name, seen[claim.name])
            seen[claim.name] += 1
            if claim.measured:
                where = found.setdefault(place, set())
                one = alone(theorem, *place, premises=True)
                if (decide(one, instance, evidence, changes).ratio >= 1 - CLOSE).all():
                    where.add(size)
    return found


@pytest.mark.parametrize("theorem", SHARP, ids=lambda theorem: theorem.id)
def test_every_measured_claim_is_attained_on_the_sharp_instances(theorem: Theorem) -> None:
    sizes = set(sizes_of(theorem))
    for claim, where in attained(theorem).items():
        name, layer = claim
        first = layer + 1 if theorem.id == "stability.layered_basis_pursuit" else 1
        everywhere = {size for size in sizes if size >= first}  # as many layers as the size says
        expected = NOT_EVERYWHERE.get(theorem.id, {}).get(claim, everywhere)
        assert where == expected & sizes or (theorem.id in SOMEWHERE and where), name


# --- quantities that are a little larger than they need to be -------------------------------------

LOOSER: dict[str, Callable[[Any], Any]] = {
    "babel": lambda value: value * Fraction(65, 64),
    "coherence": lambda value: value * Fraction(65, 64),
    "exact_recovery_coefficient": lambda value: value * Fraction(65, 64),
    "local_sparsity": lambda value: value + 1,
    "null_space_constant": lambda value: value * Fraction(65, 64),
    "recovery_bound": lambda value: value * Fraction(65, 64),
    "spark": lambda value: value - 1,
}
"""What weakens a theorem in whose module a function of that name is used."""
NOT_NOTICED = {
    ("coding.factorial", "spark"): "says of which codes nothing is lost; see uniqueness.spark",
    ("dictionary.babel_growth", "babel"): "on both sides",
    ("rate.alista", "coherence"): "in a claim that is no rate; dictionary.cross_coherence has it",
    ("rate.iht", "babel"): "in place of the isometry of very many supports",
    ("stability.bpdn", "coherence"): "attained for orthonormal atoms; see the test of its value",
    ("stability.lasso_oracle", "coherence"): "eigenvalues decide there; see the test of its value",
    ("stability.layered_basis_pursuit", "coherence"): "attained for single atoms; likewise",
    ("stability.compressible", "spark"): "says from where on the constant is infinite",
    ("uniqueness.rip", "spark"): "likewise",
    ("uniqueness.null_space", "spark"): "says from where on the constant is infinite",
}
LOOSENED = [
    pytest.param(theorem, name, id=f"{theorem.id}-{name}")
    for theorem in SHARP
    for name in LOOSER
    if hasattr(sys.modules[theorem.claims.__module__], name)
    and (theorem.id, name) not in NOT_NOTICED
]


def replaced(patch: pytest.MonkeyPatch, original: Any, other: Any) -> None:
    """Put a function in the place of another one wherever the mathematics uses it."""
    for module in [m for name, m in sys.modules.items() if name.startswith("sparsebound.theory.")]:
        for name in [name for name, value in vars(module).items() if value is original]:
            patch.setattr(module, name, other)


@pytest.mark.parametrize(("theorem", "name"), LOOSENED)
def test_a_looser_quantity_is_noticed(
    theorem: Theorem, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = attained(theorem)
    compute, looser = getattr(sys.modules[theorem.claims.__module__], name), LOOSER[name]
    replaced(monkeypatch, compute, lambda *args, **kwargs: looser(compute(*args, **kwargs)))
    assert attained(theorem) != right


# --- the next weaker theorem ----------------------------------------------------------------------


def multiples_of_the_coherence(D: Dictionary, k: IntArray | int) -> Number:
    return babel(D, 1) * k  # imported here, so the right one


def spark_by_coherence(D: Dictionary) -> Number:
    return 1 + 1 / coherence(D)


def recovery_by_babel(instance: Instance) -> Number:
    s = instance.sparsity
    return babel(instance.D, s) / (1 - babel(instance.D, s - 1))


def null_space_by_coherence(D: Dictionary, s: IntArray) -> Number:
    theta = coherence(D) * s / (1 + coherence(D))
    return theta / (1 - theta)


def globally(D: Dictionary, *supports: Any) -> IntArray:
    return np.asarray(supports[-1].sum(axis=-1))


def witness_by_coherence(instance: Instance) -> Any:
    projected = lasso_witness.project(instance, instance.lift(instance.E))
    s, mu = instance.sparsity, coherence(instance.D)
    room, scale = 1 - (s - 1) * mu, instance.D.raw_gram[0, 0]
    return SimpleNamespace(
        coefficient=s * mu / room,
        row_sum=1 / (room * scale),
        entries=projected.entries,
        off=projected.off,
    )


def row_sums_by_coherence(instance: Instance, W: FloatArray) -> unfolding.RowSums:
    s, n = instance.sparsity, instance.D.shape[1]
    mu, _ = unfolding.off_and_on_diagonal(instance.D, W)
    inside, outside = mu * np.maximum(s - 1, 0), mu * s
    return unfolding.RowSums(inside, outside, mu * (n - s), mu * np.maximum(n - s - 1, 0))


def gradient_rate_by_coherence(
    instance: Instance, W: FloatArray, **changes: Any
) -> unfolding_rates.Rate:
    s, (mu, defect) = instance.sparsity, unfolding.off_and_on_diagonal(instance.D, W)
    return unfolding_rates.Rate(mu * (2 * s - 1) + defect, mu * s, instance.lift(0), mu)


RIGHT_RATE = unfolding_rates.coherence_rate


def rate_of_the_dictionary(instance: Instance, W: FloatArray, **changes: Any) -> Any:
    return RIGHT_RATE(instance, instance.D.data / instance.D.squares.mid, **changes)


def least_eigenvalue_of_all_atoms(D: Dictionary, supports: Mask) -> Number:
    squares = D.squares.min(-1)
    return squares + np.zeros(len(supports))


def windows_for_meetings(psi: Map) -> Fraction:
    return Fraction(psi.window) if psi.kind == "max pooling" else psi.square


WEAKER: tuple[tuple[str, Any, Any], ...] = (
    ("dictionary.erc_babel", babel, multiples_of_the_coherence),
    ("dictionary.gershgorin", babel, multiples_of_the_coherence),
    ("dictionary.spark_coherence", babel, multiples_of_the_coherence),
    ("stability.p0", babel, multiples_of_the_coherence),
    ("stability.deep", babel, multiples_of_the_coherence),
    ("uniqueness.spark", spark, spark_by_coherence),
    ("uniqueness.deep", spark, spark_by_coherence),
    ("uniqueness.erc", exact_recovery_coefficient, recovery_by_babel),
    ("uniqueness.null_space", null_space_constant, null_space_by_coherence),
    ("uniqueness.local", local_sparsity, globally),
    ("stability.local", local_sparsity, globally),
    ("stability.lasso_witness", lasso_witness.noise, witness_by_coherence),
    ("stability.layered_thresholding", unfolding.row_sums, row_sums_by_coherence),
    ("rate.unfolded", unfolding.row_sums, row_sums_by_coherence),
    ("rate.nonnegative", unfolding.row_sums, row_sums_by_coherence),
    ("rate.features", unfolding.row_sums, row_sums_by_coherence),
    ("rate.depth", unfolding.row_sums, row_sums_by_coherence),
    ("rate.deep", unfolding.row_sums, row_sums_by_coherence),
    ("rate.ista_thresholds", unfolding_rates.gradient_rate, gradient_rate_by_coherence),
    ("rate.alista", RIGHT_RATE, rate_of_the_dictionary),
    ("rate.local", unfolding_rates.weighted_local_sparsity, globally),
    ("rate.deep_local", unfolding_rates.weighted_local_sparsity, globally),
    ("rate.ista_identified", ista_identified._least_eigenvalue, least_eigenvalue_of_all_atoms),
)
"""Theorems, a quantity in them, and what is at least as loose."""


@pytest.mark.parametrize(
    ("name", "quantity", "weaker"), WEAKER, ids=[f"{row[0]}-{row[2].__name__}" for row in WEAKER]
)
def test_the_next_weaker_theorem_is_told_from_it(
    name: str, quantity: Any, weaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    theorem = catalogue()[name]
    right = attained(theorem)
    replaced(monkeypatch, quantity, weaker)
    assert attained(theorem) != right


def test_overlapping_windows_meet_an_entry_less_often_than_they_are_long() -> None:
    theorem = catalogue()["model.lipschitz"]
    assert attained(theorem, {"square": windows_for_meetings}) != attained(theorem)


def test_the_babel_function_of_equiangular_atoms_is_linear_at_every_place() -> None:
    theorem = catalogue()["dictionary.babel_growth"]
    instance = theorem.extremal(4).codes
    (bound,) = [c for c in theorem.claims_of(instance.exact(), {}, {}) if c.measured]
    assert bound.lhs.shape == (1, 4)
    assert ((bound.rhs - bound.lhs).sign == 0).all()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_even_filters_lose_a_tap_where_nothing_has_a_real_root(size: int) -> None:
    """``1 + ... + z^(6 size)`` in pieces of four taps: ``S/2`` filters, and not ``S/3``."""
    theorem = catalogue()["network.filter_factorization"]
    instance = without_real_roots(size)
    verdict = decide(theorem, instance, gather(theorem, instance))
    assert verdict.status.tolist() == [Status.HOLDS]
    assert verdict.ratio.tolist() == [1.0]


def test_the_bound_on_denoising_is_that_of_the_statement() -> None:
    """``4 eps^2 / (1 - (4k - 1) mu)`` for ``k = 1``, ``mu = 1/7``: no instance tells ``4k - 1``."""
    theorem = catalogue()["stability.bpdn"]
    D = np.kron([[1, 1], [1, -1]], np.kron([[1, 1], [1, -1]], [[1, 1], [1, -1]]))[1:]
    instance = Instance(D, 8.0 * np.eye(1, 8)).exact()
    (need,) = theorem.needs
    evidence = gather(theorem, instance)
    (claim,) = theorem.claims_of(instance, evidence, {})
    eps = Fraction(float(evidence[need].eps[0]))
    assert (claim.rhs - 4 * eps**2 / (1 - Fraction(3, 7))).sign == [0]
    name = "(4k - 1) mu < 1"
    (premise,) = [p for p in theorem.premises_of(instance, evidence, {}) if p.name == name]
    assert (instance.lift(premise.lhs) - Fraction(3, 7)).sign == [0]


def test_the_oracle_inequality_is_that_of_the_statement() -> None:
    """``kappa = 1 + mu - mu (2 lam / (lam - a))^2 s`` for 12 atoms in 8 rows: ``mu^2 = 1/8``."""
    theorem = catalogue()["stability.lasso_oracle"]
    H = np.kron([[1, 1], [1, -1]], np.kron([[1, 1], [1, -1]], [[1, 1], [1, -1]]))
    D = np.hstack([np.sqrt(8) * np.eye(8), H])[:, :12]
    instance = Instance(D, 64.0 * np.eye(1, 12), 0.25 * np.eye(1, 8))
    support = instance.support
    found = Minimiser(np.array([16.0]), support, instance.signs, support)
    evidence = {"oracle_witness": found}
    verdict = decide(theorem, instance, evidence)
    assert verdict.status.tolist() == [Status.VACUOUS]  # too coherent
    (premise,) = [
        premise
        for premise in theorem.premises_of(instance, evidence, {})
        if premise.name == "1 - kappa < 1"
    ]
    mu, lam, a = 8**-0.5, 16.0, 0.25 * 8**0.5
    kappa = 1 + mu - mu * (2 * lam / (lam - a)) ** 2
    assert premise.lhs.mid == pytest.approx(1 - kappa)


def test_the_bound_on_layered_basis_pursuit_is_that_of_the_statement() -> None:
    """``(2 eps + lam) / (4 (1 - mu))`` for two atoms of norm 2 that share one of four rows."""
    theorem = catalogue()["stability.layered_basis_pursuit"]
    D = np.array([[1, 1], [1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1]])
    layer = Instance(D, [[64, 64]], [[0, 0, 0, 0.5, 0, 0, 0]])
    instance = DeepInstance((layer,), layer.X @ D.T).exact()
    evidence = gather(theorem, instance)
    (claim,) = [claim for claim in theorem.claims_of(instance, evidence, {}) if claim.measured]
    lam = Fraction(float(evidence["layer_minimisers"].layers[0].lam[0]))
    assert (claim.rhs - (1 + lam) / 3).sign == [0]


def test_tables_name_theorems_that_exist() -> None:
    named = {*NOT_EVERYWHERE, *(row[0] for row in WEAKER)}
    assert named | {name for name, _ in NOT_NOTICED} <= {theorem.id for theorem in SHARP}
