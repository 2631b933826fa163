r"""Minimisers of the Lasso with a certificate: a point and a dual vector whose values agree.

Minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, atoms as given, a batch of signals at a time.
The support and the signs are guessed from iterates, the optimality conditions solved on them,
entries of the wrong sign dropped and violated atoms added; the residual, scaled to be feasible,
bounds the value from below. Where that does not close the gap, a guarded chain: more iterations of
FISTA with restarts, coordinate descent, and cvxpy last. Nobody's word is taken for it: what a point
and a dual vector prove is worked out by ``sparsebound.theory.analysis.descent``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.algorithms.proximal import LASSO, RUN_LENGTH, ista, lipschitz, problem
from sparsebound.checks.oracles import effort
from sparsebound.checks.oracles.descent import Lasso, coordinate_descent, restarted_fista
from sparsebound.checks.oracles.lasso import scaled
from sparsebound.checks.oracles.reference import OracleDisagreement
from sparsebound.checks.provider import Provider
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.experiment import Experiment, Posed, of_experiment, posed
from sparsebound.theory.instance import Dictionary, Instance

FIRST = "iterates"
"""The first link: the optimality conditions, solved on the guessed support."""
GAP = 1e-13
"""Duality gap, relative to the value, at which an optimum is accepted."""
ITERATIONS = (40, 200, 1000, 4000)
"""Further iterations of FISTA before each attempt to solve the optimality conditions."""
ROUNDS = 40
"""Most changes of the support in one attempt; in the first ones, many entries change at once:"""
DROPPED_AT_ONCE, ADDED_AT_ONCE = 4, 20
"""how many rounds drop, and how many add, more than one."""
RIDGE = 2.0**-30
"""Added to the Gram matrix of a support, relatively, and taken out again by refinement."""
REFERENCE_SHARE = 1 / 64
"""Share of the codes of a cross-checked batch that cvxpy solves as well."""
CHAIN = "Lasso, chain"
"""Its name among the solvers whose work is counted."""
CVXPY_NOISE = 1e-6
"""Relative to the largest, entries up to which are noise of cvxpy."""


@dataclass(frozen=True)
class Solution:
    """What was found for a batch, and what float64 makes of it.

    Attributes
    ----------
    point, dual : ndarray, shape (B, n) and (B, m)
        A point and a feasible dual vector, up to rounding.
    value, gap : ndarray, shape (B,)
        The objective and the duality gap.
    found_by : tuple of str
        Which link of the chain, for each signal.
    """

    point: FloatArray
    dual: FloatArray
    value: FloatArray
    gap: FloatArray
    found_by: tuple[str, ...]

    @property
    def closed(self) -> Mask:
        """Where the gap is at most ``GAP`` times the value."""
        return np.asarray(self.gap <= GAP * self.value)


def certify(lasso: Lasso, point: FloatArray, found_by: str) -> Solution:
    """Scale the residual of each point to be feasible, and compute values; shape (B,)."""
    residual = lasso.Y - point @ lasso.D.T
    correlations = residual @ lasso.D
    return _certified(lasso, point, residual, correlations, found_by)


def _certified(
    lasso: Lasso, point: FloatArray, residual: FloatArray, correlations: FloatArray, by: str
) -> Solution:
    lam = lasso.lam
    largest = np.abs(correlations).max(axis=1)
    above = largest > lam
    scale = np.where(above, lam / np.where(above, largest, 1.0), 1.0)
    sizes = lam * np.abs(point).sum(axis=1)
    squares = np.einsum("bm,bm->b", residual, residual)
    inner = scale * np.einsum("bn,bn->b", point, correlations)
    gap = squares * (1 - scale) ** 2 / 2 + (sizes - inner)
    dual = residual * scale[:, None]
    return Solution(point, dual, squares / 2 + sizes, np.abs(gap), (by,) * len(point))


def optima(lasso: Lasso, guess: FloatArray, L: float, *, guarded: bool = True) -> Solution:
    """Solve a batch.

    Parameters
    ----------
    lasso : Lasso
        The problems.
    guess : ndarray, shape (B, n)
        Iterates of any method; only their supports and signs have to be nearly right.
    L : float
        At least ``||D||_2^2``.
    guarded : bool
        Whether to go on to coordinate descent and cvxpy where FISTA does not suffice.

    Returns
    -------
    Solution
        Not ``closed`` where every link of the chain failed.

    Examples
    --------
    >>> lasso = Lasso(np.eye(2), np.array([[3.0, 1.0]]), np.array([1.0]))
    >>> found = optima(lasso, np.array([[1.0, 0.0]]), 1.0)
    >>> found.point, found.dual, found.found_by
    (array([[2., 0.]]), array([[1., 1.]]), ('iterates',))
    """
    best = _chain(lasso, guess, L, guarded=guarded)
    unsettled = np.where(best.closed, best.found_by, "nothing")
    effort.found(CHAIN, unsettled.tolist(), first=FIRST)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(best.gap == 0, 0.0, best.gap / best.value)
    effort.gaps(CHAIN, relative)
    return best


def _chain(lasso: Lasso, guess: FloatArray, L: float, *, guarded: bool) -> Solution:
    best = _polished(lasso, guess, FIRST)
    attempts = [(f"{count} of FISTA", count) for count in ITERATIONS]
    for name, count in attempts:
        if best.closed.all():
            return best
        open_ = np.flatnonzero(~best.closed)
        part = lasso.select(open_)
        moved = restarted_fista(part, best.point[open_], L, count)
        best = _merge(best, _polished(part, moved, name), open_)
    if not guarded or best.closed.all():
        return best
    open_ = np.flatnonzero(~best.closed)
    part = lasso.select(open_)
    descended = coordinate_descent(part, best.point[open_])
    best = _merge(best, _polished(part, descended, "coordinate descent"), open_)
    for code in np.flatnonzero(~best.closed):
        alone = np.array([code])
        point = reference_point(lasso, int(code))
        if point is not None:
            best = _merge(best, _polished(lasso.select(alone), point[None], "cvxpy"), alone)
    return best


def _merge(best: Solution, found: Solution, place: IntArray) -> Solution:
    """Replace some solutions by what was found for them, where that is better."""
    better = found.gap < best.gap[place]
    names = list(best.found_by)
    for index in place[better]:
        names[index] = found.found_by[0]

    def merged(old: FloatArray, new: FloatArray) -> FloatArray:
        copy = old.copy()
        copy[place[better]] = new[better]
        return copy

    return Solution(
        merged(best.point, found.point),
        merged(best.dual, found.dual),
        merged(best.value, found.value),
        merged(best.gap, found.gap),
        tuple(names),
    )


def _polished(lasso: Lasso, guess: FloatArray, by: str) -> Solution:
    """Solve the optimality conditions on the guessed supports, and repair them.

    At first, all entries of the wrong sign are dropped at once, and many atoms added. Then as in
    the feature-sign search (Lee, Battle, Raina, Ng 2007): from the last point, go to where the
    first entry vanishes, and add one atom at a time, so that the objective falls in every round.
    """
    signs, point = np.sign(guess), guess
    best = None
    open_ = np.arange(len(guess))
    for round_ in range(ROUNDS):
        effort.steps(CHAIN, len(open_))
        part = lasso.select(open_)
        target, residual, correlations = _solved(part, signs, point)
        found = _certified(part, target, residual, correlations, by)
        best = found if best is None else _merge(best, found, open_)
        wrong = target * signs < 0
        stuck = wrong.any(axis=1, keepdims=True)
        excess = np.abs(correlations) / part.lam[:, None] - 1.0
        excess = np.where((signs == 0) & ~stuck, excess, 0.0)
        largest = excess.max(axis=1, keepdims=True)
        added = (excess > 1e-13) & (excess >= (0.5 if round_ < ADDED_AT_ONCE else 1.0) * largest)
        again = ~found.closed & (wrong | added).any(axis=1)
        if not again.any():
            break
        if round_ >= DROPPED_AT_ONCE:
            target, wrong = _until_the_first_vanishes(point, target, wrong)
        signs = np.where(wrong, 0.0, np.where(added, np.sign(correlations), signs))[again]
        point = np.where(wrong, 0.0, target)[again]
        open_ = open_[again]
    assert best is not None
    return best


def _until_the_first_vanishes(
    point: FloatArray, target: FloatArray, wrong: Mask
) -> tuple[FloatArray, Mask]:
    """Points on the way to the target, and which entries end there."""
    move = target - point
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(wrong, np.nan_to_num(np.abs(point / move)), np.inf)
    share = np.minimum(shares.min(axis=1, keepdims=True), 1.0)
    return point + share * move, wrong & (shares <= share)


def _solved(
    lasso: Lasso, signs: FloatArray, point: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Solve ``D_S^T (y - D_S x_S) = lam s_S``, from a point; also its residual and D^T of that."""
    D = lasso.D
    sizes = (signs != 0).sum(axis=1)
    k = int(sizes.max(initial=0))
    index = np.argsort(signs == 0, axis=1, kind="stable")[:, :k]
    used = np.arange(k) < sizes[:, None]
    atoms = np.where(used[:, None, :], D[:, index].swapaxes(0, 1), 0.0)
    grams = atoms.swapaxes(1, 2) @ atoms
    place = np.arange(k)
    diagonal = grams[:, place, place]
    grams[:, place, place] += np.where(used, RIDGE * diagonal.max(axis=1, initial=0)[:, None], 1.0)
    inverse = np.linalg.inv(grams)
    rows = np.arange(len(signs))[:, None]
    wanted = (lasso.lam[:, None] * signs)[rows, index]
    point = np.where(signs != 0, point, 0.0)
    for refinement in range(4):
        residual = lasso.Y - point @ D.T
        correlations = residual @ D
        if refinement == 3:
            break
        rest = np.where(used, correlations[rows, index] - wanted, 0.0)
        open_ = (np.abs(rest) > 2.0**-50 * lasso.lam[:, None]).any(axis=1, keepdims=True)
        if not open_.any():
            break
        point[rows, index] += np.where(used & open_, (inverse @ rest[:, :, None])[:, :, 0], 0.0)
    return point, residual, correlations


def reference_point(lasso: Lasso, code: int) -> FloatArray | None:
    """A minimiser by cvxpy (Clarabel), without entries that are noise; None if it fails."""
    import cvxpy

    effort.calls("cvxpy")
    variable = cvxpy.Variable(lasso.D.shape[1])
    fit = cvxpy.sum_squares(lasso.D @ variable - lasso.Y[code]) / 2
    cost = fit + float(lasso.lam[code]) * cvxpy.norm1(variable)
    try:
        cvxpy.Problem(cvxpy.Minimize(cost)).solve(solver="CLARABEL")
    except cvxpy.error.SolverError:  # a solver that fails proves nothing
        return None
    if variable.value is None:
        return None
    point = np.asarray(variable.value)
    return np.where(np.abs(point) > CVXPY_NOISE * np.abs(point).max(), point, 0.0)


def optimum(given: Posed, *, cross_check: bool = False, seed: int = 0) -> Optimum:
    """Find the optimum of :func:`sparsebound.checks.algorithms.proximal.problem` for each signal.

    Parameters
    ----------
    given : Experiment or Instance
        B signals.
    cross_check : bool
        Hold a share of them against cvxpy.
    seed : int
        Of the choice of that share.

    Raises
    ------
    OracleDisagreement
        If what cvxpy finds cannot be true together with it.

    Examples
    --------
    >>> optimum(Instance([[1]], [[3]])).point
    array([[1.5]])
    """
    experiment = posed(given)
    found = _of_problem(experiment)
    if cross_check:
        reference_check(_scaled(experiment), found, seed=seed)
    return Optimum(*_unscaled(experiment.codes, found))


def _unscaled(instance: Instance, found: Solution) -> tuple[FloatArray, FloatArray]:
    """Points and dual vectors of the problem as it was."""
    powers = scaled(instance)
    with np.errstate(over="ignore", under="ignore"):
        point = np.ldexp(found.point, (powers.a - powers.b)[:, None])
        return point, np.ldexp(found.dual, -powers.b[:, None])


def _scaled(experiment: Experiment) -> Lasso:
    """Scale :func:`sparsebound.checks.algorithms.proximal.problem`."""
    problems = scaled(experiment.codes)
    return Lasso(problems.atoms, problems.signals, problems.weight(problem(experiment).lam))


@of_experiment
def _of_problem(experiment: Experiment) -> Solution:
    lasso, instance = _scaled(experiment), experiment.codes
    L = lipschitz(Dictionary(lasso.D) if scaled(instance).a else instance.D)
    guess = restarted_fista(lasso, np.zeros(instance.X.shape), L, ITERATIONS[0])
    return optima(lasso, guess, L)


def settled_run(given: Posed) -> Trajectory:
    """ISTA from near the minimiser: its entries, larger or smaller by 1/8, in turns."""
    experiment, chosen = posed(given), problem(given)
    instance = experiment.codes
    start, steps = settled_start(experiment), RUN_LENGTH.of(experiment)
    return ista(instance.D.data, instance.Y.mid, chosen.lam, chosen.L, start, steps)


def settled_start(experiment: Experiment) -> FloatArray:
    """Where :func:`settled_run` starts, shape (B, n)."""
    point, _ = _unscaled(experiment.codes, _of_problem(experiment))
    return point * np.where(np.arange(point.shape[1]) % 2, 0.875, 1.125)


def reference_check(
    lasso: Lasso, found: Solution, *, share: float = REFERENCE_SHARE, seed: int = 0
) -> int:
    """Hold a share of the solutions against cvxpy; return how many.

    Raises
    ------
    OracleDisagreement
        If no value is possible for both: cvxpy's point is better than the certificate allows, or
        the dual vector of that point proves that the value is larger.
    """
    chosen = np.flatnonzero(np.random.default_rng(seed).random(len(found.gap)) < share)
    for code in chosen:
        point = reference_point(lasso, int(code))
        if point is None or not found.closed[code]:
            continue
        alone = lasso.select(np.array([code]))
        other = certify(alone, point[None], "cvxpy")
        (least, most), (low, high) = (
            (float(one.value[index] - one.gap[index]), float(one.value[index]))
            for one, index in ((found, code), (other, 0))
        )
        room = GAP * max(most, high)
        if high < least - room or most < low - room:
            raise OracleDisagreement(
                f"the certificate of code {code} encloses the least value of the Lasso by "
                f"{most!r} and a gap of {most - least!r}, but cvxpy found {high!r} and proves at "
                f"least {low!r}"
            )
    return len(chosen)


PROVIDERS = (
    Provider(
        "optimum",
        Optimum,
        lambda experiment, request: optimum(
            experiment, cross_check=request.cross_check, seed=request.seed
        ),
        LASSO,
    ),
)
