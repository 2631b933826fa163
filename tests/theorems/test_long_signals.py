"""The local rate on signals that are far too dense for every global condition."""

import numpy as np
import pytest

from checks.evidence import gather
from theory.catalogue import catalogue
from theory.constructions import BARKER_13, dilated_filters
from theory.convolutional import ConvolutionalDictionary
from theory.instance import Instance
from theory.operators import Convolution
from theory.quantities import coherence
from theory.verdict import Status, decide

THEOREM = catalogue()["rate.local"]


def long_signal(operator, step, *, codes=2, noise=2.0**-10):
    """Signs and sizes at random on every ``step``-th atom, with noise."""
    rng = np.random.default_rng(operator.shape[1])
    X = np.zeros((codes, operator.shape[1]))
    chosen = X[:, ::step]
    chosen[:] = rng.choice([-1, 1], chosen.shape) * (1 + rng.integers(0, 8, chosen.shape) / 8)
    E = noise * rng.integers(-1, 2, (codes, operator.shape[0]))
    return Instance(ConvolutionalDictionary(operator), X, E)


@pytest.mark.parametrize(
    ("operator", "step", "beyond"),
    [
        (Convolution(BARKER_13, 2080), 7, 45),
        (Convolution(BARKER_13, 20_020, circular=False), 7, 439),
        (Convolution(dilated_filters(4, 5, signs=1), 20_000), 1003, 48),
        (Convolution([np.outer(BARKER_13, BARKER_13)], (100, 200)), 523, 5),
    ],
    ids=["2080 samples", "20020 samples", "five filters", "image"],
)
def test_rate_where_the_global_condition_fails(operator, step, beyond):
    instance = long_signal(operator, step)
    assert ((2 * instance.sparsity - 1) * coherence(instance.D).mid > beyond).all()
    evidence = gather(THEOREM, instance)
    verdict = decide(THEOREM, instance, evidence)
    assert (verdict.status == Status.HOLDS).all()
    assert (verdict.ratio > 0).all()
    last = evidence["local_unfolding"].iterates[:, -1]
    assert ((last != 0) == instance.support).all()  # nothing is lost, either
