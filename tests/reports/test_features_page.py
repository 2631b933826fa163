"""The page of a training without labels: every number on it is one of the run; without torch."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sparsebound.reports.html import charts
from sparsebound.reports.html.features import features_page
from sparsebound.reports.training import BrokenCertificate, UsedAtom
from sparsebound.reports.unlabelled import (
    LoggedMisfit,
    UnlabelledResults,
    UnlabelledRun,
    feature_summaries,
)
from tests.reports.test_pages import EVIL
from tests.reports.test_training_page import IMAGE, text_of


def a_run(strategy: str, seed: int, *, active: float = 2.0, misfit: float = 0.25) -> UnlabelledRun:
    return UnlabelledRun(
        settings="digest",
        strategy=strategy,
        seed=seed,
        misfit=misfit + 0.01 * seed,
        active=active,
        coherence=0.75 / active,
        unique=8,
        undecided=2,
        gap=0.125,
        certified=(0.8, 0.5, 0.25, 0.125, 0.0),
        left=(1.0, 0.625, 0.375, 0.25, 0.1),
        broken=(),
        known=9,
        depth=100 + seed,
        seconds=1.5,
        log=(LoggedMisfit(0, 1.25, 3.0),),
        atoms=(UsedAtom(3, 0.375, IMAGE),),
    )


def results(*runs: UnlabelledRun, **changes: Any) -> UnlabelledResults:
    stored: dict[str, Any] = {
        "data": EVIL,
        "digest": "0123456789abcdef",
        "shape": (40, 4),
        "atoms": 8,
        "test": 10,
        "norm": 4.0,
        "epochs": None,
        "percents": (0.0, 0.5, 1.0, 2.0, 3.0),
        "reported": (1, 2, 3, 4),
        "command": "sparsebound train data.npz",
        "versions": {"torch": "2.6"},
        "runs": runs,
    }
    return UnlabelledResults(**{**stored, **changes})


RUNS = (
    a_run("plain", 0),
    a_run("plain", 1),
    a_run("l1", 0, active=1.5, misfit=0.5),
    a_run("coherence", 0, active=6.0),
)


def test_results_survive_json() -> None:
    document = json.loads(json.dumps(results(*RUNS).document()))
    stored = {name: value for name, value in document.items() if name not in ("schema", "kind")}
    assert UnlabelledResults.from_json(stored) == results(*RUNS)


def test_what_is_said_is_computed() -> None:
    said = text_of(features_page(results(*RUNS)))
    assert "l1: 1.5 of 8 atoms, which leave 50.0% of a signal; features of 80.0%" in said
    assert "25.0% are certified to use no other atoms within 1% of the norm" in said
    assert "the attack leaves 37.5%." in said
    assert "l1 uses 1.5 atoms and leaves 50.0% of a signal, coherence uses 6.0" in said
    assert "denser, from 2.0 to 6.0 active atoms" in said
    assert "for 90.0% of the test set, and nothing is known of the others" in said
    assert "plain 25.5 (25.0 to 26.0) 2.0 25.0%" in said  # misfit, active, their share
    assert "50.0 62.5 25.0 37.5" in said  # certified, left by the attack
    assert "100 (100 to 101)" in said


def test_other_runs_are_told_otherwise() -> None:
    alone = a_run("plain", 0)
    said = text_of(features_page(results(replace(alone, depth=None, gap=None, known=0))))
    assert "sparser features are better" not in said
    assert "coherence means sparse" not in said
    assert "for 0.0% of the test set" in said
    (row,) = feature_summaries(results(replace(alone, depth=None, gap=None)))
    assert (row.depth, row.gap) == (None, None)


def test_every_strategy_has_a_curve_and_atoms_where_signals_are_squares() -> None:
    page = features_page(results(*RUNS))
    assert page.count(f'stroke="{charts.BLUE}"') == 3
    assert 'id="atoms"' in page
    assert 'id="atoms"' not in features_page(results(*RUNS, shape=(40, 5)))


def test_nothing_of_the_data_is_markup() -> None:
    page = features_page(results(*RUNS))
    assert EVIL not in page
    assert "nan" not in text_of(page).split()


def test_broken_certificates_are_on_top() -> None:
    broken = replace(a_run("plain", 0), broken=(BrokenCertificate(3, 0.5, 0.25),))
    assert results(broken).broken
    said = text_of(features_page(results(broken)))
    assert "signal 3: certified within 0.5, and other atoms are used at 0.25" in said
