"""Experiments are the same to the last bit, whatever kernels compute them; and whoever joins in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from sparsebound.checks import draws as drawing
from sparsebound.checks import families
from sparsebound.checks.draws import draws
from sparsebound.checks.families import FAMILIES, Family
from sparsebound.checks.search import search
from sparsebound.theory.catalogue import catalogue
from tests.quality.bits import RECIPES, digests

FUSED = "AVX512F AVX512CD AVX512_SKX AVX2 FMA3"
"""What numpy's own loops may use on one processor and not on another."""
HASWELL = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"}
OTHER = {**HASWELL, "NPY_DISABLE_CPU_FEATURES": FUSED}
"""As another processor computes: its kernels of OpenBLAS add and round in another order."""
AT_NIGHT = [
    HASWELL,
    {"NPY_DISABLE_CPU_FEATURES": FUSED},
    {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "7"},
]


def on(machine: dict[str, str]) -> dict[str, list[str]]:
    """Digests of experiments in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.quality.bits"]
    done = subprocess.run(
        command, env={**os.environ, **machine}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("machines", [[OTHER], pytest.param(AT_NIGHT, marks=pytest.mark.nightly)])
def test_kernels_do_not_change_a_bit(machines: list[dict[str, str]]) -> None:
    here = {name: digests(theorem) for name, theorem in catalogue().items()}
    assert all(len(experiments) >= RECIPES for experiments in here.values())
    for machine in machines:  # in one test, as `here` is as long as any of them
        assert on(machine) == here, machine


@pytest.fixture
def nineteenth(monkeypatch: pytest.MonkeyPatch) -> Family:
    """A further family of dictionaries, of middling complexity."""
    family = Family(
        "nineteenth",
        "Two rows",
        lambda atoms: np.vstack([np.ones(atoms), np.arange(atoms)]),
        lambda limit: st.fixed_dictionaries({"atoms": st.integers(1, limit)}),
        complexity=45,
    )
    before = dict(FAMILIES)
    families.extend([family], "test")
    yield family
    FAMILIES.clear()
    FAMILIES.update(before)


def recipes(name: str, count: int = 400) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def visit(draw: drawing.Draw) -> bool:
        found.append(draw.recipe.to_json())
        return False

    search(draws(catalogue()[name]), count, 3, visit)
    return found


@pytest.mark.parametrize(
    "name", ["uniqueness.coherence", "rate.ista", "stability.p0", "rate.deep", "rate.local"]
)
def test_a_further_family_takes_its_share_and_changes_no_other_draw(
    name: str, request: pytest.FixtureRequest
) -> None:
    before = recipes(name)
    request.getfixturevalue("nineteenth")
    after = recipes(name)
    changed = [now for was, now in zip(before, after, strict=True) if was != now]
    assert {recipe["family"] for recipe in changed} <= {"nineteenth"}
    draws_any = not catalogue()[name].dictionaries and catalogue()[name].about == "codes"
    assert (len(changed) >= 5) == draws_any


def test_a_further_theorem_changes_no_draw() -> None:
    before = recipes("rate.ista")
    theorem = replace(catalogue()["rate.ista"], id="conjecture.further")
    search(draws(theorem), 50, 0, lambda draw: False)
    assert recipes("rate.ista") == before
