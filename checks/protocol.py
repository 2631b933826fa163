"""Subjects of other people, and the protocol that they satisfy.

A *subject* is a callable that runs an algorithm or a network on a batch of B problems. It names
what it needs by its arguments, any of those in the table, and returns every iterate.

================================  ===========================================  ==================
theorems                          arguments                                    returns
================================  ===========================================  ==================
rate.ista, rate.ista_strong,      ``D, Y, lam, L, start, steps``               iterates
rate.ista_identified, rate.fista
rate.iht                          ``D, Y, s, start, steps``                    iterates
rate.unfolded and its             ``D, W, Y, thresholds, sides``               states
corollaries
stability.omp                     ``D, Y, eps``                                picks
uniqueness.erc                    ``D, Y``                                     picks
================================  ===========================================  ==================

``D`` (m, n)
    The dictionary; its atoms are columns, of unit norm for hard thresholding only.
``Y`` (B, m)
    The signals, one a row.
``lam`` (B,), ``L``
    Weights of the l1 norm in ``1/2 ||y - D x||^2 + lam ||x||_1``; a bound of ``||D||_2^2``.
``s`` (B,)
    How many entries are kept.
``start`` (B, n), ``steps``
    The first points, and how many steps follow.
``W`` (m, n), ``thresholds`` (B, K), ``sides`` (B, n)
    The weights of a network, the threshold of each of its K layers, and signs: unit i of a
    one-sided network is ``sides_i relu(sides_i v_i - theta)`` (zeros: two-sided). States start
    at 0.
``eps`` (B,)
    The norm of the residual at which a pursuit stops.
iterates (B, steps + 1, n), states (B, K + 1, n)
    Floats, the start first.
picks (B, any)
    Integers, the atoms in the order of their selection, -1 after it stopped.

All arrays are copies in float64. So ISTA, say, is::

    def ista(D, Y, lam, L, start, steps):
        points = [start]
        for _ in range(steps):
            v = points[-1] + (Y - points[-1] @ D.T) @ D / L
            points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L, 0))
        return np.stack(points, axis=1)

and ``sparsebound check --subject path/to/solver.py:ista rate.ista`` checks it.

Rounding. The type of the array that is returned, float64 or float32, declares the precision in
which it was computed. Iterates themselves are exact data; a step, and every bound, is allowed what
a proximal gradient step (a layer, a step of hard thresholding) can lose in that precision by the
forward error bound for inner products in any order, fused or not, with subnormal numbers or
without, and nothing more: see :mod:`sparsebound.theory.analysis.floating_point`,
:attr:`sparsebound.theory.analysis.descent.Descent.plain_rounding` and
:func:`sparsebound.theory.analysis.unfolding.rounding`. The thresholds of a network make room for
the rounding of the precision that it declares on a small instance before. What computes in float32
and returns float64 is refuted. Where a step may leave the range of its precision nothing is known
of it, and it is undecided; networks are refused such data. A number that is not finite, where
nothing leaves the range, is no iterate and no state: a violation.

What breaks. An exception (``sys.exit`` is one), an answer of another shape or type than it gave at
first, a call that takes longer than ``--timeout`` and a process that is lost are findings of their
own: :mod:`sparsebound.checks.faults`. They are reported with the instance, and the run goes on.
What a subject changes of the settings of its process is put back; what it starts ends with it.

Rates alone. Theorems claim the steps of an algorithm as well: a solver that converges at the rate
of ISTA, or faster, but is not ISTA violates ``rate.ista``. To ask for the rate alone
(``--rate-only``) leaves out what is claimed of single steps: that they are the algorithm's, and
that the objective and the distance do not increase. Rounding is allowed for as above, as if each
step lost as much as one of the algorithm.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from sparsebound.checks.faults import Broke, guarded, said
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError, describe

BATCHED = ("Y", "lam", "s", "start", "thresholds", "sides", "eps")
"""Arguments of which each signal has its own."""


class SubjectError(InputError):
    """A subject that cannot be checked against a theorem.

    Attributes
    ----------
    answered : bool
        Whether it is what the subject returned that is of no use.

    Examples
    --------
    >>> print(SubjectError("my:ista", "rate.ista", "every iterate", "it returned one point"))
    my:ista cannot be checked against rate.ista: rate.ista needs every iterate, which my:ista \
does not provide: it returned one point
    """

    def __init__(self, subject: str, theorem: str, needed: str, found: str) -> None:
        ValueError.__init__(
            self,
            f"{subject} cannot be checked against {theorem}: {theorem} needs {needed}, "
            f"which {subject} does not provide: {found}",
        )
        self.name = subject
        self.answered = False


@dataclass(frozen=True, eq=False)
class Subject:
    """A callable under test.

    Attributes
    ----------
    name : str
        ``module:callable``, or ``file.py:callable``.
    run : callable
        As this module describes.
    rate_only : bool
        Whether it is held against rates, and not against the steps of an algorithm.
    place : str
        The folder below which its file lies in this process, if not where its name says.
    """

    name: str
    run: Callable[..., Any]
    rate_only: bool = False
    place: str = ""

    @classmethod
    def of(cls, given: Subject | Callable[..., Any] | str, *, rate_only: bool = False) -> Subject:
        """Take a subject, a callable, or the place of one.

        A place is ``package.module:callable``, with modules looked for where Python looks for them
        and in the current directory, or ``path/to/file.py:callable``, with those beside the file.

        Raises
        ------
        InputError
            If there is no such module or attribute, or it is not callable.

        Examples
        --------
        >>> Subject.of("numpy.linalg:lstsq").name
        'numpy.linalg:lstsq'
        >>> Subject.of("numpy.linalg")
        Traceback (most recent call last):
            ...
        sparsebound.InputError: --subject is 'numpy.linalg'; expected package.module:callable, or \
file.py:callable
        """
        if isinstance(given, Subject):
            return given
        if isinstance(given, str):
            return cls(given, _imported(given), rate_only)
        if not callable(given):
            raise InputError("subject", given, "a callable, or package.module:callable")
        kind = given if hasattr(given, "__qualname__") else type(given)
        return cls(f"{kind.__module__}:{kind.__qualname__}", given, rate_only)

    @property
    def found_by_name(self) -> bool:
        """Whether another process finds it by its name."""
        try:
            return _imported(self.place + self.name) is self.run
        except InputError:
            return False

    @property
    def file(self) -> str | None:
        """The file that defines it, if there is one."""
        try:
            found = os.path.abspath(inspect.getfile(inspect.unwrap(self.run)))
        except TypeError:
            module = sys.modules.get(Path(self.name.rpartition(":")[0]).stem)
            found = getattr(module, "__file__", None) or ""
        return found if os.path.isfile(found) else None  # what is typed in has none


def _imported(place: str) -> Callable[..., Any]:
    module, colon, attribute = place.rpartition(":")
    if not (module and colon and attribute):
        raise InputError("--subject", place, "package.module:callable, or file.py:callable")
    try:
        with guarded():
            found: Any = _module(module, place)
    except Broke as error:
        where = f" ({error.frames[-1]})" if error.frames else ""
        expected = f"a module that can be imported; it {error.kind} {error.said}{where}"
        raise InputError("--subject", place, expected) from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise InputError("--subject", place, f"a callable that exists; there is no {part!r}")
        found = getattr(found, part)
    if not callable(found):
        raise InputError("--subject", place, f"a callable, not {describe(found)}")
    return found


def _module(module: str, place: str) -> Any:
    """Import a module by its name, or by its file; other modules are looked for beside it."""
    if not module.endswith(".py"):
        look_in(os.getcwd())
        return importlib.import_module(module)
    file = Path(module).resolve()
    if not file.is_file():
        raise InputError("--subject", place, f"a file that exists before the colon, not {module}")
    name = file.stem
    look_in(str(file.parent))
    if not _is_at(sys.modules.get(name), file):
        with suppress(ImportError, ValueError):  # a name that no module can have
            found = importlib.util.find_spec(name)
            if found is None or os.path.realpath(found.origin or "") != str(file):
                name = f"{name}_of_a_subject"  # numpy.py does not take the place of numpy
    known = sys.modules.get(name)
    return known if _is_at(known, file) else module_at(file, name)


def _is_at(module: Any, file: Path) -> bool:
    return os.path.realpath(getattr(module, "__file__", None) or "") == str(file)


def module_at(file: Path, name: str) -> ModuleType:
    """Run a Python file as a module of a name; others are looked for beside it.

    Raises
    ------
    ImportError
        If it is no Python file. Whatever the file raises passes.
    """
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    look_in(str(file.parent))
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


def look_in(folder: str) -> None:
    """Let imports look in a folder, after all other places."""
    if folder not in sys.path and not (folder == os.getcwd() and "" in sys.path):
        sys.path.append(folder)


@dataclass(frozen=True)
class Call:
    """A subject that is being checked against a theorem.

    What it raises, and what takes too long, is a finding: see :mod:`sparsebound.checks.faults`.
    """

    subject: Subject
    theorem: str
    given: dict[str, Any] = field(default_factory=dict, compare=False)
    """What the subject was called with last."""

    def error(self, needed: str, found: str) -> SubjectError:
        """Say what is missing."""
        return SubjectError(self.subject.name, self.theorem, needed, found)

    def _useless(self, needed: str, found: str) -> SubjectError:
        """Say why an answer is none."""
        error = self.error(needed, found)
        error.answered = True
        return error

    def __call__(self, **given: Any) -> Any:
        """Call with what it asks for, in copies."""
        wanted = _arguments(self, given)
        copies = {
            name: np.array(given[name]) if isinstance(given[name], np.ndarray) else given[name]
            for name in wanted
        }
        self.given.clear()
        self.given.update((name, given[name]) for name in wanted)
        with guarded():
            return self.subject.run(**copies)

    def iterates(self, start: FloatArray, steps: int, **given: Any) -> Any:
        """Run it, and check that what comes back are the iterates from ``start``."""
        return self._points(self(**given, start=start, steps=steps), start, steps)

    def states(self, **given: Any) -> Any:
        """Run it, and check that what comes back are the states of a network."""
        start = np.zeros((len(given["Y"]), given["D"].shape[1]))
        return self._points(self(**given), start, given["thresholds"].shape[1])

    def picks(self, **given: Any) -> IntArray:
        """Run it, and check that what comes back are selections of atoms."""
        batch, n = len(given["Y"]), given["D"].shape[1]
        found = self._array(self(**given), "integers", "iu")
        if found.ndim != 2 or len(found) != batch:
            shown = f"it returned an array of shape {found.shape}"
            raise self._useless(f"picks of shape ({batch}, steps)", shown)
        if ((found < -1) | (found >= n)).any():
            raise self._useless(f"atoms from 0 to {n - 1}, and -1 at the end", "it picked others")
        found = found.astype(np.int64)
        if ((found[:, 1:] >= 0) & (found[:, :-1] < 0)).any():
            raise self._useless("-1 at the end alone", "it picked an atom after one")
        return np.asarray(found) if found.shape[1] else np.full((batch, 1), -1)

    def _points(self, value: Any, start: FloatArray, steps: int) -> Any:
        batch, n = start.shape
        shape = (batch, steps + 1, n)
        found = self._array(value, "floats", "fiu")
        if found.shape in ((batch, n), (batch, 1, n)):
            shown = f"it returned one point a signal, shape {found.shape}"
            raise self._useless(f"every iterate, shape {shape}", shown)
        if found.shape != shape:
            shown = f"it returned an array of shape {found.shape}"
            raise self._useless(f"the start and every iterate, shape {shape}", shown)
        if found.dtype not in (np.float64, np.float32):
            found = found.astype(np.float64)
        if (found[:, 0].astype(np.float32) != start.astype(np.float32)).any():
            raise self._useless("iterates from the given start", "its first one is another point")
        infinite = np.array(np.inf, dtype=found.dtype)
        return np.where(np.isnan(found), infinite, found)  # both are no numbers, and said as one

    def _array(self, value: Any, what: str, kinds: str) -> Any:
        try:
            with guarded(Exception):
                found = np.asarray(value)
        except Exception as error:
            if isinstance(error, Broke):
                raise
            raise self._useless(f"an array of {what}", f"numpy said {said(error)}") from error
        if found.dtype.kind not in kinds:
            shown = f"it returned {describe(value)}"
            raise self._useless(f"an array of {what}", shown)
        return found


def _arguments(call: Call, given: Mapping[str, Any]) -> list[str]:
    """Names of what a subject asks for."""
    try:
        parameters = inspect.signature(call.subject.run).parameters.values()
    except (TypeError, ValueError) as error:
        raise call.error("arguments with names", said(error)) from error
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return list(given)
    named = {p.name: p for p in parameters if p.kind is not p.VAR_POSITIONAL}
    unknown = [
        name
        for name, p in named.items()
        if p.kind is p.POSITIONAL_ONLY or (name not in given and p.default is p.empty)
    ]
    if unknown or not set(named) & set(given):
        asked = f"it asks for {', '.join(unknown)}" if unknown else "it asks for none of them"
        raise call.error(f"a callable of {', '.join(given)}", asked)
    return [name for name in given if name in named]
