"""How an unfolded network is built for an experiment: the setting ``designs``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS
from sparsebound.checks.provider import Setting
from sparsebound.checks.subjects.unfolding_schedules import WEIGHTS, wide_enough
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance

EXACT: dict[str, float] = {"rho": 0.0, "p_in": 0.0, "p_out": 0.0}
"""No perturbations."""
SIZES = st.sampled_from([0.0] * 7 + [2.0**-k for k in range(9, 2, -1)])
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "activation": st.sampled_from(["soft", "soft", *ACTIVATIONS]),
    "weights": st.sampled_from(["normalised", "normalised", "closed form", "gradient"]),
    "dtype": st.sampled_from(["float64", "float64", "float32"]),
    "aligned": st.booleans(),
    "seed": st.integers(0, 2**32 - 1),
}
DRAWN = ("layers", *KINDS, *EXACT)
"""What is drawn of a design; all drawn networks make room for rounding."""


@st.composite
def _drawn(draw: DrawFn, fewest: int, most: int) -> dict[str, Any]:
    design = {"layers": draw(st.integers(fewest, most))}
    design |= {name: draw(strategy) for name, strategy in KINDS.items()}
    exact = draw(st.booleans())
    return design | {name: 0.0 if exact else draw(SIZES) for name in EXACT}


def _read(value: Any) -> Design:
    if not isinstance(value, dict) or set(value) != set(DRAWN):
        raise ValueError(f"expected objects with {', '.join(DRAWN)}")
    layers, seed = value["layers"], value["seed"]
    if not all(type(number) is int and number >= 0 for number in (layers, seed)):
        raise ValueError("expected whole numbers of layers and for the seed")
    if not all(type(value[name]) is float and 0 <= value[name] <= 1 for name in EXACT):
        raise ValueError(f"expected numbers from 0 to 1 for {', '.join(EXACT)}")
    known = {"activation": ACTIVATIONS, "weights": WEIGHTS, "dtype": ("float64", "float32")}
    for name, names in {**known, "aligned": (True, False)}.items():
        if value[name] not in names:
            raise ValueError(f"expected one of {', '.join(map(str, names))} for {name}")
    return Design(**value, rounded=True, fitting=True)


def _designs(count: int, fewest: int, most: int) -> Setting:
    def read(value: Any) -> tuple[Design, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError("expected an array of designs")
        return tuple(map(_read, value))

    strategy = st.lists(_drawn(fewest, most), min_size=count, max_size=count)
    return Setting("designs", strategy, (Design(rounded=True),), read)


DESIGN = _designs(1, 4, 10)
"""That of a network that runs alone."""
DESIGNS = _designs(2, 2, 5)
"""Those of networks of a cascade, in turns."""


def design_of(experiment: Experiment, instance: Instance, index: int = 0, **fixed: Any) -> Design:
    """Take the design of a network.

    Parameters
    ----------
    experiment : Experiment
        Whose settings name the designs. Those that make no room for rounding are taken as they are.
    instance : Instance
        What the network runs on: the experiment's, or a layer of it.
    index : int
        The layer.
    **fixed : object
        Parts of a design that are not the experiment's to choose.

    Examples
    --------
    >>> instance = Instance([[1]], [[3]])
    >>> design_of(Experiment(instance), instance, weights="gradient").weights
    'gradient'
    """
    designs: tuple[Design, ...] = DESIGN.of(experiment)
    design = designs[index % len(designs)]
    if not design.rounded:
        return design
    design = replace(design, **fixed)
    return wide_enough(instance, design) if design.fitting else design


def with_design(experiment: Experiment, **parts: Any) -> Experiment:
    """Change parts of the design of a network that runs alone."""
    design = replace(DESIGN.of(experiment)[0], **parts)
    return Experiment(experiment.instance, {**experiment.settings, "designs": (design,)})
