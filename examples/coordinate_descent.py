r"""Somebody else's solver: scikit-learn's Lasso, sweep by sweep.

    sparsebound check rate.ista --subject examples.coordinate_descent:lasso --rate-only \
        --examples 40

``Lasso`` is coordinate descent: it minimises over one entry after the other. It returns only its
last point, so it is called with ``max_iter`` = 1, 2, ... sweeps from the same start. It comes with
``pip install 'sparsebound[examples]'``.

It is not ISTA, and without ``--rate-only`` its first step says so. Nor does any theorem here say
that it converges at the rate of ISTA; whether a sweep is worth a step is a question to the check.
Nearly always it is worth far more. But not always: ``tests/quality/test_examples.py`` keeps four
atoms on a line, all of which explain the signal, and a first sweep that ends 1.21 times as far
above the least value as the bound of ISTA allows; and, against ``rate.fista``, two parallel atoms:
the shorter one is visited first and explains the signal, and the longer one, at which the code
would be smaller, takes over by the same small amount in each sweep.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso


def lasso(D: Any, Y: Any, lam: Any, start: Any, steps: int) -> Any:
    """Points after 0, 1, ..., ``steps`` sweeps."""
    points = np.repeat(start[:, None], steps + 1, axis=1)
    atoms = np.asfortranarray(D)
    for code, signal in enumerate(Y):
        # its objective is ours over the number of rows; a tolerance of 0 keeps it from stopping
        model = Lasso(lam[code] / len(D), fit_intercept=False, tol=0, warm_start=True)
        for k in range(1, steps + 1):
            model.coef_, model.max_iter = start[code].copy(), k
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(atoms, signal)
            points[code, k] = model.coef_
    return points
