"""The product of dictionaries: its own quantities, not those of its rounding."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.oracles.chains import chain
from sparsebound.theory.analysis.products import DictionaryProduct, deepest, product
from sparsebound.theory.arithmetic import Exact
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.layers import LayerEstimates, Points
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.quantities import babel
from sparsebound.theory.stability.projection import THEOREM
from sparsebound.theory.verdict import Status, decide


def test_it_encloses_the_exact_product() -> None:
    rng = np.random.default_rng(0)
    left, right = Dictionary(rng.standard_normal((6, 5))), Dictionary(rng.standard_normal((5, 7)))
    E = product(left, right)
    exact = Exact.of(left.data) @ Exact.of(right.data)
    assert (np.abs(E.atoms.mid - exact.mid) <= E.atoms.rad).all()
    assert (E.exact().atoms - exact).sign.tolist() == np.zeros((6, 7)).tolist()
    rounded = Dictionary(E.data)
    assert (E.exact().squares - rounded.exact().squares).sign.any()  # the rounding is noticed
    for k in range(7):
        assert float(abs(babel(E, k).mid - babel(rounded, k).mid)) < 1e-13


def test_columns_of_extreme_size_do_not_overflow() -> None:
    big = product(Dictionary([[1e200, 0], [0, 1e200]]), Dictionary([[1, 1], [1, -1]]))
    assert 0 <= float(babel(big, 1).mid) < 1e-15
    assert float(babel(big.exact(), 1).mid) == 0.0
    with pytest.raises(InputError, match="D_1 D_2"):
        product(Dictionary([[1e200]]), Dictionary([[1e200]]))


def test_factors_have_to_fit() -> None:
    with pytest.raises(InputError, match="atoms of length 2, as there are atoms below"):
        DictionaryProduct(Dictionary([[1, 2]]), Dictionary([[1]]))


def test_a_column_in_the_kernel_is_no_premise() -> None:
    middle = Instance([[1, 1], [1, 1]], [[2, -2]])
    instance = DeepInstance((middle, Instance([[1, 1], [-1, 1]], [[2, 0]])), [[0, 0]])
    verdict = decide(THEOREM, instance, {"chain": chain(instance)})
    assert verdict.status.tolist() == [Status.VACUOUS]
    assert deepest(instance).D.data.tolist() == [[0, 2], [0, 2]]


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e200])
def test_columns_whose_norms_float64_cannot_hold_are_decided_exactly(size: float) -> None:
    layer = Instance(np.array([[1, -1], [2, 2]]) * size, [[1, 0]])
    instance = DeepInstance((layer, Instance(np.eye(2), [[1, 0]])), layer.X @ layer.D.data.T)
    still = Points(np.array([[0.0, 0.0]]))
    verdict = decide(
        THEOREM, instance, {"chain": LayerEstimates(Points(instance.X0), (still,) * 2)}
    )
    assert verdict.status.tolist() == [Status.HOLDS]


def test_a_product_of_one_layer_is_that_layer() -> None:
    layer = Instance([[1, -1], [2, 2]], [[1, 0]])
    instance = DeepInstance((layer,), [[1, 2]])
    assert deepest(instance) is layer
    verdict = decide(THEOREM, instance, {"chain": chain(instance)})
    assert verdict.status.tolist() == [Status.HOLDS]
