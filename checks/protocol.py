"""Subjects of other people, and the protocol that they satisfy.

A *subject* is a callable that runs an algorithm or a network on a batch of B problems. It names
what it needs by its arguments, any of those in the table. Estimators of scikit-learn and of
packages like it, solvers of benchopt and modules of PyTorch are made into one by
:mod:`sparsebound.checks.adapters`.

================================  ===========================================  ==================
theorems                          arguments                                    returns
================================  ===========================================  ==================
rate.ista, rate.ista_strong,      ``D, Y, lam, L, start, steps``               iterates, or a pair
rate.ista_identified, rate.fista,                                              with its own L
rate.optista (of its ``y``)
rate.momentum                     ``D, Y, lam, L, start, steps``               iterates, beta
rate.iht, rate.cosamp             ``D, Y, s, start, steps``                    iterates
rate.htp                          ``D, Y, s, L, start, steps``                 iterates
rate.matching_pursuit             ``D, Y, start, steps``                       iterates
rate.unfolded and its             ``D, W, Y, thresholds, sides``               states
corollaries
rate.connected                    ``D, W, Y, thresholds, skips``               states
rate.topk                         ``D, W, Y, s, start, steps``                 iterates
rate.block                        ``D, W, Y, thresholds, blocks``              states
rate.deep, rate.deep_local,       ``D, W, Y, thresholds, between``, or         states of each
stability.layered_thresholding    ``filters, weights, strides, circular`` for  layer
                                  ``D, W``
network.thresholding              ``v, theta``                                 values
network.attention_shift           ``X, beta, offset``                          values
network.convolution               ``filters, weights, Y, thresholds, stride,   states, sums
                                  circular``
stability.near_minimiser          ``D, Y, lam, nonnegative``                   points
stability.near_basis_pursuit      ``D, Y, sigma``                              points
stability.omp                     ``D, Y, eps``                                picks
uniqueness.erc                    ``D, Y``                                     picks, or points
uniqueness.greedy                 ``D, Y``                                     picks
================================  ===========================================  ==================

``D`` (m, n)
    The dictionary; its atoms are columns, of unit norm for hard thresholding and
    matching pursuit only. For CoSaMP and hard thresholding pursuit, and for pursuits in
    float16, in units in which the longest is about 1.
``Y`` (B, m)
    The signals, one a row.
``lam`` (B,), ``L``
    Weights of the l1 norm in ``1/2 ||y - D x||^2 + lam ||x||_1``; a bound of ``||D||_2^2``.
    Who steps by another 1/L returns it with the iterates, a number or of shape (B,): that one is
    in the bounds then, and has to be as large.
``s`` (B,)
    How many entries are kept.
``start`` (B, n), ``steps``
    The first points, and how many steps follow (``--steps``). Who does not ask for them begins at
    0, or makes as many steps as he likes. ``seed``, an integer, is there for who asks for it.
``W`` (m, n), ``thresholds`` (B, K), ``sides`` (B, n)
    The weights of a network, the threshold of each of its K layers, and signs: unit i of a
    one-sided network is ``sides_i relu(sides_i v_i - theta)`` (zeros: two-sided). States start
    at 0.
``blocks`` (n,)
    The block of each atom, from 0 on: block j of ``x^{k+1}`` is 0, where its norm in ``v^k`` is at
    most the threshold, and nothing is moved by more.
``skips`` (K, K)
    The weights with which the states ``x^0, ..., x^k`` enter layer k, a row each:
    ``x^{k+1} = h(sum_j skips[k, j] (x^j + W^T (y - D x^j)))``.
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
In layers
    A network of several layers is given a tuple of all of these, one a layer, but for ``Y``, and
    returns a sequence of states: of the layer above, on ``between[j]`` (a function of arrays, the
    first one for ``Y``) of the last state of the layer below. A matrix is a bank of filters, too,
    as long as its signals.
beta (steps,)
    Floats, in a pair with the iterates: step j starts from ``x^{j-1} + beta_j (x^{j-1} -
    x^{j-2})``. So a momentum of one's own is held against its own worst case.
picks (B, any)
    Integers, the atoms in the order of their selection, -1 after it stopped; or a pair of these
    and the points that were found.
``nonnegative``
    Whether it is minimised over nonnegative codes.
``sigma`` (B,)
    Bounds of ``||y - D x||_2`` under which ``||x||_1`` is minimised; 0 for basis pursuit.
points (B, n)
    Floats, the last ones; or a pair of these and the tolerances (B,) that are stated for them.

All arrays are copies in float64. A callable may say more by attributes: ``tolerance``, by which
share of the value at 0 its own may exceed the least one (1e-6 by default, 1e-3 in float32, 1/32 in
float16);
``nonnegative = True``, if it minimises over nonnegative codes alone (False if it cannot);
``basis_pursuit = True``, if it minimises ``||x||_1`` subject to ``D x = y`` and asks for no
``sigma``; the tolerance of that problem is a share of ``||y||``, and of the sum of the least norm
and ``||y||`` over the norm of the longest atom;
``unit_atoms = True``, if it asks for atoms of unit norm; ``precision = "float32"`` or
``"float16"``, if a pursuit computes in that type and returns picks alone; ``padded = True``, if it
is compiled for every shape, as by JAX: then shapes are filled up to a few sizes, as
:mod:`sparsebound.checks.padding` says; ``activation = "soft"``, ``"hard"`` or
``"garrote"``, if a network has that thresholding function: without, any one is right. One instance
in eight is given times a power of two, since what is right does not depend on units; networks of
several layers are not. So ISTA, say, is::

    def ista(D, Y, lam, L, start, steps):
        points = [start]
        for _ in range(steps):
            v = points[-1] + (Y - points[-1] @ D.T) @ D / L
            points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L, 0))
        return np.stack(points, axis=1)

and ``sparsebound check --subject path/to/solver.py:ista rate.ista`` checks it.

Rounding. The type of the array that is returned, float64, float32 or float16, declares the
precision in which it was computed, and a run says which; the latter gets signals in their own
units. Iterates themselves are exact data; a step, and every bound, is allowed what a proximal
gradient step (a layer, a step of hard thresholding) can lose in that precision by the forward error
bound for inner products in any order, fused or not, with subnormal numbers or without, and nothing
more: see
:mod:`sparsebound.theory.analysis.floating_point`,
:attr:`sparsebound.theory.analysis.descent.Descent.plain_rounding` and
:func:`sparsebound.theory.analysis.unfolding.rounding`. The thresholds of a network make room for
the rounding of the precision that it declares on a small instance before; a thresholding function
gets numbers of its precision. What computes in float32 and returns float64 is refuted. Where a step
may leave the range of its precision nothing is known of it, and it is undecided, as are other picks
of a pursuit than a theorem's, where rounding in its precision may have made them; networks are not
given such data, and have fewer layers near them. A number that is not finite, where nothing leaves
the range, is no iterate and no state: a violation. All of this is about sums of products. What
convolves by a Fourier transform loses a share of the whole signal everywhere, and entries of
``network.convolution`` where nothing is added up are refuted.

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
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.adapters import adapted
from sparsebound.checks.places import imported
from sparsebound.theory.analysis.activations import DECLARED_KINDS
from sparsebound.theory.errors import InputError, describe

PRECISIONS = ("float64", "float32", "float16")
"""Types of which each is judged as what it is; others, as float64."""


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


class OutOfRange(SubjectError):  # noqa: N818 - no error: nothing is known, and the run goes on
    """Data that may leave the range of the type in which a subject computes."""


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
    written : callable, optional
        How that is called for one signal, from the names of the arguments that are given.
    tolerance : float, optional
        What it states of its values.
    nonnegative : bool, optional
        Whether it minimises over nonnegative codes; None if it is told.
    unit_atoms : bool
        Whether it asks for atoms of unit norm.
    basis_pursuit : bool
        Whether it says that it solves basis pursuit, without noise.
    activation : str, optional
        The thresholding function that it says to have.
    precision : str, optional
        The type in which it says to compute, if it returns integers alone.
    padded : bool
        Whether it asks for shapes that are filled up to a few sizes.
    place : str
        The folder below which its file lies in this process, if not where its name says.
    """

    name: str
    run: Callable[..., Any]
    rate_only: bool = False
    given: Any = None
    written: Callable[[Collection[str]], str] | None = None
    tolerance: float | None = None
    nonnegative: bool | None = None
    unit_atoms: bool = False
    basis_pursuit: bool = False
    activation: str | None = None
    precision: str | None = None
    padded: bool = False
    place: str = ""

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
            return cls(
                name,
                found.run,
                rate_only,
                given,
                found.written,
                nonnegative=found.nonnegative,
                unit_atoms=found.unit_atoms,
                activation=found.activation,
            )
        if not callable(given) or isinstance(given, type):  # what a class returns is no answer
            expected = "a callable, an estimator of the Lasso, or the place of one, not"
            shown = describe(given)
            if isinstance(given, type):
                called = f"write a function that calls {given.__name__}"
                shown = f"a class that no adapter knows: {called}"
            raise InputError("--subject", name, f"{expected} {shown}")
        stated, sign = getattr(given, "tolerance", None), getattr(given, "nonnegative", None)
        return cls(
            name,
            given,
            rate_only,
            tolerance=_tolerance(name, stated),
            nonnegative=_sign(given) if sign is None else bool(sign),
            unit_atoms=bool(getattr(given, "unit_atoms", False)),
            basis_pursuit=bool(getattr(given, "basis_pursuit", False)),
            activation=_activation(name, getattr(given, "activation", None)),
            precision=_precision(name, getattr(given, "precision", None)),
            padded=bool(getattr(given, "padded", False)),
        )

    @property
    def found_by_name(self) -> bool:
        """Whether another process finds it by its name."""
        try:
            found = imported(self.place + self.name)
            return found is (self.run if self.given is None else self.given)
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


def _activation(name: str, stated: Any) -> str | None:
    """Read which thresholding function a network says to have."""
    if stated is None or (isinstance(stated, str) and stated in DECLARED_KINDS):
        return stated
    raise InputError(f"activation of {name}", stated, f"one of {', '.join(DECLARED_KINDS)}")


def _precision(name: str, stated: Any) -> str | None:
    """Read in which type a callable says to compute."""
    if stated is None or (isinstance(stated, str) and stated in PRECISIONS):
        return stated
    raise InputError(f"precision of {name}", stated, f"one of {', '.join(PRECISIONS)}")


def _sign(run: Callable[..., Any]) -> bool | None:
    """Whether a callable can be told to minimise over nonnegative codes; it does not if not."""
    return None if asks_for(run, "nonnegative") else False


def asks_for(run: Callable[..., Any], name: str) -> bool:
    """Whether a callable has an argument of that name.

    Examples
    --------
    >>> asks_for(len, "obj"), asks_for(len, "lam")
    (True, False)
    """
    try:
        return name in inspect.signature(run).parameters
    except (TypeError, ValueError):
        return False
