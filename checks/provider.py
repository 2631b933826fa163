"""Who provides evidence: an oracle, an algorithm or network of ours, or a subject in its place.

A theorem asks for evidence by the names of its arguments. A :class:`Provider` says which name it
answers, what it returns, on which settings it depends and how each of them is drawn, how it is run,
and, where somebody else's solver or network may take its place, what is made of that one's answer.
A module of ``checks/oracles`` or ``checks/subjects`` has a tuple ``PROVIDERS``; so may a file that
is loaded, and a package that extends this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from sparsebound.checks.calls import MOST_STEPS, Call
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Experiment

STEPS = "steps"
"""The name of the setting that says how many steps a run has."""


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


@dataclass(frozen=True, eq=False)
class Setting:
    """One thing that determines an experiment besides its instance.

    Attributes
    ----------
    name : str
        Its key in a recipe.
    strategy : SearchStrategy, optional
        Of values that JSON holds; it shrinks to the simplest. None where it is not drawn, and is in
        a recipe only if a run asks for it.
    default : object
        What is taken where an experiment does not say.
    read : callable
        From JSON to what the provider uses; raises ``ValueError`` or ``TypeError`` for values that
        are none.

    Examples
    --------
    >>> weight = choice("weight", 0.5, 0.25)
    >>> weight.of(Experiment(None, {"weight": 0.25})), weight.of(Experiment(None))
    (0.25, 0.5)
    """

    name: str
    strategy: SearchStrategy[Any] | None
    default: Any
    read: Callable[[Any], Any]

    def of(self, experiment: Experiment) -> Any:
        """Take its value in an experiment."""
        return experiment.get(self.name, self.default)

    def taken(self, value: Any) -> Any:
        """Read a value out of JSON.

        Raises
        ------
        InputError
            If it is none.
        """
        try:
            return self.read(value)
        except InputError:
            raise
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise InputError(f"recipe.settings.{self.name}", value, f"one ({error})") from None


def choice(name: str, *values: Any, default: Any = None) -> Setting:
    """Make a setting that is one of a few values, simplest first; repetitions are weights.

    Parameters
    ----------
    name : str
        Its key.
    *values : object
        What JSON can hold.
    default : object, optional
        What is taken where an experiment does not say; the first value without it.

    Examples
    --------
    >>> choice("weight", 0.5, 0.25).taken(2.0)
    Traceback (most recent call last):
        ...
    sparsebound.InputError: recipe.settings.weight is 2.0; expected one of [0.5, 0.25]
    """

    def read(value: Any) -> Any:
        for known in values:
            if type(value) is type(known) and value == known:
                return known
        among = list(dict.fromkeys(values))
        raise InputError(f"recipe.settings.{name}", value, f"one of {among}")

    first = values[0] if default is None else default
    return Setting(name, st.sampled_from(values), first, read)


def whole(value: Any) -> int:
    """Read an integer from 0 to 2^32 - 1.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> whole(7)
    7
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise ValueError("expected an integer from 0 to 2^32 - 1")
    return value


SEED = Setting("seed", st.integers(0, 2**32 - 1), 0, whole)
"""Of whatever a provider draws at random."""


def number_of_steps(default: int | None) -> Setting:
    """Make the setting of how many steps a run has, which is asked for (``--steps``), not drawn.

    Parameters
    ----------
    default : int or None
        How many there are where nobody asks; None if something else says it.

    Examples
    --------
    >>> number_of_steps(12).taken(0)
    Traceback (most recent call last):
        ...
    sparsebound.InputError: recipe.settings.steps is 0; expected an integer from 1 to 1024
    """

    def read(value: Any) -> int:
        if type(value) is not int or not 1 <= value <= MOST_STEPS:
            expected = f"an integer from 1 to {MOST_STEPS}"
            raise InputError(f"recipe.settings.{STEPS}", value, expected)
        return value

    return Setting(STEPS, None, default, read)


@dataclass(frozen=True, eq=False)
class Provider:
    """What answers when a theorem asks for evidence by a name.

    Attributes
    ----------
    name : str
        The name of the argument by which theorems ask for it.
    gives : type
        The type of the evidence.
    find : callable
        From an experiment and a :class:`Request` to the evidence.
    settings : tuple of Setting
        What else it depends on.
    supply : callable, optional
        From a :class:`~sparsebound.checks.calls.Call` of somebody else's solver or
        network, and an experiment, to the same evidence; without it, no subject can take its place.
    common : bool
        Whether one network is built for the whole batch: in another batch, a code meets another.
    asks : str
        What such a solver or network is given, and what it returns; see
        :mod:`sparsebound.checks.protocol`.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> import numpy as np
    >>> provider = Provider("signs", np.ndarray, lambda experiment, request: experiment.codes.signs)
    >>> provider.find(Experiment(Instance([[1]], [[3]])), Request())
    array([[1.]])
    """

    name: str
    gives: type
    find: Callable[[Experiment, Request], Any]
    settings: tuple[Setting, ...] = ()
    supply: Callable[[Call, Experiment], Any] | None = None
    common: bool = False
    asks: str = ""


def plain(
    name: str,
    gives: type,
    run: Callable[[Any], Any],
    *settings: Setting,
    supply: Callable[[Call, Experiment], Any] | None = None,
    common: bool = False,
    asks: str = "",
) -> Provider:
    """Make a provider that is run in one way, whatever the request.

    Parameters
    ----------
    name, gives, settings, supply, common, asks
        As for :class:`Provider`.
    run : callable
        From an experiment to the evidence.
    """
    return Provider(
        name, gives, lambda experiment, _: run(experiment), settings, supply, common, asks
    )
