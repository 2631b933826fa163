"""Instructions of a call, as callgrind counts them: hardly any noise, so a narrow limit."""

from __future__ import annotations

from sparsebound.reports.gate.benchmark import PASSED, Benchmark
from sparsebound.reports.gate.compare import REGRESSION

LOOK = "valgrind --tool=callgrind python -P checks/timing/worker.py . counted"
LIMIT = 1.02
"""What now/baseline may be; two counts of the same code differed by at most 0.6 percent."""


def counted(name: str, baseline: float, now: float) -> Benchmark:
    """Compare the instructions of one kernel.

    Parameters
    ----------
    name : str
        The kernel.
    baseline, now : float
        Instructions of a call, counted on the same image.

    Returns
    -------
    Benchmark

    Examples
    --------
    >>> print(counted("k", 1e6, 1.05e6))  # doctest: +NORMALIZE_WHITESPACE
    instructions: k: baseline 1,000,000, now 1,050,000, now/baseline 1.05 [1.05, 1.05],
    limit 1.02: regression
    """
    ratio = now / baseline
    return Benchmark(
        "instructions",
        name,
        "now/baseline",
        f"{baseline:,.0f}",
        f"{now:,.0f}",
        ratio,
        ratio,
        ratio,
        1.0,
        LIMIT,
        PASSED if ratio <= LIMIT else REGRESSION,
        f"{LOOK} {name}",
    )
