"""Subjects of other people, and the protocol that they satisfy.

A *subject* is a callable that runs an algorithm or a network on a batch of B problems. It names
what it needs by its arguments, any of those in the table. Estimators of scikit-learn and of
packages like it, solvers of benchopt and modules of PyTorch are made into one by
:mod:`sparsebound.checks.adapters`.

================================  ===========================================  ==================
theorems                          arguments                                    returns
================================  ===========================================  ==================
rate.ista, rate.ista_strong,      ``D, Y, lam, L, start, steps``               iterates
rate.ista_identified, rate.fista
rate.momentum                     ``D, Y, lam, L, start, steps``               iterates, beta
rate.iht                          ``D, Y, s, start, steps``                    iterates
rate.unfolded and its             ``D, W, Y, thresholds, sides``               states
corollaries
network.thresholding              ``v, theta``                                 values
network.attention_shift           ``X, beta, offset``                          values
network.convolution               ``filters, weights, Y, thresholds, stride,   states, sums
                                  circular``
stability.near_minimiser          ``D, Y, lam, nonnegative``                   points
stability.omp                     ``D, Y, eps``                                picks
uniqueness.erc                    ``D, Y``                                     picks, or points
uniqueness.greedy                 ``D, Y``                                     picks
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
    The first points, and how many steps follow. Who does not ask for them begins at 0, or makes as
    many steps as he likes. ``seed``, an integer, is there for who asks for it.
``W`` (m, n), ``thresholds`` (B, K), ``sides`` (B, n)
    The weights of a network, the threshold of each of its K layers, and signs: unit i of a
    one-sided network is ``sides_i relu(sides_i v_i - theta)`` (zeros: two-sided). States start
    at 0.
``eps`` (B,)
    The norm of the residual at which a pursuit stops.
iterates (B, steps + 1, n), states (B, K + 1, n)
    Floats, the start first.
``v`` (B, n), ``theta``, ``X`` (B, N), ``beta``, ``offset``
    Where a thresholding function is evaluated, and its threshold; N tokens of one channel each, how
    sharply a head of attention looks (the score of the place that it wants, others have 0), and how
    many places ahead, around a circle. Values have the shape of ``v``, or of ``X``.
``filters``, ``weights``, ``stride``, ``circular``
    Of a convolutional network ``x^{k+1} = soft(x^k + W^T (y - D x^k))``: the filters of ``D`` and
    of ``W``, (c, taps) or (c, channels, taps), by how much they are shifted, and whether signals
    wrap around. Sums (B, K, n) are what activations are given; codes are ordered shift first.
beta (steps,)
    Floats, in a pair with the iterates: step j starts from ``x^{j-1} + beta_j (x^{j-1} -
    x^{j-2})``. So a momentum of one's own is held against its own worst case.
picks (B, any)
    Integers, the atoms in the order of their selection, -1 after it stopped; or a pair of these
    and the points that were found.
``nonnegative``
    Whether it is minimised over nonnegative codes.
points (B, n)
    Floats, the last ones; or a pair of these and the tolerances (B,) that are stated for them.

All arrays are copies in float64. A callable may say more by attributes: ``tolerance``, by which
share of the value at 0 its own may exceed the least one (1e-6 by default, 1e-3 in float32);
``nonnegative = True``, if it minimises over nonnegative codes alone (False if it cannot);
``unit_atoms = True``, if it asks for atoms of unit norm. One instance in eight is given times a
power of two, since what is right does not depend on units. So ISTA, say, is::

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

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.adapters import adapted
from sparsebound.checks.faults import Broke, guarded, said
from sparsebound.checks.places import imported
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError, describe

BATCHED = ("Y", "lam", "s", "start", "thresholds", "sides", "eps", "v", "X")
"""Arguments of which each signal has its own."""
BY_SEED = "seed"
"""An argument that every subject may ask for, by this name: always the same number."""
MOST_STEPS = 1024
"""Of a subject that makes its own number of steps."""
IN_UNITS = ("Y", "lam", "start", "thresholds", "eps", "v", "theta", "X")
"""Arguments in the units of the signals."""


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
    given : object
        What it was made of, where that has another interface.
    written : str
        How that is called for one signal.
    tolerance : float, optional
        What it states of its values.
    nonnegative : bool, optional
        Whether it minimises over nonnegative codes; None if it is told.
    unit_atoms : bool
        Whether it asks for atoms of unit norm.
    """

    name: str
    run: Callable[..., Any]
    rate_only: bool = False
    given: Any = None
    written: str = ""
    tolerance: float | None = None
    nonnegative: bool | None = None
    unit_atoms: bool = False

    @classmethod
    def of(cls, given: Subject | Callable[..., Any] | str, *, rate_only: bool = False) -> Subject:
        """Take a subject, a callable, an estimator, or the place of one.

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
            return cls._made(given, imported(given), rate_only)
        kind = given if hasattr(given, "__qualname__") else type(given)
        return cls._made(f"{kind.__module__}:{kind.__qualname__}", given, rate_only)

    @classmethod
    def _made(cls, name: str, given: Any, rate_only: bool) -> Subject:
        found = adapted(given)
        if found is not None:
            more = found.written, None, found.nonnegative, found.unit_atoms
            return cls(name, found.run, rate_only, given, *more)
        if not callable(given):
            expected = "a callable, an estimator of the Lasso, or the place of one"
            raise InputError("--subject", name, f"{expected}, not {describe(given)}")
        stated, sign = getattr(given, "tolerance", None), getattr(given, "nonnegative", None)
        return cls(
            name,
            given,
            rate_only,
            tolerance=_tolerance(name, stated),
            nonnegative=_sign(given) if sign is None else bool(sign),
            unit_atoms=bool(getattr(given, "unit_atoms", False)),
        )

    @property
    def found_by_name(self) -> bool:
        """Whether another process finds it by its name."""
        try:
            return imported(self.name) is (self.run if self.given is None else self.given)
        except InputError:
            return False

    @property
    def file(self) -> str | None:
        """The file that defines it, if there is one."""
        try:
            source = self.run if self.given is None else self.given
            found = os.path.abspath(inspect.getfile(inspect.unwrap(source)))
        except TypeError:
            module = sys.modules.get(Path(self.name.rpartition(":")[0]).stem)
            found = getattr(module, "__file__", None) or ""
        return found if os.path.isfile(found) else None  # what is typed in has none


def _tolerance(name: str, stated: Any) -> float | None:
    """Read what a callable states of its values."""
    if stated is None:
        return None
    if isinstance(stated, int | float) and 0 <= stated < np.inf:
        return float(stated)
    raise InputError(f"tolerance of {name}", stated, "a number that is at least 0")


def _sign(run: Callable[..., Any]) -> bool | None:
    """Whether a callable can be told to minimise over nonnegative codes; it does not if not."""
    return None if _asks_for(run, "nonnegative") else False


@dataclass(frozen=True)
class Call:
    """A subject that is being checked against a theorem.

    What it raises, and what takes too long, is a finding: see :mod:`sparsebound.checks.faults`.
    """

    subject: Subject
    theorem: str
    given: dict[str, Any] = field(default_factory=dict, compare=False)
    """What the subject was called with last."""
    power: int = 0
    """It is given signals, and what is measured in their units, times two to this power."""

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
        if self.power:
            units = {name: value for name, value in given.items() if name in IN_UNITS}
            given |= {name: np.ldexp(value, self.power) for name, value in units.items()}
        copies = {
            name: np.array(given[name]) if isinstance(given[name], np.ndarray) else given[name]
            for name in wanted
        }
        self.given.clear()
        self.given.update((name, given[name]) for name in wanted)
        if _asks_for(self.subject.run, BY_SEED):
            copies[BY_SEED] = self.given[BY_SEED] = 0
        with guarded():
            return self.subject.run(**copies)

    def iterates(self, start: FloatArray, steps: int, **given: Any) -> Any:
        """Run it, and check that what comes back are the iterates from ``start``.

        One that asks for no start begins at 0; one that asks for no number of steps makes its own.
        """
        asked = _arguments(self, {**given, "start": start, "steps": steps})
        value = self(**given, start=start, steps=steps)
        begun = start if "start" in asked else np.zeros_like(start)
        shape = tuple(getattr(value, "shape", ()))
        made = shape[1] - 1 if len(shape) == 3 and "steps" not in asked else steps
        return self._iterates(value, begun, made if 1 <= made <= MOST_STEPS else steps)

    def carried(self, start: FloatArray, steps: int, **given: Any) -> tuple[Any, FloatArray]:
        """Run it, and check that what comes back are iterates, and the momentum of each step."""
        value = self(**given, start=start, steps=steps)
        needed = f"the iterates, and the momentum of each of {steps} steps"
        if not isinstance(value, tuple) or len(value) != 2:
            raise self._useless(needed, f"it returned {describe(value)}")
        points = self._iterates(value[0], start, steps)
        beta = self._array(value[1], "floats", "fiu").astype(np.float64)
        if beta.shape != (steps,) or not np.isfinite(beta).all():
            raise self._useless(needed, f"it returned a momentum of shape {beta.shape}")
        return points, beta

    def states(self, **given: Any) -> Any:
        """Run it, and check that what comes back are the states of a network."""
        start = np.zeros((len(given["Y"]), given["D"].shape[1]))
        return self._iterates(self(**given), start, given["thresholds"].shape[1])

    def points(self, **given: Any) -> tuple[Any, FloatArray]:
        """Run it, and check that what comes back are points, one a signal.

        Returns
        -------
        points : ndarray, shape (B, n)
        stated : ndarray, shape (B,)
            Tolerances; nan where none is stated.
        """
        if "lam" not in _arguments(self, given):
            raise self.error("a minimiser, of an objective with a weight lam", "it asks for none")
        value, stated = self(**given), None
        if isinstance(value, tuple) and len(value) == 2:
            value, stated = value
        found = self._last(value, len(given["Y"]), given["D"].shape[1])
        if stated is None:
            known = np.nan if self.subject.tolerance is None else self.subject.tolerance
            return found, np.full(len(found), known)
        tolerances = self._array(stated, "tolerances", "fiu")
        if tolerances.shape != (len(found),):
            shown = f"it returned an array of shape {tolerances.shape}"
            raise self._useless(f"tolerances of shape ({len(found)},)", shown)
        return found, np.asarray(tolerances, dtype=np.float64)

    def values(self, *shapes: tuple[int, ...], **given: Any) -> list[Any]:
        """Run it, and check that what comes back are arrays of these shapes, in its own type.

        Parameters
        ----------
        *shapes : tuple of int
            Of each array; of one, the array itself may be returned.
        """
        value = self(**given)
        found = value if isinstance(value, tuple | list) and len(shapes) > 1 else (value,)
        said = ", ".join(map(str, shapes))
        if len(found) != len(shapes):
            raise self._useless(f"arrays of shapes {said}", f"it returned {len(found)}")
        arrays = [self._array(part, "floats", "fiu") for part in found]
        if [part.shape for part in arrays] != list(shapes):
            shown = ", ".join(str(part.shape) for part in arrays)
            raise self._useless(f"arrays of shapes {said}", f"it returned some of {shown}")
        kinds = (np.dtype(np.float64), np.dtype(np.float32))
        typed = [part if part.dtype in kinds else part.astype(np.float64) for part in arrays]
        return [np.ldexp(np.nan_to_num(part, nan=np.inf), -self.power) for part in typed]

    def _last(self, value: Any, batch: int, n: int) -> Any:
        """Check that an array has one point a signal."""
        found = self._array(value, "floats", "fiu")
        if found.shape != (batch, n):
            shown = f"it returned an array of shape {found.shape}"
            raise self._useless(f"one point a signal, shape ({batch}, {n})", shown)
        if found.dtype == np.float16:
            found = found.astype(np.float32)  # and is judged as that
        if found.dtype not in (np.float64, np.float32):
            found = found.astype(np.float64)
        infinite = np.array(np.inf, dtype=found.dtype)
        return np.ldexp(np.where(np.isnan(found), infinite, found), -self.power)

    def pursued(self, *, ordered: bool = False, **given: Any) -> tuple[IntArray, Any]:
        """Run it, and check that what comes back are picks, points of a pursuit, or both.

        Parameters
        ----------
        ordered : bool
            Whether the order of the picks is asked for, which points do not tell.

        Returns
        -------
        picks : ndarray of int, shape (B, K)
        points : ndarray, shape (B, n), or None
        """
        norms = np.linalg.norm(given["D"], axis=0) if self.subject.unit_atoms else 1.0
        value, points = self(**{**given, "D": given["D"] / norms}), None
        batch, n = len(given["Y"]), given["D"].shape[1]
        if isinstance(value, tuple) and len(value) == 2:
            value, points = value
            points = self._last(points, batch, n) / norms
        elif np.shape(value) == (batch, n) and np.asarray(value).dtype.kind == "f":
            if ordered:
                raise self.error("picks in their order", "it returned points alone")
            points = self._last(value, batch, n) / norms
            value = _supports(points)
        return self._picks(value, batch, n), points

    def _picks(self, value: Any, batch: int, n: int) -> IntArray:
        """Check that an array has selections of atoms."""
        found = self._array(value, "integers", "iu")
        if found.ndim != 2 or len(found) != batch:
            shown = f"it returned an array of shape {found.shape}"
            raise self._useless(f"picks of shape ({batch}, steps)", shown)
        if ((found < -1) | (found >= n)).any():
            raise self._useless(f"atoms from 0 to {n - 1}, and -1 at the end", "it picked others")
        found = found.astype(np.int64)
        if ((found[:, 1:] >= 0) & (found[:, :-1] < 0)).any():
            raise self._useless("-1 at the end alone", "it picked an atom after one")
        return np.asarray(found) if found.shape[1] else np.full((batch, 1), -1)

    def _iterates(self, value: Any, start: FloatArray, steps: int) -> Any:
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
        if self.power:
            found = np.ldexp(found, -self.power)
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


def _supports(points: Any) -> IntArray:
    """The atoms of each point, in the order of their numbers; -1 after the last."""
    on = np.asarray(points) != 0
    order = np.argsort(~on, axis=1, kind="stable")
    return np.where(np.take_along_axis(on, order, axis=1), order, -1)[
        :, : max(on.sum(axis=1).max(), 1)
    ]


def _asks_for(run: Callable[..., Any], name: str) -> bool:
    try:
        return name in inspect.signature(run).parameters
    except (TypeError, ValueError):
        return False


def _arguments(call: Call, given: Mapping[str, Any]) -> list[str]:
    """Names of what a subject asks for."""
    try:
        parameters = inspect.signature(call.subject.run).parameters.values()
    except (TypeError, ValueError) as error:
        raise call.error("arguments with names", said(error)) from error
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return list(given)
    named = {p.name: p for p in parameters if p.kind is not p.VAR_POSITIONAL and p.name != BY_SEED}
    unknown = [
        name
        for name, p in named.items()
        if p.kind is p.POSITIONAL_ONLY or (name not in given and p.default is p.empty)
    ]
    if unknown or not set(named) & set(given):
        asked = f"it asks for {', '.join(unknown)}" if unknown else "it asks for none of them"
        raise call.error(f"a callable of {', '.join(given)}", asked)
    return [name for name in given if name in named]
