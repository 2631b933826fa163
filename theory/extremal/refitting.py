"""Steps of pursuits that fit again, as far from the code as they can be; by size."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.constructions.factors import atoms_with_products
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def longer_and_shorter_atom(size: int) -> Instance:
    """Two atoms of squared norms 11 and 9, at 3 to each other, and a code on the longer one."""
    return Instance([[3, 0], [1, 3], [1, 0]], [[size, 0]])


def far_on_another_atom(size: int) -> Experiment:
    """Three atoms, a code on the first, and a point on the second: the first is not even chosen."""
    gram = np.array([[1, -0.16, -0.08], [-0.16, 1.04, -0.12], [-0.08, -0.12, 1.10]])
    instance = Instance(atoms_with_products(gram), [[size, 0, 0]])
    points = size * np.array([[[0, -3.3, 0], [0, -58 / 353, 0]]])
    return Experiment(instance, {"cosamp_run": Trajectory(points, np.zeros(1), np.ones(1))})
