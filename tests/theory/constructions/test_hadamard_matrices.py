"""Hadamard and conference matrices."""

import numpy as np
import pytest

from sparsebound.theory.constructions import conference, hadamard, hadamard_orders


def test_every_multiple_of_four_below_100_except_92():
    assert hadamard_orders(100) == [1, 2, *(k for k in range(4, 101, 4) if k != 92)]


@pytest.mark.parametrize("order", hadamard_orders(128))
def test_orthogonal_signs_with_ones_first(order):
    H = hadamard(order)
    assert (np.abs(H) == 1).all()
    assert (H @ H.T == order * np.eye(order)).all()
    assert (H[0] == 1).all()
    assert (H[:, 0] == 1).all()


@pytest.mark.parametrize("order", [6, 10, 14, 18, 26, 30, 38, 50])
def test_conference_matrices(order):
    C = conference(order)
    assert (C == C.T).all()
    assert (C @ C == (order - 1) * np.eye(order)).all()
    assert (np.abs(C) == 1 - np.eye(order)).all()


@pytest.mark.parametrize("order", [0, 3, 6, 92, -4])
def test_orders_that_are_missing(order):
    with pytest.raises(ValueError, match=f"order = {order}: expected"):
        hadamard(order)


def test_conference_errors():
    with pytest.raises(ValueError, match="order = 22: expected q"):
        conference(22)
    with pytest.raises(ValueError, match="order = 2: expected q"):
        conference(2)
    with pytest.raises(ValueError, match="limit = 0"):
        hadamard_orders(0)
