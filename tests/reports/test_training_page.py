"""The page of a training: every number on it is one of the run; no torch is needed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sparsebound.checks.commands.train_tables import table
from sparsebound.reports.html import charts
from sparsebound.reports.html.training import training_page
from sparsebound.reports.networks import NetworkRun, WeightsRate
from sparsebound.reports.training import (
    BrokenCertificate,
    GallerySignal,
    LoggedEpoch,
    TrainingResults,
    TrainingRun,
    UsedAtom,
    read_results,
)
from sparsebound.theory.errors import InputError
from tests.reports.test_pages import EVIL

IMAGE = (0.0, 1.0, -0.5, 0.25)


def a_run(strategy: str, seed: int, *, sure: float = 0.5, active: float | None = 2.0) -> Any:
    gallery = GallerySignal(
        "certified", 7, EVIL, "1", IMAGE, IMAGE, (3, 1), (1.5, 0.5), (IMAGE, IMAGE), 0.25, None,
        IMAGE, "2",
    )  # fmt: skip
    levels = (0.9, 0.8, sure, 0.25, 0.1)
    return TrainingRun(
        settings="digest",
        strategy=strategy,
        seed=seed,
        accuracy=0.9 + 0.01 * seed,
        active=active,
        coherence=None if active is None else 0.5,
        certified=levels,
        left=(0.9, 0.85, 0.75, 0.5, 0.4),
        published=() if active is None else (0.9, 0.375, sure / 8, 0.0, 0.0),
        broken=(),
        inexact=0,
        seconds=1.5,
        log=(LoggedEpoch(0, 1.25, 0.5, 3.0),) if active else (),
        gallery=(gallery,) if active else (),
        atoms=(UsedAtom(3, 0.375, IMAGE),) if active else (),
    )


def results(*runs: TrainingRun, **changes: Any) -> TrainingResults:
    stored = {
        "data": EVIL,
        "digest": "0123456789abcdef",
        "shape": (40, 4),
        "classes": 3,
        "atoms": 8,
        "test": 10,
        "norm": 4.0,
        "epochs": None,
        "percents": (0.0, 2.5, 5.0, 10.0, 15.0),
        "reported": (1, 2, 3, 4),
        "command": "sparsebound train --quick",
        "versions": {"torch": "2.6"},
        "runs": runs,
        "networks": (),
    }
    return TrainingResults(**{**stored, **changes})


RUNS = (
    a_run("plain", 0),
    a_run("plain", 1),
    a_run("l1", 0, sure=0.625, active=1.5),
    a_run("coherence", 0, active=6.0),
    a_run("1-lipschitz", 0, sure=0.6875, active=None),
)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_results_survive_json() -> None:
    found = results(*RUNS)
    assert read_results(json.loads(json.dumps(found.document()))) == found
    with pytest.raises(InputError):
        read_results({**found.document(), "percents": "no"})


def test_the_sentences_are_computed() -> None:
    said = text_of(training_page(results(*RUNS)))
    assert "l1: 90.0% right, 1.5 of 8 atoms, 62.5% of the test set certified at 5%" in said
    assert "the attack leaves 75.0%" in said
    assert "68.8% against 62.5% (l1) at 5%" in said
    assert "denser, from 2.0 to 6.0 active atoms" in said
    assert "90.5 (90.0 to 91.0)" in said
    assert "from 90.5% to 90.0%, which is within the spread" in said
    assert "No image within 0.25 changes the label. The attack found none that does." in said


def test_other_runs_are_told_otherwise() -> None:
    said = text_of(training_page(results(a_run("plain", 0), a_run("coherence", 0, active=1.0))))
    assert "no denser" in said
    assert "was not trained next to them" in said
    alone = text_of(training_page(results(a_run("1-lipschitz", 0, active=None))))
    assert "A 1-Lipschitz network" in alone
    assert "Atoms by use" not in alone


def test_the_published_certificate_is_beside_ours() -> None:
    page = training_page(results(*RUNS))
    said = text_of(page)
    assert "What is shown is what it proves for the networks here, at most 7.8% (l1)" in said
    assert "where ours proves 62.5%" in said
    assert "80.0 85.0 37.5" in said  # certified, left by the attack, published
    other = training_page(results(a_run("1-lipschitz", 0, active=None)))
    assert "published certificate is bad" not in text_of(other)
    lines = [text.count(f'stroke="{charts.BLUE}"') for text in (page, other)]
    assert lines == [3 * 2 + 1, 1]  # of three strategies both, of the baseline its own


def a_network(name: str, seed: int, accuracy: float, active: float, **rate: Any) -> NetworkRun:
    found = WeightsRate(0.75, *rate["of"]) if rate else None
    return NetworkRun("digest", name, seed, accuracy, active, 8, 0.5, found, 1.5, (1.0,))


def test_other_networks_are_told_with_their_cost() -> None:
    networks = (
        *(a_network("dense", seed, 0.9 + 0.02 * seed, 6.0) for seed in (0, 1)),
        *(a_network("dense+l1-0.01", seed, 0.9, 2.0) for seed in (0, 1)),
        *(a_network("dense+l1-0.03", seed, 0.5, 1.0) for seed in (0, 1)),
        a_network("attention", 0, 0.75, 4.0),
        a_network("attention+l1", 0, 0.5, 1.0),
        a_network("unfolded", 0, 0.75, 4.0),
        a_network("unfolded+hoyer", 0, 0.875, 6.0),
        a_network("learned-weights", 0, 0.875, 2.0, of=(None, 0.0, 0.0, None)),
        a_network("analytic-weights", 0, 0.5, 2.0, of=(0.125, 0.5, 0.25, 4.25)),
    )
    found = results(*RUNS, networks=networks)
    assert read_results(json.loads(json.dumps(found.document()))) == found
    said = text_of(training_page(found))
    within = "within the spread of seeds: 1.0 points"
    assert f"dense: l1-0.01 took active features from 75% to 25%, which is {within}" in said
    assert "attention: l1 took active features from 50% to 12%, at 25.0 points" in said
    assert "unfolded: hoyer did not help: from 50% to 75%, at no cost in accuracy." in said
    assert "dense l1-0.01 90.0 2.0 8 0.50 1.5" in said
    assert "learned-weights 0.75 - 0.0 0.0 -" in said
    assert "have one of 0.12, where the atoms have 0.75, and q &lt; 1 for 50%" in said
    assert "says something of 25% of the signals, whatever the weights, and 50.0% are" in said
    printed = table(found)
    assert "dense+l1-0.01 90.0 2.0 8 0.50 2" in " ".join(printed.split())
    assert "analytic-weights 0.75 0.12 50.0 25.0 4.25" in " ".join(printed.split())


def test_without_other_networks_nothing_is_said_of_them() -> None:
    page = training_page(results(*RUNS))
    assert 'id="networks"' not in page
    assert "cross coherence" not in page
    assert "other networks" not in table(results(*RUNS))
    one = training_page(results(*RUNS, networks=(a_network("dense", 0, 0.5, 2.0),)))
    assert "Other networks, without certificates" in one
    assert "Weights of unfolded networks" not in one


def test_nothing_of_the_data_is_markup() -> None:
    page = training_page(results(*RUNS))
    assert EVIL not in page
    assert "nan" not in text_of(page).split()


def test_signals_that_are_no_squares_have_no_gallery() -> None:
    page = training_page(results(*RUNS, shape=(40, 5)))
    assert 'id="gallery"' not in page
    assert 'id="atoms"' not in page
    assert 'id="table"' in page


def test_broken_certificates_are_on_top() -> None:
    run = a_run("plain", 0)
    broken = TrainingRun(**{**vars(run), "broken": (BrokenCertificate(3, 0.5, 0.25),)})
    said = text_of(training_page(results(broken)))
    assert "plain, seed 0, signal 3: certified within 0.5, and the label changes at 0.25" in said
