"""Recipes for the deep model with incoherent dictionaries in every layer: sparse atoms on top.

Codes are drawn for the top layer and carried down. Sparsity grows on the way, so the bottom
dictionary is orthogonal, or it has a small coherence and many atoms; the dictionaries above it
have atoms with few nonzeros that meet in at most one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sparsebound.checks.recipes.between import BETWEEN
from sparsebound.checks.recipes.codes import Codes, Several
from sparsebound.checks.recipes.kept import kept
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import (
    affine_plane,
    block_diagonal,
    embedded_simplex,
    hadamard,
    pad_rows,
    transversal_design,
)
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance

Seed = int | None


def _lines(t: int, q: int, columns: int | None = None) -> Callable[[Seed], FloatArray]:
    return lambda seed: transversal_design(t, q, seed, columns=columns)


def _orthogonal(n: int) -> FloatArray:
    return block_diagonal(hadamard(4), -(-n // 4))


@dataclass(frozen=True)
class Tower:
    """Dictionaries on top of each other, smaller ones padded with zero rows.

    Attributes
    ----------
    bottom : callable
        From the least number of atoms and a seed of signs to the lowest dictionary.
    above : tuple of callable
        From a seed of signs to the further dictionaries, from below.
    sparsity : int
        Most nonzeros of the top code with which every layer stays incoherent enough.
    flexible : bool
        Whether the bottom may have any number of atoms.
    orthogonal : bool
        Whether any number of atoms of the bottom may be used.
    signed : bool
        Whether the dictionary above the bottom has negative entries even without a seed.
    """

    bottom: Callable[[int, Seed], FloatArray]
    above: tuple[Callable[[Seed], FloatArray], ...]
    sparsity: int = 1
    flexible: bool = False
    orthogonal: bool = False
    signed: bool = False


def _above_orthogonal(
    *above: Callable[[Seed], FloatArray], sparsity: int = 1, signed: bool = False
) -> Tower:
    return Tower(lambda n, seed: _orthogonal(n), above, sparsity, True, True, signed)


def _above_simplex(t: int) -> Tower:
    """Two disjoint atoms of ``t`` ones above a simplex with two more atoms than they need."""
    pair = pad_rows(block_diagonal(np.ones((t, 1)), 2), 2 * t + 2)
    return Tower(lambda n, seed: embedded_simplex(n - 1), (lambda seed: pair,), flexible=True)


TOWERS: dict[str, Tower] = {
    "lines of 2": _above_orthogonal(_lines(2, 2)),
    "lines of 3": _above_orthogonal(_lines(3, 5)),
    "lines of 5": _above_orthogonal(_lines(5, 5), sparsity=2),
    **{f"simplex under {t}": _above_simplex(t) for t in (1, 3, 5, 9, 25)},
    "lines of 4 under 2": Tower(lambda n, seed: _lines(4, 5)(seed), (_lines(2, 12, 40),)),
    "plane": Tower(lambda n, seed: affine_plane(7, seed), (_lines(3, 17),)),
    "orthogonal twice": _above_orthogonal(lambda seed: _orthogonal(16), _lines(3, 5), signed=True),
    "three layers": _above_orthogonal(_lines(4, 5), _lines(2, 12, 40)),
    "four layers": _above_orthogonal(
        lambda seed: _orthogonal(20), _lines(4, 5), _lines(2, 12, 40), signed=True
    ),
    "three designs": Tower(
        lambda n, seed: _lines(16, 17)(seed), (_lines(4, 71, 400), _lines(2, 200, 500))
    ),
    "plane of order 43": Tower(
        lambda n, seed: affine_plane(43, seed), (_lines(7, 269, 400), _lines(3, 131, 500))
    ),
}
"""By name, smallest first; the last one is too large to be drawn often, and is tested by itself."""
DRAWN = tuple(TOWERS)[:-1]


@kept(maxsize=64)
def _dictionaries(name: str, stretch: int, seed: Seed) -> tuple[Dictionary, ...]:
    """Build the dictionaries of a tower, each padded to the number of atoms below it."""
    tower = TOWERS[name]
    upper = [build(seed) for build in tower.above]
    stack = [tower.bottom(-(-len(upper[0]) // 4) * 4 * stretch, seed), *upper]
    built = [Dictionary(stack[0])]
    for index, D in enumerate(stack[1:]):
        atoms = stack[index].shape[1] // (stretch if index == 0 else 1)
        built.append(Dictionary(pad_rows(D, atoms)))
    return tuple(built)


def tower(
    codes: Codes | Several, *, name: str, between: str, signs: int | None = None
) -> DeepInstance:
    """Build a deep instance on a tower of dictionaries.

    Parameters
    ----------
    codes : Codes or Several
        The codes of the top layer, and the noise of the signals.
    name : str
        One of ``TOWERS``.
    between : str
        The function between the lowest two layers, one of ``BETWEEN``; identities elsewhere.
    signs : int, optional
        Seed of random signs of the sparse atoms; none without it, and where the function between
        the layers is invertible on nonnegative numbers only.

    Raises
    ------
    InputError
        If a name is unknown, or the function does not fit on the tower.

    Examples
    --------
    >>> built = tower(Codes(), name="lines of 2", between="average_pooling")
    >>> [layer.D.shape for layer in built.layers]
    [(8, 8), (4, 4)]
    """
    if name not in TOWERS:
        raise InputError("name", name, f"one of {', '.join(TOWERS)}")
    if between not in BETWEEN:
        raise InputError("between", between, f"one of {', '.join(BETWEEN)}")
    if between not in fitting(name):
        raise InputError("between", between, f"one of {', '.join(fitting(name))} on {name!r}")
    psi = BETWEEN[between]
    built = _dictionaries(name, psi.stretch, signs if psi.signed else None)
    x = codes.draw(built[-1].shape[1])
    x = x if psi.signed else np.abs(x)
    layers: list[Instance] = []
    for index in range(len(built) - 1, 0, -1):
        layers.insert(0, Instance(built[index], x))
        x = x @ built[index].data.T
    x = psi.back(x)
    clean = x @ built[0].data.T
    layers.insert(0, Instance(built[0], x, codes.draw_noise(clean.shape[1])))
    identities = (BETWEEN["identity"].map,) * (len(layers) - 2)
    return DeepInstance(tuple(layers), clean, (BETWEEN["identity"].map, psi.map, *identities))


def fitting(name: str) -> tuple[str, ...]:
    """Names of the functions that fit between the lowest two layers of a tower."""
    base = TOWERS[name]
    return tuple(
        key
        for key, psi in BETWEEN.items()
        if (base.flexible or psi.stretch == 1)
        and (base.orthogonal or psi.spread == 1)
        and (psi.signed or not base.signed)
    )


@st.composite
def tower_parameters(draw: DrawFn, between: tuple[str, ...] = ()) -> dict[str, Any]:
    """Strategy for the parameters of :func:`tower`, with some of the functions or with all."""
    name = draw(st.sampled_from(DRAWN))
    choices = [key for key in fitting(name) if key in (between or BETWEEN)]
    parameters: dict[str, Any] = {"name": name, "between": draw(st.sampled_from(choices))}
    if draw(st.booleans()):
        parameters["signs"] = draw(st.integers(0, 7))
    return parameters
