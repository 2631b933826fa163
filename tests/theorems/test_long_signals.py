"""The local rate on signals that are far too dense for every global condition."""

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis.unfolding_rates import exact_rate, local_rate
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import BARKER_13, barker, dilated_filters
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import Instance
from sparsebound.theory.operators import Convolution
from sparsebound.theory.quantities import coherence
from sparsebound.theory.verdict import Status, decide

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
        (Convolution([np.outer(barker(5), barker(5))], (100, 200)), 523, 15),
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


def test_the_rate_of_a_barker_filter_on_2080_samples():
    """Row sums give 4/13, where the local sparsity gives 7/13 and the global one 45.6."""
    theorem, operator = catalogue()["rate.unfolded"], Convolution(BARKER_13, 2080)
    X = np.zeros((1, 2080))
    X[:, :2079:7] = np.random.default_rng(0).choice([-1, 1], 297)
    design = Design(layers=12, rounded=True)
    instance = Instance(ConvolutionalDictionary(operator), X)
    evidence = gather(theorem, designed(instance, design))
    W = evidence["unfolding"].W
    for rate, thirteenths in ((exact_rate, 4), (local_rate, 7)):
        q = rate(instance, W).q
        rounded = 13 * 2.0**-53  # the weights: 1/13 is no float
        assert abs(q.mid[0] - thirteenths / 13) <= q.rad[0] + rounded
    assert ((2 * instance.sparsity - 1) * coherence(instance.D).mid).round(1) == 45.6
    verdict = decide(theorem, instance, evidence)
    assert verdict.status == Status.HOLDS
    assert verdict.ratio > 0


def test_stability_where_the_global_condition_fails():
    """Two locally sparse codes on 20,020 samples, each as far from the signal between them."""
    theorem = catalogue()["stability.local"]
    instance = long_signal(Convolution(BARKER_13, 20_020), 13, noise=0.0)
    other = instance.X * (1 + 2.0**-6 * (np.arange(20_020) % 3 - 1))
    ends = (instance.D.synthesis(instance.lift(X)).mid for X in (instance.X, other))
    first, second = ends
    signals = (first + second) / 2
    eps = (
        np.linalg.norm(first - second, axis=1) / 2 * (1 + 2.0**-30)
    )  # a sum of 20,020 squares is rounded
    verdict = decide(theorem, instance, {"local_pair": Estimate(signals, other, eps)})
    assert ((2 * instance.sparsity - 1) * coherence(instance.D).mid > 200).all()
    assert (verdict.status == Status.HOLDS).all()
    assert (verdict.ratio > 0).all()
