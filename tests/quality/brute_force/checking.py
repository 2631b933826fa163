"""One case: its certificate, and all that the certificate states, held against the truth."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from sparsebound.checks.certify import certify
from sparsebound.theory.errors import InputError
from tests.quality.brute_force.cases import Case
from tests.quality.brute_force.codes import alone_statements, code_statements
from tests.quality.brute_force.exact import ExactDictionary
from tests.quality.brute_force.networks import ExactNetwork, network_statements, unfolded_statements
from tests.quality.brute_force.statements import Statement, dictionary_statements, prune_statements
from tests.quality.brute_force.stopped import stopped_statements
from tests.quality.brute_force.surds import rational
from tests.quality.brute_force.truths import Truths

ALONE = 8
"""Every so many cases codes are certified one by one as well."""


def check(case: Case) -> list[Statement]:
    """All statements of a certificate; a crash or a refusal is a statement that does not hold."""
    try:
        return list(statements_of(case, _certified(case, case.arguments)))
    except InputError as error:
        return [Statement("refused", False, str(error))]
    except CrashError as error:
        return [Statement("crash", False, str(error))]


class CrashError(Exception):
    """What ``certify`` should not raise."""


def _certified(case: Case, arguments: dict[str, Any]) -> Any:
    """The certificate; a warning is no answer either."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return certify(case.data, atoms="columns", **arguments)
    except InputError:
        raise
    except Exception as error:
        raise CrashError(f"{type(error).__name__}: {error}") from error


def statements_of(case: Case, certificate: Any) -> Iterator[Statement]:
    D, given = Truths(ExactDictionary(case.data)), case.arguments
    settings = certificate.settings
    rng = np.random.default_rng(case.number)
    yield from dictionary_statements(certificate, D)
    yield from stopped_statements(certificate, D, rng)
    yield from unfolded_statements(
        certificate.unfolded,
        D,
        amplitude=settings.amplitude,
        noise=settings.noise,
        tolerance=settings.tolerance,
    )
    if certificate.codes is not None:
        X = given["codes"]
        yield from code_statements(certificate, D, X)
        if case.number % ALONE == 0:
            yield from alone_statements(
                certificate, X, lambda x: _certified(case, {**given, "codes": x})
            )
    if certificate.prune is not None:
        yield from prune_statements(certificate.prune, case.data)
    if certificate.network is not None:
        thresholds = given["thresholds"]
        weights = np.asarray(given["weights"], dtype=np.float64)
        weights = weights if weights.ndim == 3 else np.array([weights] * len(thresholds))
        net = ExactNetwork(case.data, weights, thresholds)
        noise = net.noises(rational(settings.noise), rng)
        yield from network_statements(
            certificate.network,
            net,
            certificate.unfolded.sparsity,
            amplitude=settings.amplitude,
            noise=noise,
        )
