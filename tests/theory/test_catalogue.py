"""Theorems are found by what people call them, or call what they are about."""

from __future__ import annotations

import pytest

from sparsebound.theory.catalogue import catalogue, find

CALLED = {
    "sparse autoencoder": "network.amortisation_gap network.encoder_step",
    "encoder.one_step": "network.encoder_step uniqueness.nonnegative_witness",
    "gated": "network.amortisation_gap network.encoder_step",
    "JumpReLU": "network.thresholding network.encoder_step",
    "TopK": "rate.topk rate.iht",
    "LISTA-CP": "rate.unfolded rate.lista_cp network.coupling_necessary",
    "ALISTA": "rate.alista dictionary.cross_coherence",
    "complex LISTA": "rate.block",
    "CRATE": "rate.nonnegative network.ista_block",
    "NMF": "uniqueness.nonnegative rate.nonnegative",
    "exact recovery condition": "uniqueness.erc stability.lasso_witness rate.matching_pursuit",
    "restricted isometry": "uniqueness.rip uniqueness.omp_rip rate.iht rate.htp rate.cosamp",
    "instance optimality": "uniqueness.null_space stability.compressible",
    "dual certificate": "uniqueness.basis_pursuit uniqueness.lasso stability.lasso_witness",
    "deep pursuit": "stability.deep uniqueness.deep stability.layered_thresholding",
    "joint sparsity": "uniqueness.mmv",
    "group sparsity": "uniqueness.block rate.block",
    "orthogonal matching pursuit": "uniqueness.erc stability.omp uniqueness.omp_rip",
    "in-context learning": "network.in_context",
    "optimal method": "rate.optista",
    "LARS": "training.path_monotone rate.homotopy",
    "Levenshtein": "dictionary.welch dictionary.welch_orders",
    "screening": "stability.gap_safe",
    "oracle inequality": "stability.lasso_oracle",
}
"""Names, and theorems that they are about."""


@pytest.mark.parametrize(("name", "theorems"), CALLED.items(), ids=list(CALLED))
def test_a_theorem_is_found_by_what_people_call_it(name: str, theorems: str) -> None:
    assert set(theorems.split()) <= {theorem.id for theorem in find(name, catalogue().values())}
