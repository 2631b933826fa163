"""What a report draws of a run: which claim, from where to where, and what is beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.reports.curve import STATES, Curve, curve
from sparsebound.reports.html.run import run_page
from sparsebound.theory.analysis.training import STEPS_DRAWN
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence.steps import PowerStep
from sparsebound.theory.instance import Instance
from sparsebound.theory.theorem import STEPS, Claim, Theorem, along_steps

LAYER, FIELD = ("W at step 0", f"W at step {STEPS_DRAWN}"), ("the field by steps, then the atom",)
RUNS = {
    "training.lazy": ("|r_k| <= q^k |r_0|", 1, ()),
    "training.connectivity": ("||r_k|| <= (1 - gamma b_v)^k ||r_0||", 0, ()),
    "training.circulant": ("||W_k - P W_k||_F <= rho^k ||W_0 - P W_0||_F", 0, LAYER),
    "training.tensor_power": ("t <= (n - 1)^{1/2} r^{3^k}", 0, FIELD),
    "rate.peers": ("||z^k - z'^k|| <= r^k ||z^0 - z'^0||", 1, ()),
    "rate.ista_identified": ("||x^{k+1} - x_hat|| <= q ||x^k - x_hat||", 7, ()),
}


def drawn(theorem: Theorem, size: int = 2) -> tuple[Curve | None, dict[str, Any]]:
    experiment = theorem.extremal(size)
    evidence = gather(theorem, experiment)
    return curve(theorem, experiment.instance, evidence, 0), evidence


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_drawn_below_its_bound(name: str) -> None:
    found, _ = drawn(catalogue()[name])
    claim, first, shown = RUNS[name]
    assert found is not None
    assert (found.claim, found.k[0]) == (claim, first)
    assert len(found.k) > 3
    assert found.k == tuple(range(first, first + len(found.k)))
    assert all(a <= b * (1 + 1e-3) for a, b in zip(found.error, found.bound, strict=True))
    assert found.error[-1] < found.error[0]
    assert tuple(found.shown) == shown
    assert Curve.from_json(found.to_json()) == found
    assert found.continued == (catalogue()[name].drawn is not None)


def test_supports_are_counted_of_codes_alone() -> None:
    codes, _ = drawn(catalogue()["rate.ista"])
    weights, _ = drawn(catalogue()["training.lazy"])
    assert codes
    assert len(codes.missing) == len(codes.false) == len(codes.k)
    assert weights
    assert weights.missing == weights.false == ()


@pytest.mark.parametrize("name", ["network.amortisation_gap", "uniqueness.spark", "stability.deep"])
def test_nothing_is_drawn_where_there_is_no_run(name: str) -> None:
    assert drawn(catalogue()[name])[0] is None


def test_the_first_step_that_is_drawn_is_that_of_the_evidence() -> None:
    theorem = catalogue()["training.circulant"]
    experiment = theorem.extremal(3)
    evidence = gather(theorem, experiment)
    step = evidence["layer_step"]
    told = theorem.drawn_of(experiment, evidence)
    again = replace(step, weights=step.stepped)
    after = theorem.drawn_of(experiment, {"layer_step": again})
    assert told
    assert after
    np.testing.assert_allclose(told.claim.lhs[:, 1:], after.claim.lhs[:, :-1], rtol=1e-9)
    assert np.all(told.claim.lhs[:, 1:] < told.claim.lhs[:, :-1])


def test_a_field_ends_at_its_atom() -> None:
    found, _ = drawn(catalogue()["training.tensor_power"], 3)
    assert found
    (rows,) = found.shown.values()
    np.testing.assert_allclose(rows[-2], rows[-1], atol=1e-4)
    assert np.abs(np.subtract(rows[0], rows[-1])).max() > 0.1


def test_an_angle_that_nothing_is_said_of_is_not_drawn() -> None:
    """Two largest coordinates at once: the premise of (c) fails, and there is no bound."""
    theorem = catalogue()["training.tensor_power"]
    step: PowerStep = gather(theorem, theorem.extremal(2))["power_step"]
    even = replace(step, start=np.ones_like(step.start))
    codes = theorem.extremal(2).instance
    assert isinstance(codes, Instance)
    assert curve(theorem, codes, {"power_step": even}, 0) is None


def test_a_long_run_is_thinned_out_and_keeps_both_ends() -> None:
    def claims(instance: Instance) -> Any:
        falling = 0.99 ** np.arange(1, 501)[None]
        yield Claim("x^k <= b_k", falling, falling, axes=STEPS)

    theorem = replace(
        catalogue()["uniqueness.spark"], claims=claims, premises=lambda instance: (), mutants=()
    )
    found = curve(theorem, Instance([[1, 0], [0, 1]], [[1, 0]]), {}, 0)
    assert found
    assert (found.k[0], found.k[-1], len(found.k)) == (1, 500, STATES)


@pytest.mark.parametrize(
    "changes", [{"measured": False}, {"strict": True}, {"axes": ()}, {"axes": (("run", 1), *STEPS)}]
)
def test_a_claim_of_something_else_is_no_curve(changes: dict[str, Any]) -> None:
    claim = Claim("x^k <= b_k", [[1, 1]], [[1, 1]], axes=STEPS)
    assert along_steps(claim)
    assert not along_steps(replace(claim, **changes))


def test_a_page_has_the_support_only_of_codes(run_folder: Path) -> None:
    """The legend and the table of a run of weights say nothing of a support."""
    run_document = json.loads((run_folder / "summary.json").read_text(encoding="utf-8"))
    (theorem,) = (t for t in run_document["theorems"] if t["id"] == "rate.unfolded")
    before = run_page({**run_document, "theorems": [theorem]})
    sample = theorem["samples"]["worst"]
    sample["curve"] |= {"missing": [], "false": [], "continued": True, "shown": {"W": [[1.0]]}}
    theorem["samples"]["typical"] = None
    after = run_page({**run_document, "theorems": [theorem]})
    assert "false positives" in before
    assert "The support is" in before
    assert "false positives" not in after
    assert "The support is" not in after
    assert "the run is continued for this picture" in after
    assert after.count("A matrix: W") == 1
