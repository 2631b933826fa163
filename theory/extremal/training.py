"""Dictionaries, codes and settings on which theorems on training are attained, or mutants fail.

Each takes a size (1, 2, ...; 1 is the smallest) and returns an instance, with the settings of the
step that is to be taken, or with the evidence itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _atoms(D: Any, **settings: Any) -> Experiment:
    """A dictionary without codes."""
    return Experiment(Instance(D, np.zeros((0, np.shape(D)[1]))), settings)


def half_of_a_basis(size: int) -> Experiment:
    """``size`` orthogonal atoms of norm 1/2, and the step of size 1/2."""
    return _atoms(np.eye(size) / 2, scale=1.0, beta=0.5)


def doubled_unit_atom(size: int) -> Experiment:
    """Orthogonal atoms of norm 2: the step of size 1/2 turns the singular value over."""
    return _atoms(2.0 * np.eye(size), scale=1.0, beta=0.5)


def coherent_pair(size: int) -> Instance:
    """Two atoms of length ``size + 1`` with the inner product 3/5."""
    D = np.eye(size + 1, 2)
    D[:2, 1] = 3, 4
    return Instance(D, np.zeros((0, 2)))


def equal_angles(size: int) -> Instance:
    """``size + 1`` atoms, all inner products of which are equal."""
    n = size + 1
    return Instance(np.eye(n) + 1, np.zeros((0, n)))


def equal_atoms(size: int) -> Instance:
    """Two equal atoms, of length ``size``."""
    return Instance(np.ones((size, 2)), np.zeros((0, 2)))


def flat_code(size: int) -> Instance:
    """``2 size`` entries of modulus 1."""
    return Instance(np.eye(2 * size), np.ones((1, 2 * size)))


def uneven_code(size: int) -> Instance:
    """``size + 1`` entries, one of which is twice as large."""
    return Instance(np.eye(size + 1), [[2.0, *[1.0] * size]])


def entries_above(size: int) -> Experiment:
    """``size`` entries above both thresholds, 1/2 and 1."""
    low, high = np.full((1, size), 0.5), np.ones((1, size))
    code = np.full((1, size), 2.0)
    return Experiment(Instance(np.eye(size), code), {"thresholds": low, "raised": high})


def second_layer_wakes(size: int) -> Experiment:
    """Units (1, 2) that a second layer weighs by (-2, 1): it wakes when the first one falls."""
    code = np.zeros((1, size + 1))
    code[0, 0] = 1
    atoms = np.array([[1.0, 2.0, *[0.0] * (size - 1)]])
    D = np.vstack([atoms, np.eye(size - 1, size + 1, 2)])
    weights = np.zeros((1, size + 1, 1))
    weights[0, :2, 0] = -2, 1
    low = np.zeros((1, size + 1))
    settings = {"thresholds": low, "raised": low + 1, "weights": weights}
    return Experiment(Instance(D, code), settings)


def equal_factors(size: int) -> Experiment:
    """Factors of equal moduli, for ``size`` atoms."""
    ones = np.ones((1, size))
    return Experiment(Instance(np.eye(size), ones), {"u": ones, "v": -ones})


def three_factors(size: int) -> Experiment:
    """Three factors 2, of which the product is 8."""
    return Experiment(
        Instance(np.eye(size), np.ones((1, size))), {"deep": np.full((1, 3, size), 2.0)}
    )


def one_factor_without_decay(size: int) -> Experiment:
    """Factors 1 and 0 at a gradient 1, without decay: one step of size 1 leaves them as large."""
    ones, none = np.ones((1, size)), np.zeros((1, size))
    settings = {"u": ones, "v": none, "gamma": np.ones(1), "lam": np.zeros(1)}
    return Experiment(Instance(np.eye(size), -ones), settings)


def steep_misfit(size: int) -> Experiment:
    """Factors 1 and 0 at a gradient 30, with a step of size 1/8."""
    ones, none = np.ones((1, size)), np.zeros((1, size))
    settings = {"u": ones, "v": none, "gamma": np.full(1, 0.125), "lam": np.ones(1)}
    return Experiment(Instance(np.eye(size), -30 * ones), settings)


def saddle_at_zero(size: int) -> Experiment:
    """Factors 0 for signals 2 and the weight 1, at which codes 1 are better."""
    ones, none = np.ones((1, size)), np.zeros((1, size))
    settings = {
        "signals": 2 * ones,
        "decay": np.ones(1),
        "still_u": none,
        "still_v": none,
        "other": ones,
    }
    return Experiment(Instance(np.eye(size), ones), settings)


def balanced_units(size: int) -> Experiment:
    """``size`` units with the weights (3, 4), and output weights 5."""
    D = np.kron(np.eye(size), [[3.0], [4.0]])
    return Experiment(Instance(D, np.full((1, size), 5.0)), {"factors": np.ones((1, size))})


def atoms_that_meet(size: int) -> Experiment:
    """Two orthogonal atoms that turn towards each other, among ``size - 1`` that stay."""
    turned = 5 * np.eye(size + 1)
    turned[:2, :2] = [[4, 3], [3, 4]]
    D = np.eye(size + 1)
    return _atoms(D, turned=turned, squared=np.array([0.4]))


def _learning(size: int, atom: float, code: float, signal: float, **settings: float) -> Experiment:
    """``size`` orthogonal atoms and as many samples, each a multiple of one of them."""
    eye = np.eye(size)
    given = {name: np.full(1, value) for name, value in settings.items()}
    samples = {"codes": code * eye[None], "signals": signal * eye[None]}
    instance = Instance(atom * eye, code * eye[:1])
    return Experiment(instance, {"scale": np.ones(1), **samples, **given})


def atoms_at_the_border(size: int) -> Experiment:
    """Unit atoms that stay where they are, while codes 11 shrink to 10."""
    return _learning(size, 1.0, 11.0, 11.0, lam=1.0, code_bound=1.0)


def atom_inside_the_ball(size: int) -> Experiment:
    """Atoms of norm 1/2 that fit their samples exactly."""
    return _learning(size, 0.5, 2.0, 1.0, lam=0.0, code_bound=0.25)


def code_that_grows(size: int) -> Experiment:
    """Codes that grow from 1 to 7 before the step of the atoms."""
    return _learning(size, 0.125, 1.0, 1.0, lam=2.0**-6, code_bound=2.0**-6, atom_bound=1.0)


def token_above(size: int) -> Experiment:
    """A token of ``size`` entries 11, above the threshold 1."""
    return _token(np.full((1, size), 11.0), lam=1.0)


def negative_token(size: int) -> Experiment:
    """A token of entries -1, which the block sets to zero."""
    return _token(-np.ones((1, size)), lam=0.125)


def _token(token: FloatArray, lam: float) -> Experiment:
    settings = {
        "signals": token,
        "start": token,
        "gamma": np.ones(1),
        "lam": np.full(1, lam),
        "rival": np.abs(token),
    }
    return Experiment(Instance(np.eye(token.shape[1]), token), settings)


def _learned(D: Any, samples: Any, tilted: Any) -> Experiment:
    """One step on some samples, from some atoms."""
    samples = np.asarray(samples, dtype=float)
    given = {"samples": samples[None], "tilted": np.asarray(tilted, dtype=float)[None]}
    return Experiment(Instance(D, samples[:1]), given)


def tilted_basis(size: int) -> Experiment:
    """Atoms at the border of the basin: 45 degrees for one nonzero; then for entries 3 and 4.

    From size 2 on, the atom of the smaller entry is tilted against the other one, and one that is
    not in use towards the sample.
    """
    n = size + 1
    if size == 1:
        tilted = np.eye(n) + (1 - 2.0**-20) * np.roll(np.eye(n), 1, axis=0)
        return _learned(np.eye(n), np.eye(n), tilted)
    tangent = np.floor(2.0**22 / 3) / 2.0**22
    samples = np.zeros((2, n))
    samples[:, :2] = [[3, 4], [3, -4]]
    tilted = np.eye(n)
    tilted[:3, :3] = [[1, 0, 3 * tangent], [-tangent, 1, 4 * tangent], [0, 0, 5]]
    return _learned(np.eye(n), samples, tilted)


def inside_the_wider_basin(size: int) -> Experiment:
    """Flat codes on two atoms that are tilted against each other, and one towards their sum."""
    n = size + 2
    samples = np.eye(n)[[0, 0, 0]]
    samples[1:, 1] = 1, -1
    tilted = np.eye(n)
    tilted[:3, :3] = [[12, -5, 5], [-5, 12, 5], [0, 0, 17]]
    return _learned(np.eye(n), samples[1:], tilted)


def samples_of_one_sign(size: int) -> Experiment:
    """One sample, of two atoms."""
    n = size + 1
    return _learned(np.eye(n), np.eye(n)[:1] + np.eye(n)[1:2], np.eye(n))


def signs_that_cancel(size: int) -> Experiment:
    """Four samples of two atoms, the larger code always with equal signs."""
    n = size + 1
    samples = np.zeros((4, n))
    samples[:, :2] = [[1, 2], [1, -1], [-1, 1], [-1, -1]]
    return _learned(np.eye(n), samples, np.eye(n))


def opposite_atoms(size: int) -> Experiment:
    """Atoms that are turned by 180 degrees."""
    return _learned(np.eye(size), np.eye(size), -np.eye(size))


def _basis(D: Any, samples: Any, moved: Any) -> Experiment:
    """A basis, samples in it, and a basis near it that they should exclude."""
    samples = np.asarray(samples, dtype=float)
    given = {
        "samples": samples[None],
        "weights": np.ones((1, len(samples))),
        "moved": np.asarray(moved, dtype=float)[None],
        "minimum": np.ones(1, dtype=bool),
    }
    return Experiment(Instance(D, samples[:1]), given)


def _beside(size: int, samples: FloatArray) -> FloatArray:
    """Samples on two atoms, and ``size - 1`` further atoms, each with one of its own."""
    return np.block(
        [[samples, np.zeros((3, size - 1))], [np.zeros((size - 1, 2)), np.eye(size - 1)]]
    )


def almost_a_minimum(size: int) -> Experiment:
    """Orthogonal atoms, and samples with ``t = (10/9, 1)``; atom 1 added to atom 2."""
    moved = np.zeros((size + 1, size + 1))
    moved[0, 1] = 2.0**-6
    samples = _beside(size, np.array([[10.0, 10], [0, 9], [10, 0]]))
    return _basis(np.eye(size + 1), samples, moved)


def coherent_basis(size: int) -> Experiment:
    """Two atoms with the inner product 3/5, and ``t = (7/5, 7/5)``; atom 1 taken off atom 2."""
    D = np.eye(size + 1)
    D[:2, 1] = 3, 4
    moved = np.zeros((size + 1, size + 1))
    moved[0, 1] = -0.25
    samples = _beside(size, np.array([[1.0, -1], [0, 2], [2, 0]]))
    return _basis(D, samples, moved)
