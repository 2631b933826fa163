"""Quantities of dictionaries and codes, written once for both arithmetics.

Each function takes a :class:`~sparsebound.theory.instance.Dictionary` (or its data) or an
:class:`~sparsebound.theory.instance.Instance` and returns a
:class:`~sparsebound.theory.arithmetic.Number`: the value with an enclosure. What depends on a
dictionary alone is computed once for it.
"""

from sparsebound.theory.quantities.circuits import circuit_count, circuits, kernel
from sparsebound.theory.quantities.coherence import (
    babel,
    coherence,
    levenshtein_bound,
    welch_bound,
    welch_bound_of_order,
)
from sparsebound.theory.quantities.cross_coherence import cross_coherence, least_cross_coherence
from sparsebound.theory.quantities.isometry import restricted_isometry, support_isometry
from sparsebound.theory.quantities.locality import local_sparsity, neighbours
from sparsebound.theory.quantities.null_space import null_space_constant, worst_codes
from sparsebound.theory.quantities.recovery import exact_recovery_coefficient, recovery_value
from sparsebound.theory.quantities.spark import babel_spark, spark
from sparsebound.theory.quantities.supports import independence

__all__ = [
    "babel",
    "babel_spark",
    "circuit_count",
    "circuits",
    "coherence",
    "cross_coherence",
    "exact_recovery_coefficient",
    "independence",
    "kernel",
    "least_cross_coherence",
    "levenshtein_bound",
    "local_sparsity",
    "neighbours",
    "null_space_constant",
    "recovery_value",
    "restricted_isometry",
    "spark",
    "support_isometry",
    "welch_bound",
    "welch_bound_of_order",
    "worst_codes",
]
