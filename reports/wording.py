"""Words that every account of a run uses: commands that replay, ratios, durations."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from typing import Any

from sparsebound.reports.summary import subject_options
from sparsebound.reports.worst import canonical


def replay_command(
    theorem: str,
    recipe: dict[str, Any],
    *,
    mutant: str = "",
    settings: Mapping[str, Any] | None = None,
) -> str:
    r"""Write the command that decides one instance again.

    Parameters
    ----------
    theorem : str
        The identifier.
    recipe : dict
        What the instance is made from.
    mutant : str
        Decide this mutant instead.
    settings : mapping, optional
        Of the run: its files and its subject. Mutants are refuted without a subject.

    Returns
    -------
    str
        For a POSIX shell.

    Examples
    --------
    >>> replay_command("dictionary.welch", {"family": "simplex"})
    'sparsebound check dictionary.welch --replay \'{"family":"simplex"}\''
    """
    words = ["sparsebound", "check", theorem]
    settings = settings or {}
    for file in settings.get("load", []):
        words += ["--load", file]
    words += [] if mutant else subject_options(settings)
    words += ["--replay", canonical(recipe)]
    return shlex.join(words + (["--mutant", mutant] if mutant else []))


def ratio(value: float | None) -> str:
    """Write lhs/rhs so that only equality reads 1, and only a violation reads more.

    Parameters
    ----------
    value : float or None
        The ratio.

    Returns
    -------
    str

    Examples
    --------
    >>> ratio(0.99999), ratio(1.0), ratio(1.00001), ratio(None)
    ('0.9999', '1', '1.0001', '-')
    """
    if value is None:
        return "-"
    if value in (0, 1):
        return f"{value:.0f}"
    if not 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}"
    rounded = math.floor(value * 1e4) if value < 1 else math.ceil(value * 1e4)
    return f"{rounded / 1e4:.4f}"


def tightness(theorem: Mapping[str, Any]) -> str:
    """Write the largest lhs/rhs of a theorem in a run; of an equality it says nothing.

    Parameters
    ----------
    theorem : mapping
        One of ``theorems`` from :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    str

    Examples
    --------
    >>> tightness({"equality": True, "max_ratio": None})
    'equality'
    >>> tightness({"equality": False, "max_ratio": 0.5})
    '0.5000'
    """
    return "equality" if theorem["equality"] else ratio(theorem["max_ratio"])


def without_tightness(theorem: Mapping[str, Any]) -> str:
    """Say why a theorem that was decided has no lhs/rhs, or none above 0.

    Parameters
    ----------
    theorem : mapping
        One of ``theorems`` from :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    str
        Empty if it has one, or was not decided on any code.

    Examples
    --------
    >>> facts = {"equality": False, "max_ratio": None, "counts": {"holds": 1, "violated": 0}}
    >>> without_tightness(facts)
    'no lhs/rhs: no claim that is measured has a positive right side'
    """
    largest = theorem["max_ratio"]
    if not theorem["counts"]["holds"] + theorem["counts"]["violated"]:
        return ""
    if theorem["equality"]:
        return "an equality: there is no lhs/rhs that tells how tight it is"
    if largest is None:
        return "no lhs/rhs: no claim that is measured has a positive right side"
    if largest <= 0:
        return "no lhs/rhs above 0: the left side is 0, or the right side is infinite"
    return ""


def near_edge(theorem: Mapping[str, Any]) -> str:
    """Write the share of decided codes that were near the edge of a theorem's premises.

    Parameters
    ----------
    theorem : mapping
        One of ``theorems`` from :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    str
        ``none`` where no premise has one: signs, sizes, and what evidence has to be.

    Examples
    --------
    >>> counts = {"holds": 300, "violated": 0}
    >>> [near_edge({"near_edge": near, "counts": counts}) for near in (None, 0, 1, 30)]
    ['none', '0%', '<1%', '10%']
    """
    near, decided = theorem["near_edge"], theorem["counts"]["holds"] + theorem["counts"]["violated"]
    if not decided:
        return "-"
    if near is None:
        return "none"
    return "<1%" if 0 < near < decided / 100 else f"{near / decided:.0%}"


def duration(seconds: float) -> str:
    """Write a time in two or three digits.

    Parameters
    ----------
    seconds : float
        The time.

    Returns
    -------
    str

    Examples
    --------
    >>> duration(0.031), duration(12.4), duration(300.0)
    ('0.03 s', '12 s', '5 min')
    """
    if seconds < 10:
        return f"{seconds:.2f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
