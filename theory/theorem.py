"""What a theorem is: premises, claims, a source, an extremal instance, and mutants."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from typing import Any, NamedTuple, cast

from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import DeepInstance, Instance, Kind
from sparsebound.theory.promise import Promise
from sparsebound.theory.sources import Source
from sparsebound.theory.worst_case import Absent, EverySupport, NoEvidence, OwnWeights

Construction = Callable[[int], Posed]
"""From a size (1, 2, ...; 1 is the smallest) to an extremal instance, with settings if any."""


Axis = tuple[str, int]
"""What the entries of an axis are, and the number of the first one."""
STEPS: tuple[Axis, ...] = (("step", 1),)
"""Of what is claimed of each step, or layer: the first one makes ``x^1`` of ``x^0``."""

STATES: tuple[Axis, ...] = (("step", 0),)
"""Of what is told of the start as well."""

ATOMS: tuple[Axis, ...] = (("atom", 0),)
"""Of what is claimed of each atom."""


def along_steps(claim: Claim) -> bool:
    """Whether a claim has one number for each step of a run, and says how large it may be.

    Examples
    --------
    >>> along_steps(Claim("||x^k|| <= b_k", [[0.5, 0.25]], [[1, 1]], axes=STEPS))
    True
    """
    return claim.measured and not claim.strict and [name for name, _ in claim.axes] == [STEPS[0][0]]


class Comparison(NamedTuple):
    """The least and the largest number that a step may have returned, and what it did."""

    low: FloatArray
    high: FloatArray
    found: FloatArray


@dataclass(frozen=True)
class Premise:
    """An inequality that a theorem assumes: ``lhs < rhs``, or ``lhs <= rhs`` if not strict.

    Sides have the batch as their first axis, or no axis: a number, which is the same for every
    code. A first axis of length 1 is one code's, and is refused in a larger batch, unless the
    inequality is ``shared``: then it is the same for every code as well.
    ``measured`` says whether lhs/rhs tells how near the edge of the theorem a code is: not for
    sizes that a network declares, nor for what evidence has to be, which is there by construction.

    Examples
    --------
    >>> Premise("(2s - 1) mu < 1", 0.5, 1).strict
    True
    """

    name: str
    lhs: Any
    rhs: Any
    strict: bool = True
    measured: bool = True
    shared: bool = False

    @property
    def has_edge(self) -> bool:
        """Whether lhs/rhs measures anything: what is compared with 0 has a sign, and no size.

        Examples
        --------
        >>> Premise("0 < lam", 0, 0.5).has_edge, Premise("(2s - 1) mu < 1", 0.5, 1).has_edge
        (False, True)
        """
        return self.measured and not any(
            isinstance(side, int) and side == 0 for side in (self.lhs, self.rhs)
        )


@dataclass(frozen=True)
class Claim:
    """An inequality that a theorem asserts: ``lhs <= rhs``, or ``lhs < rhs`` if strict.

    A side is exact data, a number, or an enclosure of one; its axes, and ``shared``, are those of
    :class:`Premise`. ``measured`` says whether lhs/rhs tells how tight the theorem is; ``step``,
    whether it is about single steps, of which the rate is a consequence: that they are those of
    the algorithm, or that nothing increases. ``axes`` names the axes after the batch, and the
    number of the first entry of each; ``comparison`` gives what a step could have returned, and
    what it did.

    Examples
    --------
    >>> Claim("||x^k - x|| <= q^k B", [0.25, 0.5], [0.5, 0.5]).strict
    False
    """

    name: str
    lhs: Any
    rhs: Any
    strict: bool = False
    measured: bool = True
    step: bool = False
    shared: bool = False
    axes: tuple[Axis, ...] = ()
    comparison: Callable[[], Comparison] | None = None


class Consequence(NamedTuple):
    """A theorem that another one implies, and how: in which case, or by which bound.

    Formulas stand between double backquotes, as in the text of a module.
    """

    id: str
    how: str


class Drawn(NamedTuple):
    """What a report draws of a run that the evidence begins: it is shown, and not decided.

    Attributes
    ----------
    claim : Claim
        What the theorem says of a run, if its step is taken again and again; along steps.
    shown : mapping
        Matrices of each code, arrays of shape (B, rows, columns), by what they are.
    """

    claim: Claim
    shown: Mapping[str, FloatArray] = {}


@dataclass(frozen=True)
class Mutant:
    """A false strengthening of a theorem: the same code with a parameter changed.

    Parameters
    ----------
    name : str
        What was changed, for people.
    changes : mapping
        Keyword arguments of the theorem's premises and claims.
    witness : callable, optional
        A construction that refutes it; the theorem's sharp one by default.
    smallest : (int, int), optional
        The shape of the dictionary that shrinking is known to end at: a larger counterexample is a
        fault of a strategy.

    Examples
    --------
    >>> Mutant("right side halved", {"factor": 0.5}).changes
    {'factor': 0.5}
    """

    name: str
    changes: Mapping[str, Any]
    witness: Construction | None = None
    smallest: tuple[int, int] | None = None


@dataclass(frozen=True)
class Theorem:
    r"""An executable theorem.

    Parameters
    ----------
    title : str
        A short name for people.
    statement : str
        The statement, LaTeX.
    source : Source
        Where it was proved.
    premises, claims : callable
        Generators of :class:`Premise` and :class:`Claim`. The first argument is the instance;
        further positional arguments name the evidence that the theorem needs; keyword-only
        arguments are what mutants change.
    sharp : callable, optional
        The construction that attains the bound; absent where none is known.
    mutants : tuple of Mutant
        False strengthenings that the check has to refute.
    about : {"codes", "dictionary", "layers"}
        What one verdict is about.
    dictionaries : tuple of str
        Families of dictionaries to generate from; empty for all that are small enough.
    between : tuple of str
        Functions between layers to generate deep models with; empty for all.
    enumerates : bool
        Whether a check enumerates supports, so that instances have to be small.
    conjecture : bool
        Whether it is an open statement; tables say so.
    effort : int
        One in so many of a profile's examples is tried, where each of them is costly.
    noisy : bool
        Whether instances carry noise.
    equality : bool
        Whether it is an equality, up to rounding: then no lhs/rhs tells how tight it is.
    promises : tuple of Promise
        What it says of all codes of a sparsity.
    implies : tuple of Consequence
        The theorems of the catalogue that follow from it, by what each says itself.
    drawn : callable, optional
        What a report draws, from the instance and evidence as in ``claims``. By default the last
        claim along steps, if there is one.
    names : tuple of str
        What people call it, or what it is about, that its title does not say: it is found by them.
    proof : str
        Where it is proved by machine: a file and a name in it, ``proofs/<topic>/<name>.v:<lemma>``.
    id : str
        ``<topic>.<name>``; by default the last two parts of the module's name.

    Raises
    ------
    InputError
        If a part is missing or has the wrong form.

    Examples
    --------
    >>> def claims(instance, *, factor=1):
    ...     yield Claim("||x||_0 <= n", instance.sparsity, factor * instance.D.shape[1])
    >>> theorem = Theorem("Size", r"\|x\|_0 \le n", Source("Elementary"), claims, id="mine.size")
    >>> [claim.lhs.tolist() for claim in theorem.claims_of(Instance([[1, 2]], [[3, 0]]), {}, {})]
    [[1]]
    """

    title: str
    statement: str
    source: Source
    claims: Callable[..., Iterable[Claim]]
    premises: Callable[..., Iterable[Premise]] = lambda instance: ()
    sharp: Construction | None = None
    mutants: tuple[Mutant, ...] = ()
    about: Kind = "codes"
    dictionaries: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    enumerates: bool = False
    conjecture: bool = False
    id: str = ""
    effort: int = 1
    noisy: bool = False
    equality: bool = False
    promises: tuple[Promise, ...] = ()
    implies: tuple[Consequence, ...] = ()
    drawn: Callable[..., Drawn] | None = None
    names: tuple[str, ...] = ()
    proof: str = ""
    needs: tuple[str, ...] = field(init=False)
    premises_need: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        if not self.id:
            parts = getattr(self.claims, "__module__", "").split(".")
            object.__setattr__(self, "id", ".".join(parts[-2:]))
        if self.id.count(".") != 1 or not all(self.id.split(".")):
            raise InputError("id", self.id, "a topic and a name, such as 'uniqueness.spark'")
        needs: list[str] = []
        allowed: set[str] = set()
        for function in filter(None, (self.premises, self.claims, self.drawn)):
            positional, keywords = _arguments(function)
            needs += [name for name in positional[1:] if name not in needs]
            allowed |= keywords
        object.__setattr__(self, "needs", tuple(needs))
        object.__setattr__(self, "premises_need", tuple(_arguments(self.premises)[0][1:]))
        for mutant in self.mutants:
            unknown = set(mutant.changes) - allowed
            if unknown or not mutant.changes:
                raise InputError(
                    f"the changes of mutant {mutant.name!r} of {self.id}",
                    dict(mutant.changes),
                    f"some of the keyword arguments {sorted(allowed)} of its premises and claims",
                )

    @property
    def topic(self) -> str:
        """The part of the identifier before the dot."""
        return self.id.split(".")[0]

    def extremal(self, size: int) -> Experiment:
        """Build its extremal instance of a size, with the settings of what is run on it.

        Raises
        ------
        InputError
            If it has none.
        """
        if self.sharp is None:
            raise InputError(f"sharp of {self.id}", None, "a construction")
        return posed(self.sharp(size))

    def mutant(self, name: str) -> Mutant:
        """Look a mutant up by its name.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        for mutant in self.mutants:
            if mutant.name == name:
                return mutant
        raise InputError("mutant", name, f"one of {[mutant.name for mutant in self.mutants]}")

    def premises_of(
        self,
        given: Posed,
        evidence: Mapping[str, Any],
        changes: Mapping[str, Any],
    ) -> Iterator[Premise]:
        """Yield the premises, with a mutant's changes."""
        yield from _call(self.premises, given, evidence, changes)

    def premises_without_evidence(self, instance: Instance | DeepInstance) -> Iterator[Premise]:
        """Yield the premises that come before the first one that looks at evidence."""
        absent = OwnWeights() if isinstance(instance, EverySupport) else Absent()
        try:
            yield from self.premises_of(instance, dict.fromkeys(self.premises_need, absent), {})
        except NoEvidence:
            return

    def claims_of(
        self,
        given: Posed,
        evidence: Mapping[str, Any],
        changes: Mapping[str, Any],
    ) -> Iterator[Claim]:
        """Yield the claims, with a mutant's changes."""
        yield from _call(self.claims, given, evidence, changes)

    def drawn_of(self, given: Posed, evidence: Mapping[str, Any]) -> Drawn | None:
        """Give what a report draws of a run; None if the theorem is about none."""
        if self.drawn is not None:
            return cast("Drawn", _call(self.drawn, given, evidence, {}))
        claims = [claim for claim in self.claims_of(given, evidence, {}) if along_steps(claim)]
        return Drawn(claims[-1]) if claims else None


def without_steps(theorem: Theorem) -> Theorem:
    """Ask for the rate that a theorem promises, and not for the steps that it comes from.

    Examples
    --------
    >>> from sparsebound.theory.rate.ista import THEOREM
    >>> without_steps(THEOREM).needs
    ('ista_run', 'optimum')
    """

    @wraps(theorem.claims)
    def claims(*args: Any, **changes: Any) -> Iterator[Claim]:
        yield from (claim for claim in theorem.claims(*args, **changes) if not claim.step)

    return replace(theorem, claims=claims)


def equal(name: str, left: Any, right: Any) -> Iterator[Claim]:
    """Claim that two numbers are equal, as two inequalities."""
    yield Claim(f"{name} (at most)", left, right, measured=False)
    yield Claim(f"{name} (at least)", right, left, measured=False)


@cache
def _arguments(function: Callable[..., Any]) -> tuple[list[str], set[str]]:
    parameters = inspect.signature(function).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    keywords = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
    return positional, keywords


def _call(
    function: Callable[..., Any],
    given: Posed,
    evidence: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> Any:
    positional, keywords = _arguments(function)
    return function(
        posed(given).instance,
        *(evidence[name] for name in positional[1:]),
        **{name: value for name, value in changes.items() if name in keywords},
    )


def lift(instance: Instance | DeepInstance, value: Any) -> Number:
    """Take a side of an inequality into the arithmetic of an instance."""
    layer = instance if isinstance(instance, Instance) else instance.layers[0]
    return layer.lift(value)
