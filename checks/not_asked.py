"""Why nobody's solver or network is held against a theorem, and what asks it instead."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sparsebound.theory.theorem import Theorem

NOTHING_COMPUTED = "nothing that somebody computes enters it"
MADE_HERE = "what it needs is made here, from data of which everything is known"
"""What is said of theorems of which the tables say nothing."""

_A_MINIMISER = (
    "it is about minimisers themselves, and a solver returns what is near one: that is asked by "
    "stability.near_minimiser, and by stability.near_basis_pursuit"
)
_EVERY_CODE = "it is about all codes, and what a solver finds says nothing of the others"
_A_CONSTRUCTION = (
    "it is about a network that is constructed here, with its weights: one of yours is asked by "
    "rate.unfolded, network.thresholding, network.convolution and network.attention_shift"
)
_A_SELECTION = "it is about sets of atoms, whoever selects them"

BY_NEED: Mapping[str, str] = MappingProxyType(
    {
        need: why
        for why, needs in (
            (
                _A_MINIMISER,
                "minimiser witness coherent_witness oracle_witness denoised layer_minimisers "
                "features feature_pair approximate_features drifted_features certificate "
                "linear_program one_sided_certificate lasso_path",
            ),
            (
                _EVERY_CODE,
                "alternative alternatives pair local_pair shorter_code block_code joint_code "
                "even_code only_solution one_sided_rival compressible chain estimates classified",
            ),
            (
                _A_CONSTRUCTION,
                "relu_pair smooth_pair encoded factors transformed in_context_run ridge_network "
                "spiking first_spikes encoder_step one_layer uncoupled_layer selective_unfolding "
                "unfolded_features labelled_runs peer_network peer_runs changed_weights block_step",
            ),
            (_A_SELECTION, "grown_sets shrunk_set greedy_choice kept_atoms removal"),
        )
        for need in needs.split()
    }
)
"""By the evidence that a theorem needs."""

BY_ID: Mapping[str, str] = MappingProxyType(
    {
        "rate.homotopy": "it follows from the dictionary and the code alone where every atom joins "
        "the path: a solver that walks it is asked at each weight, by stability.near_minimiser",
        "uniqueness.omp_rip": "it is about every step that a pursuit could make: one of yours is "
        "asked by uniqueness.greedy",
        "conjecture.omp_unit_atoms": "it is about every step that a pursuit could make: one of "
        "yours is asked by uniqueness.greedy",
    }
)
"""By the theorem, where it needs no evidence."""


def why_none(theorem: Theorem) -> str:
    """Say why a theorem takes no subject.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> why_none(catalogue()["uniqueness.deep"])
    'it is about all codes, and what a solver finds says nothing of the others'
    >>> why_none(catalogue()["dictionary.welch"])
    'nothing that somebody computes enters it'
    """
    if not theorem.needs:
        return BY_ID.get(theorem.id, NOTHING_COMPUTED)
    return next((BY_NEED[need] for need in theorem.needs if need in BY_NEED), MADE_HERE)
