r"""How fast a very wide network can be trained, from the graph of its layers alone.

Problem: data of unit norm, here the atoms, with the Gram matrix ``G``; a graph of layers of very
many random units, whose node ``v`` has the kernel ``K_v = sum_e w_e phi_e(K_u)``, entry by entry,
over the edges ``e`` from nodes ``u`` to it: ``w_e >= 0`` with the sum 1, and
``phi_e(t) = sum_r c_r t^r`` with ``c_r >= 0``, ``phi_e(1) = 1``, the kernel of an activation; a
skip is ``t`` itself.

Claim: with ``b_v = sum_e w_e (1 - phi_e(1 - b_u))``, and the least eigenvalue of ``G`` at the data,
``lam_min(K_v) >= b_v`` at every node. On edges from the data, ``1 - phi_e(1 - b_u)`` may be
replaced by a floor from their coherence (``training.kernel_coherence``), and is where that is
larger. Training the last layer by gradient descent,
``r_{k+1} = (I - gamma K_v) r_k``, with ``gamma lam_max(K_v) <= 1``, leaves
``||r_k|| <= (1 - gamma b_v)^k ||r_0||``. So depth lowers the floor where ``phi(t) >= t``, and skips
raise it again.

Why: let ``K = b I + Q``, ``Q`` positive semidefinite with the diagonal ``1 - b``. If the r-th power
of ``K``, entry by entry, is ``a I`` and a semidefinite rest of diagonal ``1 - a``, the next one is
``(b a + b (1 - a) + a (1 - b)) I`` and the entrywise product of both rests, semidefinite (Schur),
and that factor is ``1 - (1 - b) (1 - a)``. So ``1 - (1 - b)^r`` is a floor of the r-th power; sum
up with ``c_r``, and over the edges. ``phi`` does not decrease from 0 to 1, so floors of floors are
floors. In training, ``I - gamma K_v`` is semidefinite, and at most ``1 - gamma b_v``.

Sharp: at every node of every graph, for data with equal inner products that are not negative, where
every ``K_v`` is ``b_v I`` and a constant. So these are the worst of all data with that least
eigenvalue.

Source: stated and proved independently, in the setting of Chen, Huang, Gong, Hanin, Wang 2022.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, {"layer_graph": experiment.settings["layer_graph"]}).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sparsebound.theory.analysis.kernels import (
    Kernel,
    entrywise,
    given_coefficients,
    interactions,
    kernel,
)
from sparsebound.theory.analysis.training import STEPS_DRAWN, power
from sparsebound.theory.arithmetic import FloatArray, Number, larger
from sparsebound.theory.evidence.kernels import LayerGraph
from sparsebound.theory.extremal.kernels import (
    equal_angles_in_a_graph,
    orthogonal_pair_halved,
    pair_squared,
    tetrahedron_of_mixed_signs,
    trained_orthogonal_pair,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import CHEN_HUANG_GONG_HANIN_WANG_2022, INDEPENDENT
from sparsebound.theory.theorem import STATES, Claim, Drawn, Mutant, Premise, Theorem

TRUE, LOSSLESS, INCOHERENT = "true", "lossless", "incoherent"
"""What is left of a floor after an activation: that of the theorem, all, or as if it were 1."""
STEPS_OF_TRAINING = 2
"""How many steps of gradient descent are followed."""


class Node(NamedTuple):
    """A node of a graph of layers.

    Attributes
    ----------
    kernel : Number, shape (n, n)
    spectrum : Number, shape (n,)
        Its eigenvalues, in increasing order.
    """

    kernel: Number
    spectrum: Number


def premises(
    instance: Instance, layer_graph: LayerGraph, *, signed: bool = False
) -> Iterator[Premise]:
    """A graph with weights, kernels, and steps that are short enough."""
    backwards = (layer_graph.targets <= layer_graph.sources).sum()
    yield Premise("edges lead to later nodes", int(backwards), 0, strict=False, measured=False)
    if backwards:  # nothing more is said
        return
    yield Premise("0 <= w_e", 0, layer_graph.weights[None], strict=False)
    sums = _totals(layer_graph)
    yield Premise("0 < sum_e w_e", 0, sums[None])
    given = given_coefficients(layer_graph.activations, layer_graph.coefficients)
    if not signed:
        yield Premise("0 <= c_r", 0, given.reshape(1, -1), strict=False)
    yield Premise("0 < sum_r c_r", 0, given.sum(axis=1)[None])
    yield Premise("0 < gamma", 0, layer_graph.inverse)
    last = _nodes(instance, layer_graph)[-1]
    name = "gamma lam_max(K_v) <= 1"
    largest = last.spectrum[-1:]
    yield Premise(name, largest, layer_graph.inverse, strict=False, measured=False)


def claims(
    instance: Instance, layer_graph: LayerGraph, *, left: str = TRUE, exponent: int = 1
) -> Iterator[Claim]:
    """The least eigenvalue at every node, and the residuals of training at the last."""
    nodes, floors = _nodes(instance, layer_graph), _floors(instance, layer_graph, left)
    for node, floor in zip(nodes[1:], floors[1:], strict=True):
        missing = (1 - node.spectrum[:1], (1 - floor).reshape(1))
        yield Claim("1 - lam_min(K_v) <= 1 - b_v", *missing)
    inverse = instance.lift(layer_graph.inverse)
    r = instance.lift(layer_graph.residuals)
    start = (r * r).sum(-1).reshape(1)
    rate = power(1 - floors[-1].reshape(1) / inverse, exponent)
    for k in range(1, STEPS_OF_TRAINING + 1):
        r = r - (nodes[-1].kernel @ r.reshape(-1, 1))[:, 0] / inverse
        name = f"||r_{k}|| <= (1 - gamma b_v)^{k} ||r_0||"
        yield Claim(name, (r * r).sum(-1).reshape(1), power(rate, 2 * k) * start)


def drawn(instance: Instance, layer_graph: LayerGraph) -> Drawn:
    """The residual over more steps of training, in float64, below what the graph promises."""
    nodes, floors = _nodes(instance, layer_graph), _floors(instance, layer_graph, TRUE)
    gamma, residuals = 1 / layer_graph.inverse[0], [layer_graph.residuals]
    for _ in range(STEPS_DRAWN):
        residuals.append(residuals[-1] - gamma * (nodes[-1].kernel.mid @ residuals[-1]))
    sizes = np.linalg.norm(residuals, axis=1)
    bounds = sizes[0] * (1 - gamma * float(floors[-1].mid)) ** np.arange(len(sizes))
    name = "||r_k|| <= (1 - gamma b_v)^k ||r_0||"
    return Drawn(Claim(name, sizes[None], bounds[None], axes=STATES))


def _totals(graph: LayerGraph) -> FloatArray:
    """Sums of the weights of the edges that end at each node but the first."""
    return np.asarray(np.bincount(graph.targets, weights=graph.weights)[1:], dtype=float)


@of_evidence
def _kernels(instance: Instance, graph: LayerGraph) -> list[Kernel]:
    one = instance.lift(1)
    given = zip(graph.activations, graph.coefficients, strict=True)
    return [kernel(name, coefficients, one) for name, coefficients in given]


def _incoming(instance: Instance, graph: LayerGraph, node: int) -> list[tuple[int, Number]]:
    """Edges that end at a node, each with its share."""
    edges = np.flatnonzero(graph.targets == node)
    weights = instance.lift(graph.weights[edges])
    shares = weights / weights.sum(-1)
    return [(int(edge), shares[place]) for place, edge in enumerate(edges)]


@of_evidence
def _nodes(instance: Instance, graph: LayerGraph) -> list[Node]:
    gram, kernels = instance.D.gram, _kernels(instance, graph)
    found = [Node(gram, gram.eigenvalues())]
    for node in range(1, int(graph.targets.max()) + 1):
        total = gram * 0
        for edge, share in _incoming(instance, graph, node):
            before = found[graph.sources[edge]].kernel
            total = total + entrywise(kernels[edge], before) * share
        found.append(Node(total, total.eigenvalues()))
    return found


def _floors(instance: Instance, graph: LayerGraph, left: str) -> list[Number]:
    """``b_v`` of every node."""
    (m, n), gram = instance.D.shape, instance.D.gram
    least = _nodes(instance, graph)[0].spectrum[0]
    floors = [least * 0 if n > m else least]
    for node in range(1, int(graph.targets.max()) + 1):
        total = least * 0
        for edge, share in _incoming(instance, graph, node):
            phi, source = _kernels(instance, graph)[edge], graph.sources[edge]
            floor = _left(phi, floors[source], left)
            if source == 0:
                for sums in interactions(phi, gram):
                    floor = larger(floor, 1 - sums)
            total = total + floor * share
        floors.append(total)
    return floors


def _left(phi: Kernel, floor: Number, left: str) -> Number:
    """What an activation leaves of a floor."""
    if left == LOSSLESS:
        return floor
    return 1 - (phi.first[0] if left == INCOHERENT else phi.apply(1 - floor))


THEOREM = Theorem(
    title="Training from the graph of layers",
    statement=r"K_v = \sum_e w_e \varphi_e(K_u), \; w_e \ge 0, \; \sum_e w_e = 1, \; "
    r"\varphi_e(t) = \sum_r c_r t^r, \; c_r \ge 0, \; \varphi_e(1) = 1, \; "
    r"b_v = \sum_e w_e (1 - \varphi_e(1 - b_u)) \implies \lambda_{\min}(K_v) \ge b_v; \quad "
    r"r_{k+1} = (I - \gamma K_v) r_k, \; \gamma \lambda_{\max}(K_v) \le 1 \implies "
    r"\| r_k \|_2 \le (1 - \gamma b_v)^k \| r_0 \|_2",
    names=("neural tangent kernel", "NTK", "skip connection", "residual network", "DAG"),
    source=INDEPENDENT & CHEN_HUANG_GONG_HANIN_WANG_2022,
    premises=premises,
    claims=claims,
    drawn=drawn,
    sharp=equal_angles_in_a_graph,
    mutants=(
        Mutant("nothing is lost at an activation", {"left": LOSSLESS}, orthogonal_pair_halved),
        Mutant("1 - phi(0) for 1 - phi(1 - b)", {"left": INCOHERENT}, pair_squared),
        Mutant("c_r >= 0 dropped", {"signed": True}, tetrahedron_of_mixed_signs),
        Mutant("the rate squared", {"exponent": 2}, trained_orthogonal_pair),
    ),
    about="dictionary",
    enumerates=True,
    dictionaries=("integer", "graph", "tight_frame", "mutually_unbiased", "blocks", "gaussian"),
)
