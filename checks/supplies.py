"""What a subject supplies: its answers in the place of our own algorithms and networks.

:mod:`sparsebound.checks.protocol` says what a subject is. Instances, weights, starts and
thresholds are those that our own algorithms and networks get.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from textwrap import wrap

from sparsebound.checks.calls import Call
from sparsebound.checks.evidence import providers
from sparsebound.checks.faults import Broke
from sparsebound.checks.not_asked import why_none
from sparsebound.checks.protocol import OutOfRange, Subject
from sparsebound.checks.provider import Provider, Request
from sparsebound.checks.subjects.layered import LAYERED_PROBE
from sparsebound.checks.subjects.unfolded import PROBE
from sparsebound.theory.theorem import Theorem


def supplies(subject: Subject | Call, theorem: Theorem) -> dict[str, Provider]:
    """Providers of the evidence that a subject supplies for a theorem.

    Parameters
    ----------
    subject : Subject or Call
        Under test; a call remembers what was given to it.
    theorem : Theorem
        What it is checked against.

    Returns
    -------
    dict
        For :func:`sparsebound.checks.evidence.gather`.

    Raises
    ------
    SubjectError
        If the theorem asks for nothing that a subject supplies.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> subject = Subject.of("sparsebound.checks.algorithms.proximal:ista")
    >>> list(supplies(subject, catalogue()["rate.ista"]))
    ['ista_run']
    """
    call = Call(subject, theorem.id) if isinstance(subject, Subject) else subject
    known = providers()
    needed = [known[need] for need in theorem.needs if need in known and known[need].supply]
    if not needed:
        needs = ", ".join(theorem.needs) or "a dictionary alone"
        supplied = sorted(name for name, provider in known.items() if provider.supply)
        raise call.error(needs, f"subjects supply {', '.join(supplied)}")
    return {provider.name: _supplied(provider, call) for provider in needed}


def _supplied(provider: Provider, call: Call) -> Provider:
    supply = provider.supply
    assert supply is not None
    return replace(provider, find=lambda experiment, request: supply(call, experiment))


def probe(subject: Subject, theorem: Theorem) -> None:
    """Try a subject on a small instance, so that what cannot work fails before anything is run.

    What it raises there is no reason not to ask: the run will find it, with its instance.

    Raises
    ------
    SubjectError
        If the subject does not satisfy the protocol.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsebound.theory.rate.ista import THEOREM
    >>> probe(Subject("my:last", lambda D, Y: np.zeros((len(Y), D.shape[1]))), THEOREM)
    Traceback (most recent call last):
        ...
    sparsebound.checks.protocol.SubjectError: my:last cannot be checked against \
rate.ista: rate.ista needs every iterate, shape (2, 13, 4), which my:last does not provide: it \
returned one point a signal, shape (2, 4)
    """
    tried = LAYERED_PROBE if theorem.about == "layers" else PROBE
    for provider in supplies(subject, theorem).values():
        with suppress(Broke, OutOfRange):  # a finding, for the run to make
            provider.find(tried, Request())


def as_a_subject(theorem: Theorem) -> Iterator[str]:
    """Say how somebody's solver or network is held against a theorem, or why none is.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> for line in as_a_subject(catalogue()["stability.omp"]):
    ...     print(line)
    <BLANKLINE>
    Of a solver or a network of yours
        D, Y, eps -> picks (B, any), points (B, n), or both
        sparsebound check stability.omp --subject module:callable
    """
    yield ""
    yield "Of a solver or a network of yours"
    if asked := what_is_asked(theorem):
        for asks in asked:
            yield f"    {asks}"
    else:
        yield from wrap(
            f"Not asked: {why_none(theorem)}.", 96, initial_indent="    ", subsequent_indent="    "
        )


def what_is_asked(theorem: Theorem) -> list[str]:
    """What a subject is given for a theorem, and returns, and how it is checked; none if it is not.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> what_is_asked(catalogue()["uniqueness.spark"])
    []
    """
    known = providers()
    asked = [known[need].asks for need in theorem.needs if need in known and known[need].supply]
    return [*asked, f"sparsebound check {theorem.id} --subject module:callable"] if asked else []


def whatever_the_algorithm(theorem: Theorem) -> bool:
    """Whether a theorem is about the results of subjects, and not about the steps of one.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> [whatever_the_algorithm(catalogue()[name]) for name in ("rate.ista", "stability.omp")]
    [False, True]
    """
    return asked_of_subjects(theorem) and theorem.topic not in ("rate", "conjecture")


def asked_of_subjects(theorem: Theorem) -> bool:
    """Whether a theorem is about what somebody's solver or network computes.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> [asked_of_subjects(catalogue()[name]) for name in ("rate.ista", "uniqueness.spark")]
    [True, False]
    """
    known = providers()
    return any(known[need].supply for need in theorem.needs if need in known)
