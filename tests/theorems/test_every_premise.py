"""Every premise fails for a planted code or run: at its code, and at no other one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from itertools import chain, islice
from typing import Any

import numpy as np
import pytest

from sparsebound.theory import verdict
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Claim, Premise, Theorem
from sparsebound.theory.verdict import Status, decide
from tests.theorems import (  # noqa: F401
    catalogue_plants,
    coding_plants,
    design_plants,
    encoder_plants,
    feature_plants,
    feature_rate_plants,
    kernel_plants,
    layer_plants,
    nonnegative_plants,
    peer_plants,
    pursuit_plants,
    selection_plants,
    step_plants,
    training_plants,
)
from tests.theorems.batches import Batch, batch
from tests.theorems.planting import FAR, PLANTS, altered, at

THEOREMS = list(catalogue().values())


def only(theorem: Theorem, name: str, occurrence: int) -> Theorem:
    """Keep one premise, and claim nothing that could fail."""

    @wraps(theorem.premises)
    def premises(*args: Any, **changes: Any) -> Iterator[Premise]:
        named = (item for item in theorem.premises(*args, **changes) if item.name == name)
        yield from islice(named, occurrence, occurrence + 1)  # those after it are not computed

    def claims(instance: Any) -> Iterator[Claim]:
        yield Claim("nothing", 0, 1)

    return replace(theorem, premises=premises, claims=claims, mutants=(), id=theorem.id)


def data(instance: Any, code: int) -> Iterator[Any]:
    """A code that is less sparse, zero, huge, or has huge noise; in one layer at a time."""
    if isinstance(instance, DeepInstance):
        for j, layer in enumerate(instance.layers):
            for changed in data(layer, code):
                layers = (*instance.layers[:j], changed, *instance.layers[j + 1 :])
                yield DeepInstance(layers, instance.X0, instance.maps)
        return
    n = instance.X.shape[1]
    some = (np.arange(n) < size for size in (n, n - 1, (n + 1) // 2))
    for X in (*some, 0.0, FAR * instance.X[code], -instance.X[code]):
        codes = instance.X.copy()
        codes[code] = X
        yield Instance(instance.D, codes, instance.E)
    noise = instance.E.copy()
    noise[code] = FAR
    yield Instance(instance.D, instance.X, noise)


def parts(evidence: Any, code: int) -> Iterator[Any]:
    """One field is 0, huge or of the other sign, for a code or one entry of it."""
    for item in fields(evidence):
        value = getattr(evidence, item.name)
        if isinstance(value, tuple):  # layers
            for j, layer in enumerate(value):
                for changed in parts(layer, code):
                    yield replace(evidence, **{item.name: (*value[:j], changed, *value[j + 1 :])})
        elif is_dataclass(value) and hasattr(value, "select") and item.name != "W":
            for changed in parts(value, code):
                yield replace(evidence, **{item.name: changed})
        elif isinstance(value, np.ndarray) and item.name not in getattr(evidence, "SHARED", ()):
            yield from entries(evidence, item.name, value, code)


def entries(evidence: Any, name: str, values: Any, code: int) -> Iterator[Any]:
    """Change all of a code's entries, or the last one alone."""
    axes = values.ndim - 1
    for change in CHANGES[values.dtype.kind]:
        yield altered(evidence, code, **{name: change})
        if axes and values[code].size:
            yield altered(evidence, code, **{name: at((-1,) * axes, change)})


def constant(value: float) -> Callable[[Any], Any]:
    """Put a value in the place of others."""
    return lambda values: np.full_like(values, value)


CHANGES = {
    "b": (np.logical_not, constant(True)),
    "i": (),
    "f": (np.negative, *map(constant, (0.0, 1.0, FAR, -FAR))),
}
"""What is done to values, by their kind; indices are left alone."""


def none(evidence: Any, code: int) -> Iterator[Any]:
    return iter(())


def plants(found: Batch, code: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    if found.theorem.about != "dictionary":
        for instance in data(found.instance, code):
            yield instance, dict(found.evidence)
    for need, evidence in found.evidence.items():
        if is_dataclass(evidence):
            coarse = (changed for _, changed in PLANTS.get(type(evidence), none)(evidence, code))
            for changed in chain(parts(evidence, code), coarse):
                yield found.instance, {**found.evidence, need: changed}


QUICK = {"rate.matching_pursuit"}
"""Rates whose premises exact arithmetic decides at once; elsewhere that is slow."""
OF_NO_CODE = {
    "2 <= n": "the dictionary's size",
    "3 <= n": "the dictionary's size",
    "0 <= g_ii": "the encoder, for all codes",
    "0 < g_ii": "the encoder, for all codes",
    "0 < <d_j, w>": "the dictionary",
    "m < n": "the dictionary's size",
    "mu < 1": "the dictionary",
    "D_i^T D_i = I": "the blocks of the dictionary",
    "spark <= n": "the dictionary",
    "1 <= S": "the filter's length",
    "3 <= p": "the length of the factors",
    "2 <= p": "the encoder's kernel, for all codes",
    "the ends of pieces are in order": "the pieces, for all codes",
    "pieces cover [-R, R]": "the pieces, for all codes",
    "2 <= N": "the dictionary's size",
    "N divides m and n": "the channels, for all codes",
    "one iteration a layer": "the networks, for all codes",
    "D has full column rank": "the dictionary",
    "D consists of shifts of filters": "the network's filters",
    "0 < det(D D^T)": "the dictionary",
    "0 < ||E_i||^2": "the dictionaries",
    "0 < eta": "the peers, for all codes",
    "lambda_2 < 1": "the peers, for all codes",
    "eta L < 1 + lambda_P": "the peers, for all codes",
    "2 <= P": "the peers, for all codes",
    "0 <= <w_i, d_i>": "the weights",
    "0 <= beta_j": "the momentum, for all codes",
    "1 <= N": "the number of steps, for all codes",
    "beta_1 = beta_2 = 0": "the momentum, for all codes",
    "0 <= C_j": "the momentum, for all codes",
    "<w_i, d_i> <= 1": "the weights",
    "fewer <= k": "for a mutant",
    "fewer <= |S|": "for a mutant",
    "extra <= ||x||_0": "for a mutant",
}
"""Premises that are not about single codes."""


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_every_premise_fails_for_a_planted_code_in_each_position(theorem: Theorem) -> None:
    found = batch(theorem)
    seen: Counter[str] = Counter()
    missed = []
    for premise in theorem.premises_of(found.instance, found.evidence, {}):
        name, occurrence = premise.name, seen[premise.name]
        seen[name] += 1
        if name in OF_NO_CODE:
            continue
        one = only(theorem, name, occurrence)
        for code in range(found.codes):
            if not any(fails(one, *planted, code) for planted in plants(found, code)):
                missed.append((name, occurrence, code))
    assert not missed


def fails(theorem: Theorem, instance: Any, evidence: dict[str, Any], code: int) -> bool:
    """Whether a premise fails at a code and at no other one."""
    with pytest.MonkeyPatch.context() as patch:  # most are decided without exact arithmetic
        patch.setattr(verdict, "LARGEST_DECIDED_EXACTLY", 0)
        status = decide(theorem, instance, evidence).status
    if status[code] == Status.UNDECIDED and (theorem.topic != "rate" or theorem.id in QUICK):
        status = decide(theorem, instance, evidence).status
    assert (np.delete(status, code) != Status.VACUOUS).all()
    return bool(status[code] == Status.VACUOUS)


# --- premises that all codes share ----------------------------------------------------------------


def beyond(found: Batch, name: str) -> Any:
    """Data or evidence barely outside a premise: in one atom, one weight, one entry, or one tap."""
    instance, evidence = found.instance, dict(found.evidence)
    need = next(iter(evidence), "")
    D = np.array(instance.D.data)
    if name in ("D has full column rank", "mu < 1"):
        D[:, -1] = D[:, 0]
    elif name == "D_i^T D_i = I":
        D[:, 1:] += D[:, :1] * 2.0**-40
    elif name == "D consists of shifts of filters":
        D[np.unravel_index(np.abs(D).argmax(), D.shape)] *= 2
    elif name in ("0 <= <w_i, d_i>", "<w_i, d_i> <= 1"):
        network = evidence[need]
        W = np.array(network.W)
        own = float(W[:, -1] @ D[:, -1])
        W[:, -1] *= -1 if name.startswith("0") else (1 + 2.0**-40) / own
        evidence[need] = replace(network, W=W)
    elif name == "||D||^2 <= L":
        largest = np.linalg.eigvalsh(D.T @ D)[-1]
        short = np.full(found.codes, largest * (1 - 2.0**-30))
        evidence[need] = replace(evidence[need], L=short)
    elif name in MOMENTA:
        beta = np.zeros(evidence[need].beta.shape)
        beta[: len(MOMENTA[name])] = MOMENTA[name]
        evidence[need] = replace(evidence[need], beta=beta)
    elif name in PEERS:
        evidence["peer_network"] = replace(evidence["peer_network"], **PEERS[name])
    return Instance(D, instance.X, instance.E), evidence


MOMENTA = {
    "0 <= beta_j": [0, 0, -(2.0**-50)],
    "beta_1 = beta_2 = 0": [0, 2.0**-50],
    "0 <= C_j": [0, 0, *[0.35] * 10],
}
"""By premise, a momentum that is outside."""
PEERS: dict[str, dict[str, Any]] = {
    "0 < eta": {"eta": -(2.0**-60)},
    "lambda_2 < 1": {"edges": np.zeros((0, 2)), "weights": np.zeros(0)},
    "eta L < 1 + lambda_P": {"eta": 2.0**10},
}
"""By premise, what peers are outside."""
SHARED = [
    ("rate.ista_strong", "D has full column rank"),
    ("network.convolution", "D consists of shifts of filters"),
    ("uniqueness.block", "mu < 1"),
    ("uniqueness.block", "D_i^T D_i = I"),
    ("rate.ista_thresholds", "0 <= <w_i, d_i>"),
    ("rate.ista_thresholds", "<w_i, d_i> <= 1"),
    ("rate.ista", "||D||^2 <= L"),
    ("rate.fista", "||D||^2 <= L"),
    ("rate.ista_identified", "||D||^2 <= L"),
    *(("rate.momentum", name) for name in ("||D||^2 <= L", *MOMENTA)),
    *(("rate.peers", name) for name in PEERS),
]


@pytest.mark.parametrize(("theorem", "name"), SHARED)
def test_what_is_barely_outside_a_premise_is_vacuous_for_all_codes(theorem: str, name: str) -> None:
    found = batch(catalogue()[theorem])
    one = only(found.theorem, name, 0)
    assert (decide(one, found.instance, found.evidence).status == Status.HOLDS).all()
    instance, evidence = beyond(found, name)
    assert (decide(one, instance, evidence).status == Status.VACUOUS).all()


@pytest.mark.parametrize("name", ["lasso_witness", "lasso_coherence"])
def test_a_minimiser_with_one_wrong_sign_of_two_is_none(name: str) -> None:
    theorem = catalogue()[f"stability.{name}"]
    instance = Instance(np.eye(3), [[8.0, 8, 0], [8, 8, 0]])
    (need,) = theorem.needs
    signs, support = np.array([[1.0, 1, 0], [1, -1, 0]]), instance.support
    found = Minimiser(np.array([1.0, 1]), support, signs, support)
    status = decide(theorem, instance, {need: found}).status
    assert status.tolist() == [Status.HOLDS, Status.VACUOUS]
