"""What computes in float16 is judged as such: neither refuted for its rounding, nor let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.calls import Call
from sparsebound.checks.library import check_subject
from sparsebound.checks.protocol import Subject


def ista(kind: Any, returned: Any, share: float = 1.0) -> Callable[..., Any]:
    """ISTA that computes in one type, and returns another one."""

    def run(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        with np.errstate(over="ignore", invalid="ignore"):
            given = D, Y, lam / L * share, 1 / L
            D, Y, theta, step = (np.asarray(part, dtype=kind) for part in given)
            points = [start.astype(kind)]
            for _ in range(steps):
                v = points[-1] + (Y - points[-1] @ D.T) @ D * step
                points.append(np.sign(v) * np.maximum(np.abs(v) - theta[:, None], 0))
            return np.stack(points, axis=1).astype(returned)

    return run


def test_the_type_that_is_returned_is_the_one_that_is_judged() -> None:
    """Where a step may leave the range of the type, nothing is known."""
    (found,) = check_subject(ista(np.float16, np.float16), "rate.ista", examples=20).summary[
        "theorems"
    ]
    assert found["counts"]["violated"] == 0
    assert found["counts"]["holds"] > 2 * found["counts"]["undecided"] > 0


@pytest.mark.parametrize(
    "run",
    [ista(np.float16, np.float32), ista(np.float64, np.float16, 1.5)],
    ids=["not said", "wrong"],
)
def test_it_is_no_excuse(run: Callable[..., Any]) -> None:
    (found,) = check_subject(run, "rate.ista", examples=20).summary["theorems"]
    assert found["status"] == "violated"


def test_numbers_in_other_units_are_not_given_to_it() -> None:
    seen = []

    def half(D: Any, Y: Any, lam: Any) -> Any:
        seen.append(Y.max())
        return np.zeros((len(Y), D.shape[1]), dtype=np.float16)

    call = Call(Subject.of(half), "stability.near_minimiser", power=30)
    points, _ = call.points(D=np.eye(2), Y=np.ones((1, 2)), lam=np.ones(1))
    assert (points.dtype, seen) == (np.float16, [2.0**30, 1.0])


def test_a_head_of_attention_in_single_precision() -> None:
    def head(X: Any, beta: Any, offset: Any) -> Any:
        scores = (beta * np.roll(np.eye(X.shape[1]), offset, axis=1)).astype(np.float32)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return X.astype(np.float32) @ (weights / weights.sum(axis=1, keepdims=True)).T

    def unsaid(X: Any, beta: Any, offset: Any) -> Any:
        return head(X, beta, offset).astype(np.float64)

    for run, status in ((head, "held"), (unsaid, "violated")):
        (found,) = check_subject(run, "network.attention_shift", examples=20).summary["theorems"]
        assert found["status"] == status
