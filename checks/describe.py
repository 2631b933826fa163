"""Small instances in full, as a person would write them down."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from sparsebound.checks.examine import Examination
from sparsebound.checks.recipes import Recipe
from sparsebound.reports.worst import canonical
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, Verdict

LARGEST_PRINTED = 144
"""Most entries of a dictionary that is printed."""


def describe(examination: Examination) -> str:
    """Write an examined instance out: the worst code, its dictionary, settings, the evidence.

    Floats are dyadic rationals: numbers with short denominators are written as fractions.

    Examples
    --------
    >>> from sparsebound.checks.examine import examine
    >>> from sparsebound.checks.recipes import Codes, Recipe
    >>> from sparsebound.theory.catalogue import catalogue
    >>> recipe = Recipe("construction", {"name": "tight_frame", "size": 2})
    >>> print(describe(examine(catalogue()["dictionary.welch"], recipe)))
    D =
      [ 1  -1   1  -1]
      [ 1   1  -1  -1]
      [ 1  -1  -1   1]
    holds: squared Welch bound <= mu^2, lhs/rhs = 1 (attained)
    """
    verdict = examination.verdict
    code = verdict.worst
    found = examination.violations
    # what is wrong comes first, its cause before its consequences
    lines = [f"{'so also' if n else 'violated:'} {one}" for n, one in enumerate(found)]
    lines += _experiment(examination.instance, examination.recipe, code)
    if examination.judged:
        lines.append(f"judged as {' or '.join(examination.judged)}")
    for name, item in examination.evidence.items():
        lines += _evidence(name, item, code)
    if not found:
        lines.append(_outcome(verdict, code))
    if shown := examination.snippet:
        lines += ["", *shown.splitlines()]
    return "\n".join(lines)


def _outcome(verdict: Verdict, code: int) -> str:
    status = Status(int(verdict.status[code]))
    ratio = verdict.ratio[code]
    tail = "" if np.isnan(ratio) else f", lhs/rhs = {ratio:.6g}"
    attained = " (attained)" if verdict.attained[code] else ""
    return f"{status}: {verdict.claim[code] or 'no claim was reached'}{tail}{attained}"


def describe_experiment(recipe: Recipe, theorem: Theorem) -> str:
    """Write an instance out on which nothing was decided: its first code.

    Examples
    --------
    >>> from sparsebound.checks.recipes import Codes
    >>> from sparsebound.theory.uniqueness.spark import THEOREM
    >>> recipe = Recipe("integer", {"matrix": [[1, 0], [0, 1]]}, Codes())
    >>> print(describe_experiment(recipe, THEOREM))
    D =
      [1  0]
      [0  1]
    x = (1, 0)
    """
    instance = recipe.experiment(theorem).instance
    lines = _experiment(instance, recipe, 0)
    if len(instance) > 1:
        lines.append(f"the first of {len(instance)} codes")
    return "\n".join(lines)


def _experiment(instance: Instance | DeepInstance, recipe: Recipe, code: int) -> list[str]:
    lines = []
    if isinstance(instance, DeepInstance):
        lines.append(f"x_0 = {row(instance.X0[code])}")
        for index, (layer, map_) in enumerate(zip(instance.layers, instance.maps, strict=True), 1):
            lines.append(f"psi_{index}: {map_.name}")
            lines += _matrix(f"D_{index}", layer.D.data)
            lines.append(f"x_{index} = {row(layer.X[code])}")
    else:
        lines += _matrix("D", instance.D.data)
        lines += _code(instance, code)
    if recipe.settings:
        lines.append(f"settings = {canonical(dict(recipe.settings))}")
    return lines


def number(value: float) -> str:
    """Write a float as a fraction if its denominator is short, else with 17 digits.

    Examples
    --------
    >>> number(0.375), number(-2.0), number(0.1)
    ('3/8', '-2', '0.1')
    """
    if not np.isfinite(value):
        return repr(float(value))
    fraction = Fraction(float(value))
    return str(fraction) if fraction.denominator <= 1024 else repr(float(value))


def row(values: Any) -> str:
    """Write a vector.

    Examples
    --------
    >>> row([1.0, 0.5])
    '(1, 1/2)'
    """
    return f"({', '.join(number(value) for value in values)})"


def _matrix(name: str, data: Any) -> list[str]:
    if data.size > LARGEST_PRINTED:
        return [f"{name}: {data.shape[0]} x {data.shape[1]}, too large to print; see the recipe"]
    cells = [[number(value) for value in line] for line in data]
    width = max(len(cell) for line in cells for cell in line)
    rows = ("  ".join(cell.rjust(width) for cell in line) for line in cells)
    return [f"{name} =", *(f"  [{line}]" for line in rows)]


def _code(instance: Instance, code: int) -> list[str]:
    if code >= len(instance) or not instance.X[code].any():
        return []
    lines = [f"x = {row(instance.X[code])}"]
    if instance.E[code].any():
        lines.append(f"e = {row(instance.E[code])}")
    return lines


def _evidence(name: str, item: Any, code: int) -> list[str]:
    """Write what belongs to one code of batched evidence, zeros left out."""
    if not is_dataclass(item):
        return []
    lines = []
    for part in fields(item):
        value = getattr(item, part.name)
        if isinstance(value, np.ndarray) and value.ndim and name != "weights":
            if part.name in getattr(item, "SHARED", ()):  # it belongs to no single code
                of_all = f"{name}.{part.name}"
                flat = value.ndim == 1
                lines += [f"{of_all} = {row(value)}"] if flat else _matrix(of_all, value)
                continue
            chosen = np.atleast_1d(value[code])
            if chosen.ndim > 1:  # a trajectory, state by state
                lines += (
                    _matrix(f"{name}.{part.name}", chosen) if chosen.size <= LARGEST_PRINTED else []
                )
                continue
            if chosen.any() and chosen.size <= LARGEST_PRINTED:
                text = row(chosen.astype(float)) if value.ndim > 1 else number(float(chosen[0]))
                lines.append(f"{name}.{part.name} = {text}")
    return lines
