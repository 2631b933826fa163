"""Evidence by name: who provides what a theorem asks for.

A theorem says what it needs by the names of its arguments; :func:`gather` asks the providers of
these names. They are found in the modules of ``checks/oracles`` and ``checks/subjects``, each of
which may have a tuple ``PROVIDERS``; there is no list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from sparsebound.checks import oracles, subjects
from sparsebound.checks.provider import Provider, Request, Setting
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem

SMALLEST, LARGEST = 1e-40, 1e40
"""Sizes of atoms and of codes between which float64 finds all evidence of ours; some, beyond."""
HALF_RANGE = 2.0**512
"""Sums and squares of what is smaller are far from the end of the range."""


def _of(room: ModuleType) -> Iterable[Provider]:
    for module in iter_modules(room.__path__, f"{room.__name__}."):
        yield from getattr(import_module(module.name), "PROVIDERS", ())


def _by_name(found: Iterable[Provider]) -> dict[str, Provider]:
    by_name: dict[str, Provider] = {}
    for provider in found:
        if provider.name in by_name:
            raise ValueError(f"two providers are named {provider.name!r}")
        by_name[provider.name] = provider
    return by_name


_OURS = _by_name([*_of(oracles), *_of(subjects)])
_FURTHER: dict[str, Provider] = {}


def providers() -> Mapping[str, Provider]:
    """Give all providers of evidence, by the name that asks for it.

    Examples
    --------
    >>> providers()["ista_run"].gives.__name__
    'Trajectory'
    """
    return MappingProxyType({**_OURS, **_FURTHER})


def extend(found: Iterable[Provider], where: str) -> None:
    """Take in providers of a file or a package that extends this one.

    Parameters
    ----------
    found : iterable of Provider
        Those of one file; they replace what it provided before.
    where : str
        What it is called in messages.

    Raises
    ------
    InputError
        If a name is taken.
    """
    for provider in found:
        if provider.name in _OURS:
            raise InputError(where, provider.name, "a provider of evidence with a name of its own")
        _FURTHER[provider.name] = provider


def settings_of(theorem: Theorem) -> dict[str, Setting]:
    """Collect what the evidence for a theorem depends on, besides the instance, by name.

    Raises
    ------
    MissingEvidence
        If nothing provides what the theorem needs.
    InputError
        If two providers mean different things by one name.

    Examples
    --------
    >>> from sparsebound.theory.rate.ista import THEOREM
    >>> list(settings_of(THEOREM))
    ['weight', 'start', 'dtype', 'steps']
    """
    found: dict[str, Setting] = {}
    for need in theorem.needs:
        for setting in _provider(theorem, need, providers()).settings:
            if found.setdefault(setting.name, setting) is not setting:
                said = f"one setting of that name among the providers for {theorem.id}"
                raise InputError("setting", setting.name, said)
    return found


def has_setting(theorem: Theorem, name: str) -> bool:
    """Whether the evidence for a theorem depends on a setting of that name.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> [has_setting(catalogue()[name], "steps") for name in ("rate.ista", "rate.unfolded")]
    [True, False]
    """
    known = providers()
    found = (known[need].settings for need in theorem.needs if need in known)
    return any(setting.name == name for settings in found for setting in settings)


def is_common(theorem: Theorem) -> bool:
    """Whether what is found for a code depends on the batch that it is in: on one network for all.

    Examples
    --------
    >>> from sparsebound.theory.network.transformer import THEOREM
    >>> is_common(THEOREM)
    True
    """
    return any(_provider(theorem, need, providers()).common for need in theorem.needs)


def gather(
    theorem: Theorem,
    given: Posed,
    request: Request | None = None,
    instead: Mapping[str, Provider] | None = None,
) -> dict[str, Any]:
    """Find the evidence that a theorem needs in an experiment.

    Parameters
    ----------
    theorem : Theorem
        Whose ``needs`` are to be met.
    given : Experiment, Instance or DeepInstance
        A batch of codes, and the settings; providers take their defaults for those that are absent.
    request : Request, optional
        How to find it.
    instead : mapping, optional
        Providers that take the place of ours, by name.

    Returns
    -------
    dict
        Evidence by name, for ``sparsebound.theory.verdict.decide``.

    Raises
    ------
    MissingEvidence
        If nothing provides a name.
    InputError
        If data are of extreme size, where float64 fails.

    Examples
    --------
    >>> from sparsebound.theory.uniqueness.spark import THEOREM
    >>> gather(THEOREM, THEOREM.extremal(1))["alternative"].sparsity
    array([2.])
    """
    experiment, request = posed(given), request or Request()
    known = {**providers(), **(instead or {})}
    found = {}
    if theorem.needs and theorem.about == "codes":
        _refuse_overflow(theorem, experiment.codes)
    for need in theorem.needs:
        provider = _provider(theorem, need, known)
        try:
            found[need] = provider.find(experiment, request)
        except (ValueError, ArithmeticError, RuntimeWarning) as error:
            if provider is _OURS.get(need):
                _refuse_extremes(theorem, experiment.instance, error)
            raise
    return found


def _refuse_overflow(theorem: Theorem, instance: Instance) -> None:
    """Refuse signals beyond the range of float64, of which nothing is known there."""
    longest = float(instance.D.norms.mid.max())
    largest = float(np.abs(instance.X).max(initial=0.0)) * instance.D.shape[1]
    if longest * largest > HALF_RANGE and not np.isfinite(instance.Y.rad).all():
        expected = f"signals that float64 holds, as evidence for {theorem.id} is: scale the data"
        raise InputError("the size of D x", np.inf, expected)


def _refuse_extremes(theorem: Theorem, instance: Instance | DeepInstance, error: Exception) -> None:
    """Say what is at fault where float64 failed on data of extreme size."""
    for layer in instance.layers if isinstance(instance, DeepInstance) else (instance,):
        for name, of_what, sizes in (
            ("D", "norm of each atom", layer.D.norms.mid),
            ("X", "largest entry of each code", np.abs(layer.X).max(axis=1, initial=0.0)),
        ):
            some = sizes[sizes > 0]
            if not some.size:
                continue
            least, largest = float(some.min()), float(some.max())
            if not (least >= SMALLEST and largest <= LARGEST and largest / least <= LARGEST):
                raise InputError(
                    f"the size of {name}",
                    (least, largest),
                    f"the {of_what} between {SMALLEST:.0e} and {LARGEST:.0e}, and within "
                    f"{LARGEST:.0e} of the others, where float64 finds evidence for "
                    f"{theorem.id}: scale the data",
                ) from error


def _provider(theorem: Theorem, need: str, known: Mapping[str, Provider]) -> Provider:
    if need not in known:
        raise MissingEvidence(theorem.id, need, sorted(known))
    return known[need]


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
