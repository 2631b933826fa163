r"""In the deep model, sparse enough codes of all layers are the only ones.

Problem: layers ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``, with the signal ``x_0``.

Claim: if ``2 ||x_j||_0 < spark(D_j)`` in every layer, then the codes are the only ones with
``psi_j(z_{j-1}) = D_j z_j``, ``||z_j||_0 <= ||x_j||_0`` and ``z_0 = x_0``.

Why: by induction. As ``psi_j`` is a function, given the true layers below a code of layer ``j`` is
one of a known signal, and every other one has more nonzeros (``uniqueness.spark``).

Sharp: null vectors of minimal support, split into halves, in every layer.

Source: Papyan, Romano and Elad 2017, for ``psi = id``.

>>> THEOREM.needs
('alternatives',)
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis.cascade import fitting
from sparsebound.theory.evidence import LayerAlternatives
from sparsebound.theory.extremal.uniqueness import ambiguous_top_layer, layers_of_simplexes
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.quantities import spark
from sparsebound.theory.sources import PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: DeepInstance, *, assumed_layers: int | None = None) -> Iterator[Premise]:
    """The layers fit on each other, and each code is sparse enough for its layer.

    ``assumed_layers`` counts the layers of which sparsity is assumed; -1 leaves the top one out.
    """
    yield from fitting(instance)
    for index, layer in enumerate(instance.layers[:assumed_layers], 1):
        yield Premise(f"2 ||x_{index}||_0 < spark(D_{index})", 2 * layer.sparsity, spark(layer.D))


def claims(instance: DeepInstance, alternatives: LayerAlternatives) -> Iterator[Claim]:
    """Every other code of a layer has more nonzeros."""
    pairs = zip(instance.layers, alternatives.layers, strict=True)
    for index, (layer, alternative) in enumerate(pairs, 1):
        s, other = layer.sparsity, alternative.sparsity
        yield Claim(f"||x_{index}||_0 + 1 <= ||z_{index}||_0", s + 1, other)
        yield Claim(f"spark <= ||x_{index}||_0 + ||z_{index}||_0", spark(layer.D), s + other)


THEOREM = Theorem(
    title="Uniqueness in the deep model",
    statement=r"\psi_j(x_{j-1}) = D_j x_j, \; \|x_j\|_0 < \tfrac{1}{2} "
    r"\operatorname{spark}(D_j), \; j = 1..J \implies (x_1, \dots, x_J) "
    r"\text{ are the only codes with } \|z_j\|_0 \le \|x_j\|_0",
    names=("ML-CSC", "deep pursuit"),
    source=PAPYAN_ROMANO_ELAD_2017,
    proof="proofs/uniqueness/deep.v:deep",
    premises=premises,
    claims=claims,
    sharp=layers_of_simplexes,
    mutants=(
        Mutant(
            "premise dropped at the top layer",
            {"assumed_layers": -1},
            ambiguous_top_layer,
            smallest=(3, 4),
        ),
    ),
    about="layers",
    enumerates=True,
)
