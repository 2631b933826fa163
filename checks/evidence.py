"""Evidence by name: which oracle or subject provides what a theorem asks for.

A theorem says what it needs by the names of its arguments; :func:`gather` calls what provides
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sparsebound.checks.algorithms.hard_thresholding import iht_run
from sparsebound.checks.algorithms.orthogonal_matching_pursuit import orthogonal_matching_pursuit
from sparsebound.checks.algorithms.proximal import fista_run, ista_run
from sparsebound.checks.oracles import (
    adversaries,
    basis_pursuit,
    composite,
    cross_coherence,
    denoising,
    displacements,
    lasso,
    layer_estimates,
    layer_minimisers,
    reference,
    sparsest,
    witnesses,
)
from sparsebound.checks.subjects import activated, realised, unfolded
from sparsebound.checks.subjects.cascade import cascade, feed_forward
from sparsebound.checks.subjects.local_cascade import local_cascade
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem


@dataclass(frozen=True)
class Request:
    """How evidence is to be found.

    Attributes
    ----------
    search : bool
        Close enclosures as far as possible, also where they already decide.
    cross_check : bool
        Hold a share of the certificates against an independent solver.
    seed : int
        Of the choice of that share.
    """

    search: bool = False
    cross_check: bool = False
    seed: int = 0


Provider = Callable[[Any, Request], Any]


def _certificate(instance: Instance, request: Request) -> Any:
    found = basis_pursuit.certificates(instance, search=request.search)
    return _checked(instance, found, request)


def _linear_program(instance: Instance, request: Request) -> Any:
    found = basis_pursuit.certificates(instance, search=True, method="linear program")
    return _checked(instance, found, request)


def _checked(instance: Instance, found: Any, request: Request) -> Any:
    if request.cross_check:
        reference.cross_check(instance, found, seed=request.seed)
    return found


def _network(run: Callable[[Instance], Any]) -> Provider:
    return lambda instance, _: run(instance)


PROVIDERS: dict[str, Provider] = {
    "alternative": lambda instance, _: sparsest.sparsest_alternatives(instance),
    "alternatives": lambda instance, _: sparsest.layer_alternatives(instance),
    "cascade": lambda instance, _: cascade(instance),
    "certificate": _certificate,
    "coherent_witness": lambda instance, _: witnesses.coherent_witnesses(instance),
    "denoised": lambda instance, _: denoising.denoised(instance),
    "displacements": lambda instance, _: displacements.layer_displacements(instance),
    "estimates": lambda instance, _: layer_estimates.layer_estimates(instance),
    "feed_forward": lambda instance, _: feed_forward(instance),
    "fista_run": lambda instance, _: fista_run(instance),
    "iht_run": lambda instance, _: iht_run(instance),
    "ista_run": lambda instance, _: ista_run(instance),
    "lasso_path": lambda instance, _: lasso.lasso_path(instance),
    "layer_minimisers": lambda instance, _: layer_minimisers.layer_minimisers(instance),
    "linear_program": _linear_program,
    "local_cascade": lambda instance, _: local_cascade(instance),
    "local_pair": lambda instance, _: adversaries.local_pairs(instance),
    "minimiser": lambda instance, _: lasso.minimisers(instance),
    "pair": lambda instance, _: adversaries.pairs(instance),
    "optimum": lambda instance, request: composite.optimum(
        instance, cross_check=request.cross_check, seed=request.seed
    ),
    "settled_run": lambda instance, _: composite.settled_run(instance),
    "pursuit": lambda instance, _: orthogonal_matching_pursuit(instance),
    "stopped_pursuit": lambda instance, _: adversaries.pursuits(instance),
    "weights": lambda instance, _: cross_coherence.weights(instance.D),
    "witness": lambda instance, _: witnesses.witnesses(instance),
    **{name: _network(run) for name, run in unfolded.NETWORKS.items()},
    **{name: _network(run) for name, run in activated.ACTIVATED.items()},
    **{name: _network(run) for name, run in realised.REALISED.items()},
}
"""Providers of evidence, by the name of the argument that asks for it."""


def gather(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    request: Request | None = None,
    providers: dict[str, Provider] | None = None,
) -> dict[str, Any]:
    """Find the evidence that a theorem needs on an instance.

    Parameters
    ----------
    theorem : Theorem
        Whose ``needs`` are to be met.
    instance : Instance or DeepInstance
        A batch of codes.
    request : Request, optional
        How to find it.
    providers : dict, optional
        Further providers, by name; they come before the ones that exist.

    Returns
    -------
    dict
        Evidence by name, for ``sparsebound.theory.verdict.decide``.

    Raises
    ------
    InputError
        If nothing provides a name.

    Examples
    --------
    >>> from sparsebound.theory.uniqueness.spark import THEOREM
    >>> gather(THEOREM, THEOREM.sharp(1))["alternative"].sparsity
    array([2.])
    """
    known = {**PROVIDERS, **(providers or {})}
    request = request or Request()
    found = {}
    for need in theorem.needs:
        if need not in known:
            raise MissingEvidence(theorem.id, need, sorted(known))
        found[need] = known[need](instance, request)
    return found


class MissingEvidence(InputError):  # noqa: N818 - a finding, and said as one
    """A theorem asks for evidence that nothing provides.

    Examples
    --------
    >>> print(MissingEvidence("rate.new", "foo", ["certificate"]))
    rate.new cannot be checked: it needs 'foo', which no oracle or subject provides; \
available: certificate
    """

    def __init__(self, theorem: str, need: str, available: list[str]) -> None:
        ValueError.__init__(
            self,
            f"{theorem} cannot be checked: it needs {need!r}, which no oracle or subject "
            f"provides; available: {', '.join(available)}",
        )
        self.name = need
