"""An experiment: an instance, and the settings of what is run on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

from sparsebound.theory.instance import DeepInstance, Instance

R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Experiment:
    """An instance, and the settings of the algorithms and networks that are run on it.

    Attributes
    ----------
    instance : Instance or DeepInstance
        What the theorem is about.
    settings : mapping
        By name; whoever finds evidence says which names it reads, and takes its default for those
        that are absent.

    Examples
    --------
    >>> experiment = Experiment(Instance([[1]], [[3]]), {"weight": 0.25})
    >>> experiment.get("weight", 0.5), experiment.get("start", 0)
    (0.25, 0)
    """

    instance: Instance | DeepInstance
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What was computed of this experiment."""
        return {}

    @property
    def codes(self) -> Instance:
        """The instance, where it is a batch of codes for one dictionary."""
        assert isinstance(self.instance, Instance)
        return self.instance

    @property
    def deep(self) -> DeepInstance:
        """The instance, where it is a deep one."""
        assert isinstance(self.instance, DeepInstance)
        return self.instance

    def get(self, name: str, default: Any) -> Any:
        """Look a setting up."""
        return self.settings.get(name, default)

    def select(self, codes: Any) -> Experiment:
        """Keep some codes of the batch, with the same settings."""
        return Experiment(self.instance.select(codes), self.settings)


Posed = Instance | DeepInstance | Experiment
"""What an algorithm is run on: without settings, it takes its own defaults."""


def posed(given: Posed) -> Experiment:
    """Take an instance for an experiment without settings.

    Examples
    --------
    >>> posed(Instance([[1]], [[3]])).settings
    {}
    """
    return given if isinstance(given, Experiment) else Experiment(given)


def of_experiment(function: Callable[[Experiment], R]) -> Callable[[Posed], R]:
    """Accept an instance as well, and remember results on the experiment."""

    @wraps(function)
    def remembered(given: Posed) -> R:
        experiment = posed(given)
        if function not in experiment.memo:
            experiment.memo[function] = function(experiment)
        result: R = experiment.memo[function]
        return result

    return remembered
