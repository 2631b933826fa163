"""A transformer with linear attention that finds codes for the dictionary in its context.

The tokens of the context are the rows of the dictionary, each with its entry of the signal. The
residual stream of one further token holds the code, and a constant 1. Nothing in the network is
made for one dictionary: the width, the step 1/L and the threshold are in its weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray


@dataclass(frozen=True)
class InContextBlock:
    """One block: a head of attention without softmax, and a pair of rectified units for each entry.

    Attributes
    ----------
    queries : ndarray, shape (n + 1, n + 1)
        From the stream of the code, ``(c, 1)``, to what is compared with tokens ``(a_t, y_t)``.
    values : ndarray, shape (n + 1, n)
        From tokens to what is added to the code.
    threshold : float
        Of the rectified units.
    """

    queries: FloatArray
    values: FloatArray
    threshold: float

    @classmethod
    def of(cls, n: int, L: float, lam: float) -> InContextBlock:
        """Build the block for codes of length n.

        Examples
        --------
        >>> InContextBlock.of(1, 2.0, 1.0)(np.array([[1.0, 3.0]]), np.array([0.0]))
        array([1.])
        """
        queries, values = np.diag([*[-1.0] * n, 1.0]), np.eye(n + 1, n) / L
        return cls(queries, values, lam / L)

    def __call__(self, context: FloatArray, code: FloatArray) -> FloatArray:
        """Apply it to the code of one signal, shape (n,), in a context of shape (m, n + 1)."""
        query = self.queries @ np.append(code, 1.0)
        v = code + (context @ query) @ (context @ self.values)
        units = np.maximum(v - self.threshold, 0.0), np.maximum(-v - self.threshold, 0.0)
        return np.asarray(units[0] - units[1])


def in_context_states(
    D: FloatArray, Y: FloatArray, lam: FloatArray, L: float, steps: int
) -> FloatArray:
    """Run as many blocks on each signal, from 0; shape (B, steps + 1, n).

    Examples
    --------
    >>> in_context_states(np.eye(1), np.array([[3.0]]), np.ones(1), 2.0, 2)[0, :, 0]
    array([0. , 1. , 1.5])
    """
    n = D.shape[1]
    states = np.zeros((len(Y), steps + 1, n))
    for signal, weight, code in zip(Y, lam, states, strict=True):
        block, context = InContextBlock.of(n, L, float(weight)), np.column_stack([D, signal])
        for k in range(steps):
            code[k + 1] = block(context, code[k])
    return states
