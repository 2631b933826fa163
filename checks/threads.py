"""Threads of linear algebra: one in every process, as no result may depend on their number."""

from __future__ import annotations

import os

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread(*, whatever: bool = False) -> None:
    """Ask for one thread, before numpy is imported; or of processes that are started from here.

    Parameters
    ----------
    whatever : bool
        Also where the environment says otherwise.

    Examples
    --------
    >>> one_thread()
    >>> all(name in os.environ for name in THREADS)
    True
    """
    for name in THREADS:
        if whatever:
            os.environ[name] = "1"
        os.environ.setdefault(name, "1")
