"""Rows for ``proofs/tied/rate.v``: unfolded networks whose numbers are exact, of three layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis import unfolding, unfolding_rates
from sparsebound.theory.analysis.connections import Connections
from sparsebound.theory.analysis.unfolding_rates import Rate
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import Instance
from tests.quality.coq_data import Rows, exact, flags, fractions, number, rows, shape, times, vector
from tests.quality.tied_dictionaries import FRAME
from tests.quality.ties import Found, Row, Writer, of_mutant

LAYERS = 3
PER_LAYER = ("thresholds", "rho", "p_in", "p_out", "slack")


def shortened(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The first layers of a network, which are a network."""
    ((name, network),) = evidence.items()
    parts = {part: getattr(network, part)[:, :LAYERS] for part in PER_LAYER}
    if network.skips is not None:
        parts["skips"] = network.skips[:LAYERS, :LAYERS]
    return {name: replace(network, iterates=network.iterates[:, : LAYERS + 1], **parts)}


def common(found: Found) -> tuple[Rows, Rows, Rows, list[Fraction]]:
    """Atoms, weights, states and noise."""
    return (
        [fractions(row) for row in found.instance.D.data],
        [fractions(row) for row in found.only.W],
        [fractions(row) for row in found.only.iterates[0]],
        fractions(found.instance.E[0]),
    )


def weights(found: Found, k: int) -> list[Fraction]:
    """With what weight each state enters a layer; in a chain, the last one alone."""
    skips = found.only.skips
    return (
        [Fraction(j == k) for j in range(k + 1)] if skips is None else fractions(skips[k, : k + 1])
    )


def errors_of(
    found: Found, activation: Callable[[Fraction, Fraction], Fraction]
) -> tuple[Rows, Rows]:
    """Errors before and after each activation that explain the states: the smallest ones after."""
    D, W, states, e = common(found)
    network, x = found.only, fractions(found.instance.X[0])
    y = [a + b for a, b in zip(times(D, x), e, strict=True)]
    before, after = [], [[Fraction(0)] * len(x)]
    seen: Rows = []
    for k, (state, following) in enumerate(pairwise(states)):
        left = [a - b for a, b in zip(y, times(D, state), strict=True)]
        moved = times([list(column) for column in zip(*W, strict=True)], left)
        seen.append([v + z for v, z in zip(state, moved, strict=True)])
        entering = times([list(column) for column in zip(*seen, strict=True)], weights(found, k))
        rho, theta = (fractions(part[0])[k] for part in (network.rho, network.thresholds))
        chosen, rest = [], []
        for v, target in zip(entering, following, strict=True):
            best = min((0 * rho, rho, -rho), key=lambda r: abs(target - activation(v + r, theta)))
            chosen.append(best)
            rest.append(target - activation(v + best, theta))
        before.append(chosen)
        after.append(rest)
    return before, after


def soft(v: Fraction, theta: Fraction) -> Fraction:
    return max(v - theta, Fraction(0)) - max(-v - theta, Fraction(0))


def relu(v: Fraction, theta: Fraction) -> Fraction:
    return max(v - theta, Fraction(0))


def bounds(found: Found, values: Number) -> str:
    (b,) = exact(values)
    return vector(b)


def of_master(found: Found) -> Iterator[list[str]]:
    """The master theorem, with what a mutant changes first."""
    D, W, states, e = common(found)
    network, instance, changes = found.only, found.instance.exact(), found.changes
    one_sided = network.activation == "relu"
    r, p = errors_of(found, relu if one_sided else soft)
    connections = Connections.of(instance, network.skips)
    b = [bounds(found, unfolding.unfolded_bounds(instance, network, connections=connections))]
    first: list[str] = []
    if changes:
        first = [
            number(changes.get("share", 1)), number(changes.get("noise", 1)),
            number(changes.get("false_positives", True)), number(changes.get("fewer", 0)),
            number(changes.get("moved", 1)),
        ]  # fmt: skip
        mutated = unfolding.unfolded_bounds(
            instance, network, noise=changes.get("moved", 1), fewer=changes.get("fewer", 0)
        )
        b.append(bounds(found, mutated))
    theta, nu = vector(network.thresholds[0]), number(network.nu[0])
    errors = [
        vector(network.rho[0]), vector([0, *network.p_in[0]]), vector([0, *network.p_out[0]])
    ]  # fmt: skip
    layers = [rows(states), rows(r), rows(p), nu]
    depth = [str(network.thresholds.shape[1])]
    if network.skips is not None:
        depth.append(rows(weights(found, k) for k in range(len(network.skips))))
    yield [
        *first, *shape(D), rows(D), rows(W), vector(found.instance.X[0]), vector(e),
        flags(found.instance.support[0]), *depth,
        *([*layers, theta] if one_sided else [theta, *layers]), *errors, *b,
    ]  # fmt: skip


def of_corollary(rate: Callable[..., Rate]) -> Writer:
    """A corollary, whose rate is in the place of row sums."""

    def write(found: Found) -> Iterator[list[str]]:
        D, W, states, e = common(found)
        network, instance, changes = found.only, found.instance.exact(), found.changes
        noise = changes.get("noise", 1)
        b = [
            bounds(
                found, unfolding_rates.linear_bounds(instance, network, rate(instance, network.W))
            )
        ]
        own = []
        if rate is unfolding_rates.gradient_rate:
            products = 1 - unfolding.residual(instance.D, network.W)
            own = [number(min(exact(products)[i][i] for i in range(len(D[0]))))]
        if changes:
            given = {
                name: value
                for name, value in changes.items()
                if name in ("atoms", "further", "step")
            }
            mutated = rate(instance, network.W, **given).times(changes.get("rate", 1))
            b.append(
                bounds(
                    found, unfolding_rates.linear_bounds(instance, network, mutated, noise=noise)
                )
            )
        yield [
            *changed(rate, changes), *shape(D), rows(D), rows(W), vector(found.instance.X[0]),
            vector(e), str(network.thresholds.shape[1]), vector(network.thresholds[0]),
            rows(states), number(network.nu[0]), *own, *b,
        ]  # fmt: skip

    return write


def changed(rate: Callable[..., Rate], changes: Mapping[str, Any]) -> list[str]:
    """What a mutant of a corollary changes, as its definition in Coq takes it."""
    if not changes:
        return []
    share, moved = number(changes.get("share", 1)), number(changes.get("noise", 1))
    if rate is unfolding_rates.gradient_rate:
        return [share, number(changes.get("step", 1)), str(int("further" in changes)), moved]
    return [share, str(1 + ("atoms" in changes)), number(changes.get("rate", 1)), moved]


def framed(share: Fraction = Fraction(1)) -> Row:
    """A frame whose atoms are weights of least cross coherence, in three layers; all is dyadic."""
    given = Instance(FRAME, [[1, 0, 0]])
    D = [fractions(row) for row in FRAME]
    theta = [share / 2 ** (k + 1) for k in range(LAYERS)]
    y, states = times(D, [Fraction(1), Fraction(0), Fraction(0)]), [[Fraction(0)] * 3]
    for threshold in theta:
        left = [a - b for a, b in zip(y, times(D, states[-1]), strict=True)]
        moved = times([list(column) for column in zip(*D, strict=True)], left)
        states.append([soft(a + b, threshold) for a, b in zip(states[-1], moved, strict=True)])
    ((name, network),) = shortened(gather(catalogue()["rate.alista"], given)).items()
    none = np.zeros((1, LAYERS))
    exactly = replace(
        network, iterates=np.array([states], float), thresholds=np.array([theta], float),
        B=np.ones(1), nu=np.zeros(1), rho=none, p_in=none, p_out=none, slack=none, W=FRAME,
    )  # fmt: skip
    return Row("rate.coupled", "rate.alista", COUPLED, (given,), evidence={name: exactly})


def of_least_weights(found: Found) -> Iterator[list[str]]:
    """The dual of the last column: that atom is less the sum of the others."""
    (terms,) = COUPLED(found)
    yield ["(2%N, [:: ((-1) // 2); ((-1) // 2); (0 // 1)])", *terms]


def of_relu_pair(found: Found) -> Iterator[list[str]]:
    for point in found.only.points[0]:
        yield [number(point), number(found.only.thresholds[0])]


def of_leaky_pair(found: Found) -> Iterator[list[str]]:
    for point in found.only.points[0]:
        yield [number(point), number(found.only.parameters[0])]


def network(tie: str, theorem: str, write: Writer, mutant: str = "", size: int = 1) -> Row:
    """The first layers of the extremal network, or of that against a mutant."""
    known = catalogue()[theorem]
    build = (known.mutant(mutant).witness if mutant else None) or known.sharp
    assert build is not None
    given = build(size)
    return Row(tie, theorem, write, (given,), mutant, shortened(gather(known, given)))


MASTER, NONNEGATIVE = "rate.unfolded", "rate.nonnegative"
LOCAL = of_corollary(unfolding_rates.local_rate)
GRADIENT = of_corollary(unfolding_rates.gradient_rate)
L1 = of_corollary(unfolding_rates.l1_rate)
COUPLED = of_corollary(unfolding_rates.coherence_rate)


def all_rows() -> tuple[Row, ...]:
    """Every row."""
    mutants = [
        (f"{name}_with", theorem, write, mutant.name)
        for name, theorem, write in (
            ("rate.unfolded", MASTER, of_master),
            ("rate.local", "rate.local", LOCAL),
            ("rate.ista_thresholds", "rate.ista_thresholds", GRADIENT),
        )
        for mutant in catalogue()[theorem].mutants
    ]
    frame, short = framed(), framed(Fraction(15, 16))
    coupled = [
        replace(
            short if "theta_k" in mutant.name else frame,
            tie="rate.coupled_with",
            mutant=mutant.name,
        )
        for mutant in catalogue()["rate.alista"].mutants
    ]
    return (
        frame,
        replace(frame, tie="rate.alista", write=of_least_weights),
        *coupled,
        network("rate.unfolded", MASTER, of_master),
        network("rate.nonnegative", NONNEGATIVE, of_master),
        *(network("rate.connected", "rate.connected", of_master, size=size) for size in (1, 2)),
        network("rate.local", "rate.local", LOCAL),
        network("rate.ista_thresholds", "rate.ista_thresholds", GRADIENT),
        network("rate.lista_cp", "rate.lista_cp", L1),
        *(network(*each) for each in mutants),
        of_mutant("rate.leaky_pair_unscaled", "network.relu_pair", of_leaky_pair,
                  "1/(1 - a^2) dropped"),
        Row("rate.leaky_pair", "network.relu_pair", of_leaky_pair,
            (catalogue()["network.relu_pair"].mutants[0].witness(1),)),
        Row("rate.relu_pair", "network.relu_pair", of_relu_pair,
            (catalogue()["network.relu_pair"].mutants[0].witness(1),)),
    )  # fmt: skip


ROWS = all_rows()
