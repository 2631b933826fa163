"""Calls of subjects: what they are given, and whether what comes back is an answer.

:mod:`sparsebound.checks.protocol` says what a subject is given for which theorem.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import numpy as np

from sparsebound.checks.faults import Broke, guarded, said
from sparsebound.checks.padding import cut, fillable, filled
from sparsebound.checks.protocol import PRECISIONS, OutOfRange, Subject, SubjectError, asks_for
from sparsebound.theory.analysis.refitting import in_units_of_atoms
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import describe
from sparsebound.theory.instance import Dictionary

BATCHED = ("Y", "lam", "s", "start", "thresholds", "sides", "eps", "sigma", "v", "X")
"""Arguments of which each signal has its own."""
BY_SEED = "seed"
"""An argument that every subject may ask for, by this name: always the same number."""
MOST_STEPS = 1024
"""Of a run, whoever says how many."""
TOO_SHORT = 1e-9
"""By which share an L is below the squared norm of a dictionary, whatever rounding does."""
IN_UNITS = ("Y", "lam", "start", "thresholds", "eps", "sigma", "v", "theta", "X")
"""Arguments in the units of the signals."""


Answer = TypeVar("Answer")
Plan = TypeVar("Plan")
SOLVED = {
    "lam": "a minimiser, of an objective with a weight",
    "sigma": "a minimiser, of the l1 norm, for residuals of norm",
    "W": "a network, with weights",
}
"""What a subject is that asks for one of these arguments."""


FLOATS = tuple(map(np.dtype, PRECISIONS))
"""Types of which each is judged as what it is."""


class _TooNarrow(Exception):  # noqa: N818 - no error
    """Numbers in other units are beyond the range of a type."""


def _in_its_units(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """Ask again in the units of the instance what computes in float16, whose range is small."""

    @wraps(ask)
    def asked(call: Call, *arguments: Any, **given: Any) -> Answer:
        try:
            return ask(call, *arguments, **given)
        except _TooNarrow:
            return ask(replace(call, power=0), *arguments, **given)

    return asked


class Pursued(NamedTuple):
    """What a pursuit returned.

    Attributes
    ----------
    picks : ndarray of int, shape (B, K)
        The atoms.
    points : ndarray, shape (B, n), or None
        The codes, if it returned them.
    dtype : str
        In which it computed: that of the points, or what it says.
    ordered : bool
        Whether the order of the picks is known: not of points alone.
    power : int
        It was given atoms and signals times two to this power.
    """

    picks: IntArray
    points: Any
    dtype: str
    ordered: bool
    power: int = 0


@dataclass(frozen=True)
class Call:
    """A subject that is being checked against a theorem.

    What it raises, and what takes too long, is a finding: see :mod:`sparsebound.checks.faults`.
    """

    subject: Subject
    theorem: str
    given: dict[str, Any] = field(default_factory=dict, compare=False)
    """What the subject was called with last."""
    types: list[str] = field(default_factory=list, compare=False)
    """The types of floats in which its last answer is judged, one for each array of it."""
    beside: list[str] = field(default_factory=list, compare=False)
    """What its last answer had beside iterates, in a pair."""
    power: int = 0
    """It is given signals, and what is measured in their units, times two to this power."""

    def error(self, needed: str, found: str) -> SubjectError:
        """Say what is missing."""
        return SubjectError(self.subject.name, self.theorem, needed, found)

    def beyond(self, dtype: str) -> OutOfRange:
        """Say that data may leave the range of its type."""
        needed, found = f"data within the range of {dtype}", "its answer is of that type"
        return OutOfRange(self.subject.name, self.theorem, needed, found)

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
        self.types.clear()
        self.beside.clear()
        self.given.clear()
        self.given.update((name, given[name]) for name in wanted)
        sizes = fillable(given) if self.subject.padded else {}
        shown = filled(given, sizes) if sizes else given
        copies = {name: _copied(shown[name]) for name in wanted}
        if asks_for(self.subject.run, BY_SEED):
            copies[BY_SEED] = self.given[BY_SEED] = 0
        with guarded():
            found = self.subject.run(**copies)
            return cut(found, given, sizes) if sizes else found

    @_in_its_units
    def iterates(
        self, start: FloatArray, steps: int, *, by: str | None = None, **given: Any
    ) -> Any:
        """Run it, and check that what comes back are the iterates from ``start``.

        One that asks for no start begins at 0; one that asks for no number of steps makes its own.
        What does not ask for the argument ``by`` is something else.
        """
        asked = _arguments(self, {**given, "start": start, "steps": steps})
        self._known(by, asked)
        return self._from(start, steps, asked, self(**given, start=start, steps=steps))

    @_in_its_units
    def descended(
        self, start: FloatArray, steps: int, *, L: float, **given: Any
    ) -> tuple[Any, FloatArray]:
        """Run it as :meth:`iterates` does; also find what steps are divided by, shape (B,).

        That is the given ``L``, or its own, if it returns a pair.
        """
        given |= {"L": L, "start": start, "steps": steps}
        asked, value, own = _arguments(self, given), self(**given), np.array(L)
        if isinstance(value, tuple) and len(value) == 2:
            value, stated = value
            self.beside.append("L")
            own = self._array(stated, "floats", "fiu").astype(np.float64)
            if own.shape not in ((), (len(start),)) or not ((own > 0) & np.isfinite(own)).all():
                needed = f"a positive L of its own, a number or of shape ({len(start)},)"
                raise self._useless(needed, f"it returned {own!r}")
            least = float(np.linalg.norm(given["D"], 2)) ** 2
            if (own < (1 - TOO_SHORT) * least).any():  # what is nearer, the premise decides
                needed = f"an L of its own that is at least ||D||_2^2 = {least:.6g}"
                raise self._useless(needed, f"it returned {float(own.min()):.6g}")
        return self._from(start, steps, asked, value), np.broadcast_to(own, (len(start),)).copy()

    def _from(self, start: FloatArray, steps: int, asked: list[str], value: Any) -> Any:
        """Iterates of as many steps as it makes, from where it starts."""
        begun = start if "start" in asked else np.zeros_like(start)
        shape = tuple(getattr(value, "shape", ()))
        made = shape[1] - 1 if len(shape) == 3 and "steps" not in asked else steps
        return self._iterates(value, begun, made if 1 <= made <= MOST_STEPS else steps)

    @_in_its_units
    def carried(self, start: FloatArray, steps: int, **given: Any) -> tuple[Any, FloatArray]:
        """Run it, and check that what comes back are iterates, and the momentum of each step."""
        value = self(**given, start=start, steps=steps)
        needed = f"the iterates, and the momentum of each of {steps} steps"
        if not isinstance(value, tuple) or len(value) != 2:
            raise self._useless(needed, f"it returned {describe(value)}")
        self.beside.append("beta")
        points = self._iterates(value[0], start, steps)
        beta = self._array(value[1], "floats", "fiu").astype(np.float64)
        if beta.shape != (steps,) or not np.isfinite(beta).all():
            raise self._useless(needed, f"it returned a momentum of shape {beta.shape}")
        return points, beta

    @_in_its_units
    def states(self, *, by: str | None = None, **given: Any) -> Any:
        """Run it, and check that what comes back are the states of a network."""
        self._known(by, _arguments(self, given))
        start = np.zeros((len(given["Y"]), given["D"].shape[1]))
        return self._iterates(self(**given), start, given["thresholds"].shape[1])

    def layered(self, **given: Any) -> list[Any]:
        """Run it, and check that what comes back are the states of each layer of a network."""
        if not set(_arguments(self, given)) & {"W", "weights"}:
            self._known("W", ())
        value, shapes = self(**given), [atoms.shape for atoms in given["D"]]
        needed = f"the states of each of {len(shapes)} layers"
        if not isinstance(value, tuple | list) or len(value) != len(shapes):
            raise self._useless(needed, f"it returned {describe(value)}")
        starts = (np.zeros((len(given["Y"]), n)) for _, n in shapes)
        depths = (theta.shape[1] for theta in given["thresholds"])
        return [self._iterates(*part) for part in zip(value, starts, depths, strict=True)]

    @_in_its_units
    def points(self, by: str | None = "lam", **given: Any) -> tuple[Any, FloatArray]:
        """Run it, and check that what comes back are points, one a signal.

        Parameters
        ----------
        by : str, optional
            The argument by which it is known for a solver of that problem; None if it says so.

        Returns
        -------
        points : ndarray, shape (B, n)
        stated : ndarray, shape (B,)
            Tolerances; nan where none is stated.
        """
        self._known(by, _arguments(self, given))
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

    def _known(self, by: str | None, asked: Collection[str]) -> None:
        """Refuse what does not ask for the argument by which it is known."""
        if by is not None and by not in asked:
            raise self.error(f"{SOLVED[by]} {by}", "it asks for none")

    @_in_its_units
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
        typed = [self._typed(part) for part in arrays]
        return [np.ldexp(np.nan_to_num(part, nan=np.inf), -self.power) for part in typed]

    def _last(self, value: Any, batch: int, n: int) -> Any:
        """Check that an array has one point a signal."""
        found = self._array(value, "floats", "fiu")
        if found.shape != (batch, n):
            shown = f"it returned an array of shape {found.shape}"
            raise self._useless(f"one point a signal, shape ({batch}, {n})", shown)
        found = self._typed(found)
        infinite = np.array(np.inf, dtype=found.dtype)
        return np.ldexp(np.where(np.isnan(found), infinite, found), -self.power)

    @_in_its_units
    def pursued(self, *, ordered: bool = False, **given: Any) -> Pursued:
        """Run it, and check that what comes back are picks, points of a pursuit, or both.

        What computes in float16 is asked again, in units in which the longest atom is about 1:
        points are the same.

        Parameters
        ----------
        ordered : bool
            Whether the order of the picks is asked for, which points do not tell.
        """
        found = self._pursued(ordered, given)
        if found.dtype != "float16":
            return found
        power = in_units_of_atoms(Dictionary(given["D"]))
        units = {name: np.ldexp(given[name], power) for name in {*given} & {"D", "Y", "eps"}}
        return self._pursued(ordered, given | units)._replace(power=power)

    def _pursued(self, ordered: bool, given: dict[str, Any]) -> Pursued:
        said = self.subject.precision
        if said == "float16" and self.power:
            raise _TooNarrow
        norms = np.linalg.norm(given["D"], axis=0) if self.subject.unit_atoms else 1.0
        value, points, known = self(**{**given, "D": given["D"] / norms}), None, True
        batch, n = len(given["Y"]), given["D"].shape[1]
        if isinstance(value, tuple) and len(value) == 2:
            value, points = value
            points = self._last(points, batch, n)
        elif np.shape(value) == (batch, n) and np.asarray(value).dtype.kind == "f":
            if ordered:
                raise self.error("picks in their order", "it returned points alone")
            points = self._last(value, batch, n)
            value, known = _supports(points), False
        dtype = (said or "float64") if points is None else points.dtype.name
        self.types[:] = [dtype]
        picks = self._picks(value, batch, n)
        return Pursued(picks, None if points is None else points / norms, dtype, known)

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
        found = self._typed(found)
        if self.power:
            found = np.ldexp(found, -self.power)
        least = np.float16 if found.dtype == np.float16 else np.float32
        with np.errstate(over="ignore"):
            moved = found[:, 0].astype(least) != start.astype(least)
        if moved.any():
            raise self._useless("iterates from the given start", "its first one is another point")
        infinite = np.array(np.inf, dtype=found.dtype)
        return np.where(np.isnan(found), infinite, found)  # both are no numbers, and said as one

    def _typed(self, found: Any) -> Any:
        """An array in the type in which it was computed."""
        native = found.dtype.newbyteorder("=")
        typed = found.astype(native if native in FLOATS else np.float64, copy=False)
        if typed.dtype == np.float16 and self.power:
            raise _TooNarrow
        self.types.append(typed.dtype.name)
        return typed

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


def in_its_type(plan: Callable[[str], Plan], run: Callable[[Plan], Any]) -> tuple[Plan, Any]:
    """Plan for float64, and again for the type of what comes back, if that is another one.

    Examples
    --------
    >>> in_its_type(str.upper, lambda planned: np.zeros(1, dtype=np.float32))
    ('FLOAT32', array([0.], dtype=float32))
    """
    planned = plan("float64")
    found = run(planned)
    if found.dtype != np.float64:
        planned = plan(str(found.dtype))
        found = run(planned)
    return planned, found


def _copied(value: Any) -> Any:
    """An array, or arrays, that somebody else may change."""
    if isinstance(value, tuple):
        return tuple(map(_copied, value))
    return np.array(value) if isinstance(value, np.ndarray) else value


def _supports(points: Any) -> IntArray:
    """The atoms of each point, in the order of their numbers; -1 after the last."""
    on = np.asarray(points) != 0
    order = np.argsort(~on, axis=1, kind="stable")
    return np.where(np.take_along_axis(on, order, axis=1), order, -1)[
        :, : max(on.sum(axis=1).max(), 1)
    ]


def _arguments(call: Call, given: Mapping[str, Any]) -> list[str]:
    """Names of what a subject asks for."""
    try:
        parameters = inspect.signature(call.subject.run).parameters.values()
    except (TypeError, ValueError) as error:
        raise call.error("arguments with names", said(error)) from error
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = {p.name: p for p in parameters if p.kind not in variable and p.name != BY_SEED}
    unknown = [
        name
        for name, p in named.items()
        if p.kind is p.POSITIONAL_ONLY or (name not in given and p.default is p.empty)
    ]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    if unknown or not (takes_any or set(named) & set(given)):
        asked = f"it asks for {', '.join(unknown)}" if unknown else "it asks for none of them"
        raise call.error(f"a callable of {', '.join(given)}", asked)
    return list(given) if takes_any else [name for name in given if name in named]
