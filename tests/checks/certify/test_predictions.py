"""Features of signals and what is read out of them: certificates, attacks, and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import nnls

import sparsebound as sb
from sparsebound.checks.certify.again import surely_broken
from sparsebound.checks.certify.predictions import Question, certify_signals
from sparsebound.checks.commands.main import main
from sparsebound.checks.oracles.label_attack import attacked, label_changes
from sparsebound.reports.certificate import document, text
from sparsebound.reports.html.certificate import certificate_page
from sparsebound.theory.evidence import Head


def features_by_nnls(D: np.ndarray, y: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """Nonnegative features by scipy: independent atoms, so the linear term fits in the signal."""
    shift = np.linalg.lstsq(D.T, lam, rcond=None)[0]
    return nnls(D, y - shift)[0]


def problem(seed: int, m: int = 12, n: int = 8, count: int = 40) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((m, n))
    D /= np.linalg.norm(D, axis=0)
    Z = rng.random((count, n)) * (rng.random((count, n)) < 0.4)
    return {
        "D": D,
        "signals": Z @ D.T + 0.05 * rng.standard_normal((count, m)),
        "thresholds": np.full(n, 0.1),
        "weights": rng.standard_normal((3, n)),
        "biases": 0.1 * rng.standard_normal(3),
    }


def asked(given: dict[str, Any], radii: tuple[float, ...] = (), ridge: float = 0.0) -> Question:
    return Question(**given, labels=None, radii=radii, ridge=ridge)


@pytest.mark.parametrize("seed", range(3))
def test_features_are_those_of_scipy_and_unique(seed: int) -> None:
    given = problem(seed)
    found = certify_signals(asked(given))
    assert found.unique == found.count == 40
    for entry, y in zip(found.signals, given["signals"], strict=True):
        z = features_by_nnls(given["D"], y, given["thresholds"])
        assert entry.support == tuple(np.flatnonzero(z > 1e-12))
        assert entry.label == (given["weights"] @ z + given["biases"]).argmax()


@pytest.mark.parametrize("seed", range(3))
def test_no_signal_within_its_radius_has_another_label(seed: int) -> None:
    given, rng = problem(seed), np.random.default_rng(seed + 100)
    found = certify_signals(asked(given))
    radii = np.array([entry.radius for entry in found.signals])
    assert np.median(radii) > 0.02
    for entry, y in zip(found.signals, given["signals"], strict=True):
        for _ in range(10):
            step = rng.standard_normal(len(y))
            step *= 0.999 * entry.radius / np.linalg.norm(step)
            z = features_by_nnls(given["D"], y + step, given["thresholds"])
            assert (given["weights"] @ z + given["biases"]).argmax() == entry.label


@pytest.mark.parametrize("ridge", [0.0, 0.01])
def test_an_attack_leaves_what_is_certified_and_little_more(ridge: float) -> None:
    given = problem(7, count=60)
    radii = (0.02, 0.05, 0.1, 0.2)
    found = certify_signals(asked(given, radii, ridge), attack=True)
    assert not found.broken
    certified = [entry.certified for entry in found.within]
    left = [entry.attacked for entry in found.within]
    assert all(c <= a for c, a in zip(certified, left, strict=True))
    assert certified == sorted(certified, reverse=True)
    assert left[0] - certified[0] <= 6


def test_a_radius_that_is_too_large_is_broken_by_the_attack(monkeypatch: Any) -> None:
    from sparsebound.checks.certify import predictions

    whole = predictions.certified_signals

    def optimistic(*given: Any) -> Any:
        for entry in whole(*given):
            object.__setattr__(entry, "radius", 100.0)
            yield entry

    monkeypatch.setattr(predictions, "certified_signals", optimistic)
    found = certify_signals(asked(problem(1), (1.0,)), attack=True)
    assert found.broken


def test_a_repeated_atom_is_not_certified() -> None:
    D = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    head = {"weights": np.eye(2, 3), "biases": np.zeros(2)}
    given = {"D": D, "signals": np.array([[3.0, 0.5]]), "thresholds": np.ones(3), **head}
    found = certify_signals(asked(given))
    assert (found.unique, found.undecided) == (0, 1)
    assert found.signals[0].radius == 0


def test_the_gaps_of_one_atom_are_in_closed_form() -> None:
    head = {"weights": np.array([[1.0], [0.0]]), "biases": np.array([-1.0, 0.0])}
    given = {"D": np.eye(1), "signals": np.array([[4.0]]), "thresholds": np.ones(1), **head}
    (entry,) = certify_signals(asked(given)).signals
    assert entry.radius == pytest.approx(2, rel=1e-12)
    assert entry.radius <= 2


def test_what_is_attacked_is_in_the_ball() -> None:
    given = problem(3)
    found = certify_signals(asked(given))
    labels = np.array([entry.label for entry in found.signals])
    head = Head(
        np.broadcast_to(given["weights"], (40, *given["weights"].shape)),
        np.broadcast_to(given["biases"], (40, 3)),
        labels,
    )
    D = sb.Dictionary(given["D"])
    assert not attacked(D, given["signals"], given["thresholds"], head, 1e-9, 12).any()
    assert attacked(D, given["signals"], given["thresholds"], head, 10.0, 12).all()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    given = problem(0)
    np.save(tmp_path / "signals.npy", given["signals"])
    np.save(tmp_path / "labels.npy", np.arange(40) % 3)
    np.savez(
        tmp_path / "net.npz",
        D=given["D"],
        lam=given["thresholds"],
        V=given["weights"],
        b=given["biases"],
        ridge=1e-3,
    )
    return tmp_path


def run(files: Path, *further: str) -> int:
    net = str(files / "net.npz")
    signals = ["--signals", str(files / "signals.npy"), "--head", net]
    return main(["certify", net, "--atoms", "columns", *signals, *further])


def test_the_command_says_it_in_text_json_and_on_a_page(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, out = str(files / "labels.npy"), files / "out"
    further = ("--labels", labels, "--radius", "0.01", "0.1", "--attack", "--out", str(out))
    assert run(files, *further) == 0
    said = capsys.readouterr().out
    assert "Your predictions: 40 signals, 8 atoms, " in said
    assert "unique for 40 (100%)  [uniqueness.features]" in said
    made = json.loads((out / "certificate.json").read_text())["predictions"]
    assert len(made["signals"]) == 40
    assert made["ridge"] == 1e-3
    page = (out / "certificate.html").read_text()
    assert "Your predictions for 40 signals" in page
    assert "training.certified_radius" in page


def test_from_python_an_array_is_as_good_as_a_file() -> None:
    given = problem(0)
    found = sb.certify(
        given["D"],
        atoms="columns",
        signals=given["signals"],
        penalty=0.1,
        head=(given["weights"], given["biases"]),
        radius=(0.05,),
    )
    assert found.predictions is not None
    assert found.predictions.unique == 40
    assert "Your predictions" in text(document(found))
    assert "Your predictions" in certificate_page(document(found))


@pytest.mark.parametrize(
    ("further", "message"),
    [
        (["--labels", "LABELS"], "--labels is 7; expected classes from 0 to 2"),
        (["--penalty", "0"], "--penalty is 0; expected thresholds that are above 0"),
        (["--penalty", "-1"], "--penalty is -1; expected thresholds"),
        (["--radius", "0"], "--radius is 0.0; expected a finite number above 0"),
        (["--ridge", "-1"], "--ridge is -1.0; expected a finite number that is at least 0"),
        (["--head", "HEAD"], "--head is (3, 5); expected weights of shape (C, 8)"),
        (["--signals", "LABELS"], "--signals is (1, 40); expected signals of length 12"),
    ],
)
def test_bad_input_is_one_line(
    files: Path, capsys: pytest.CaptureFixture[str], further: list[str], message: str
) -> None:
    np.save(files / "LABELS.npy", np.full(40, 7))
    np.savez(files / "HEAD.npz", V=np.ones((3, 5)), b=np.ones(3), lam=1.0)
    places = {"LABELS": str(files / "LABELS.npy"), "HEAD": str(files / "HEAD.npz")}
    assert run(files, *(places.get(word, word) for word in further)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


EXTREME: dict[str, tuple[dict[str, Any], str]] = {
    "large signals": ({"signals": 1e300}, "norm of signal 0 is"),
    "infinitely long signals": ({"signals": 1.2e308}, "norm of signal"),
    "small signals": ({"signals": 1e-310}, "norm of signal 0 is"),
    "large atoms": ({"D": 1e200}, "norm of atom 0 is"),
    "small atoms": ({"D": 1e-300}, "norm of atom 0 is"),
    "large thresholds": ({"penalty": 1e308}, "--penalty is 1e+308"),
    "large weights": ({"weights": 1e300}, "--head is"),
    "large biases": ({"biases": 1e300}, "--head is"),
    "a large ridge": ({"ridge": 1e300}, "--ridge is 1e+300"),
    "a large radius": ({"radius": 1e300}, "--radius is 1e+300"),
}


def extreme(**factors: float) -> Any:
    given = problem(0, count=3)
    D, Y, V, b = (
        given[name] * factors.get(name, 1.0) for name in ("D", "signals", "weights", "biases")
    )
    return sb.certify(
        D,
        atoms="columns",
        signals=Y,
        penalty=factors.get("penalty", 0.1),
        head=(V, b),
        ridge=factors.get("ridge", 0.0),
        radius=(factors.get("radius", 0.05),),
        attack=True,
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", EXTREME)
def test_squares_that_are_no_numbers_are_refused(name: str) -> None:
    factors, message = EXTREME[name]
    with pytest.raises(sb.InputError, match=message.replace("+", r"\+")):
        extreme(**factors)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-48, 1e-20, 1e24])
def test_what_is_not_refused_is_certified_without_a_warning(size: float) -> None:
    """All lengths in another unit: the same labels, and radii in that unit."""
    plain = extreme().predictions.signals
    of_size = extreme(signals=size, penalty=0.1 * size, biases=size, radius=0.05 * size)
    found = of_size.predictions.signals
    assert [entry.support for entry in found] == [entry.support for entry in plain]
    radii = [entry.radius for entry in plain]
    assert min(radii) > 0
    assert [entry.radius / size for entry in found] == pytest.approx(radii, rel=1e-9)
    for name in ("D", "weights", "biases", "penalty", "ridge", "radius"):
        extreme(**{name: size})


BAD_FILES: dict[str, tuple[dict[str, Any], str]] = {
    "a threshold of 0": ({"lam": np.arange(8.0)}, "--penalty is 0; expected thresholds"),
    "no number": ({"lam": np.full(8, np.nan)}, "--penalty is nan; expected thresholds"),
    "complex thresholds": ({"lam": 1j}, "--penalty is dtype('complex128'); expected one threshold"),
    "words": ({"lam": "a"}, "--penalty is dtype('<U1'); expected one threshold"),
    "seven of them": ({"lam": np.ones(7)}, "--penalty is (7,); expected one threshold"),
    "ridges": ({"ridge": np.ones(2)}, "--ridge is (2,); expected one number"),
    "a word for a ridge": ({"ridge": "x"}, "--ridge is dtype('<U1'); expected one number"),
    "a ridge below 0": ({"ridge": -1.0}, "--ridge is -1.0; expected a finite number"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_of_a_head_is_one_line(
    files: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    change, message = BAD_FILES[name]
    with np.load(files / "net.npz") as stored:
        arrays = dict(stored)
    np.savez(files / "net.npz", **{**arrays, **change})
    assert run(files, "--array", "D") == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "option", [["--penalty", "1"], ["--radius", "1"], ["--head", "x"], ["--labels", "x"]]
)
def test_what_is_about_signals_needs_them(
    files: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert main(["certify", str(files / "net.npz"), "--atoms", "columns", *option]) == 2
    assert "to be used together with --signals" in capsys.readouterr().err


def test_what_only_float64_sees_breaks_no_certificate(monkeypatch: Any) -> None:
    """A signal of which an attack says that its label is another one, and that has the same."""
    from sparsebound.checks.certify import predictions

    monkeypatch.setattr(predictions, "label_changes", lambda D, signals, *rest: signals + 2.0**-40)
    found = certify_signals(asked(problem(1), (0.02,)), attack=True)
    (within,) = found.within
    assert within.certified > 20
    assert (within.attacked, within.broken) == (within.certified, ())


@pytest.mark.parametrize("ridge", [0.0, 0.01])
def test_what_is_broken_is_decided_exactly(ridge: float) -> None:
    given = problem(2, count=6)
    found = certify_signals(asked(given, (), ridge))
    pad = np.sqrt(ridge) * np.eye(8) if ridge else np.zeros((0, 8))
    D = sb.Dictionary(np.vstack([given["D"], pad]))
    signals = np.hstack([given["signals"], np.zeros((6, len(pad)))])
    head = Head(
        np.broadcast_to(given["weights"], (6, *given["weights"].shape)),
        np.broadcast_to(given["biases"], (6, 3)),
        np.array([entry.label for entry in found.signals]),
    )
    others = label_changes(D, signals, given["thresholds"], head, 10.0, 12)
    away = np.linalg.norm(others - signals, axis=1)
    assert np.isfinite(away).all()
    thresholds = given["thresholds"]
    for factor, broken in ((1 + 2.0**-40, True), (1 - 2.0**-40, False)):
        proved = surely_broken(D, signals, others, thresholds, head, factor * away)
        assert (proved == broken).all()
    wrong = Head(head.weights, head.biases, (head.labels + 1) % 3)  # which nobody certified
    assert not surely_broken(D, signals, others, thresholds, wrong, 2 * away).any()
    assert surely_broken(D, signals[:0], others[:0], thresholds, head, away[:0]).shape == (0,)


@pytest.mark.parametrize("option", ["--head", "--penalty"])
def test_codes_of_one_step_of_an_encoder_have_no_radius(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    given = problem(0)
    sae = {"W_enc": given["D"], "b_enc": np.zeros(8), "W_dec": given["D"].T, "b_dec": np.zeros(12)}
    np.savez(tmp_path / "sae.npz", **sae)
    np.savez(tmp_path / "head.npz", V=given["weights"], b=given["biases"], lam=given["thresholds"])
    np.save(tmp_path / "signals.npy", given["signals"])
    words = ["--signals", str(tmp_path / "signals.npy"), option]
    words.append(str(tmp_path / "head.npz") if option == "--head" else "0.1")
    assert main(["certify", str(tmp_path / "sae.npz"), *words]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert option in said.err
    assert "network.encoder_step" in said.err
    # of the atoms alone, the exact features are certified
    np.save(tmp_path / "atoms.npy", given["D"])
    assert main(["certify", str(tmp_path / "atoms.npy"), "--atoms", "columns", *words]) == 0


def test_a_head_is_read_as_a_classifier_is(tmp_path: Path) -> None:
    """By the same names, from a path, labels in a column; and what was rounded is noted."""
    D, Y = np.eye(2), np.array([[3.0, 1.0], [1.0, 3.0]])
    np.savez(tmp_path / "head.npz", coef_=D, intercept_=np.zeros(2), lam=0.5)
    options: dict[str, Any] = {"signals": Y, "atoms": "columns", "labels": [[0], [1]]}
    by_file = sb.certify(D, head=tmp_path / "head.npz", **options).predictions
    given = sb.certify(D, head=(D, np.zeros(2)), penalty=0.5, **options).predictions
    assert by_file is not None
    assert by_file == given
    assert by_file.right == 2
    large = np.array([2**53 + 1, 0])
    found = sb.certify(D, head=(D, large), penalty=0.5, **options)
    assert any("--head: int64 was rounded" in note for note in found.notes)
