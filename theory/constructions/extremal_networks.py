"""Instances together with settings of the network that is to be built for them.

Each takes a size (1, 2, ...) and returns an instance on which a theorem on networks is attained,
or a mutant of it fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theory.instance import Instance


@dataclass(frozen=True, init=False)
class Posed(Instance):
    """An instance, and settings that are otherwise chosen by its data."""

    settings: Mapping[str, Any]

    def __init__(self, D: Any, X: Any, E: Any = None, **settings: Any) -> None:
        super().__init__(D, X, E)
        object.__setattr__(self, "settings", settings)


def _line(values: list[float], **settings: Any) -> Posed:
    """One code, whose entries are the pre-activations of a first layer."""
    return Posed(np.eye(len(values)), [values], **settings)


def soft_threshold(size: int) -> Posed:
    """``size`` entries above the threshold."""
    values = [float(i) for i in range(1, size + 1)]
    return _line(values, activation="soft", theta=0.5, dtype="float64")


def leaky_pair(size: int) -> Posed:
    """``size`` positive entries, and leaky units of slope 1/2."""
    return _line([float(i) for i in range(1, size + 1)], theta=0.5, slope=0.5)


FARTHEST = {"softplus": 0.0, "gelu": -0.751791524693564, "silu": -1.278464542761074, "elu": -40.0}
"""Where smooth units are farthest from the rectified one, or nearly so."""


def smooth_extremum(size: int) -> Posed:
    """The point at which a smooth unit is farthest from the rectified one; a unit for each size."""
    activation = list(FARTHEST)[(size - 1) % len(FARTHEST)]
    return _line([FARTHEST[activation]], activation=activation, theta=8.0, beta=1.0)
