"""How low attention gets, as its example shows."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]


def test_the_error_floor_of_attention_falls_like_its_temperature() -> None:
    """From ``beta = 12`` on the floor times ``e^beta`` stays the same to two percent."""
    rows = runpy.run_path(str(ROOT / "examples" / "attention_floor.py"))["rows"]
    betas, errors, bounds, statuses = zip(*rows(range(12, 26, 2)), strict=True)
    assert set(statuses) == {"holds"}
    assert all(0 < error <= bound for error, bound in zip(errors, bounds, strict=True))
    floors = np.array(errors) * np.exp(betas)
    assert floors.max() < 1.02 * floors.min()
