"""What the verb prints, writes and returns."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify import engine
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.real_dictionary import digits
from sparsebound.reports.certificate import document, text
from sparsebound.theory.constructions.frames import tight_frame

DIGITS = "checks/data/digits.npz"


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    path = tmp_path / "frame.npy"
    np.save(path, tight_frame(7, 14))
    return path


def test_json_is_the_document_of_the_python_function(
    frame: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["certify", str(frame), "--json", "--sparsity", "2"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(json.dumps(document(certify(str(frame), sparsity=2))))
    assert (printed["schema"], printed["kind"]) == (1, "certificate")


def test_every_number_says_what_it_is_and_where_it_is_from() -> None:
    instance = digits()
    found = document(certify(instance.D.data, codes=instance.X[:3], attack=True))
    figures: list[dict[str, object]] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if "kind" in value and "value" in value:
                figures.append(value)
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(found)
    assert len(figures) > 100
    assert {figure["kind"] for figure in figures} == {"exact", "upper", "lower"}
    assert all("." in str(figure["theorem"]) or figure["theorem"] == "attack" for figure in figures)


def test_the_folder_holds_the_certificate_as_json_text_and_page(
    frame: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "folder"
    words = ["--attack", "--prune", "--weights", "optimal", "--out", str(out)]
    assert main(["certify", str(frame), *words]) == 0
    printed = capsys.readouterr().out
    names = ["certificate.html", "certificate.json", "certificate.txt", "weights.npy"]
    assert sorted(path.name for path in out.iterdir()) == names
    kept = json.loads((out / "certificate.json").read_text())
    assert text(kept) + "\n" == printed == (out / "certificate.txt").read_text()
    assert kept["prune"]["from"] + 1 == kept["prune"]["to"]
    assert "0.27735" in (out / "certificate.html").read_text()


def test_the_text_reads_like_a_certificate(frame: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["certify", str(frame), "--tolerance", "0.1"])
    said = capsys.readouterr().out
    for part in (
        "14 atoms of length 7",
        "atoms are columns (guessed",
        "coherence   0.27735",
        "2 [uniqueness.coherence]",
        "layers surely suffice  [rate.depth]",
    ):
        assert part in said


def test_the_shipped_dictionary_and_its_codes_come_from_one_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = str(Path(__file__).parents[3] / DIGITS)
    assert main(["certify", path, "--codes", path, "--json"]) == 0
    codes = json.loads(capsys.readouterr().out)["codes"]
    shares = {entry["theorem"]: entry["share"] for entry in codes["properties"]}
    assert shares["uniqueness.basis_pursuit"] == 1
    assert codes["count"] == 100
    assert {entry["property"] for entry in codes["failing"]} == {
        "unique sparsest",
        "orthogonal matching pursuit",
        "orthogonal matching pursuit, for any entries",
        "Lasso",
        "Lasso, for these signs",
        "unfolded network",
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--noise", "nan"], "expected a number"),
        (["--amplitude", "0"], "--amplitude is 0"),
        (["--sparsity", "0"], "at least 1"),
        (["--memory", "x"], "--memory"),
        (["--codes", "missing.npy"], "--codes is 'missing.npy'; expected a file that exists"),
        (["--weights", "missing.npy"], "--weights is 'missing.npy'"),
    ],
)
def test_bad_options_end_with_status_2_and_one_line(
    frame: Path,
    tmp_path: Path,
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert main(["certify", str(frame), "--out", str(out), *words]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not out.exists()


def test_an_out_that_is_a_file_is_refused_and_kept(
    frame: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["certify", str(frame), "--out", str(frame)]) == 2
    assert "--out is" in capsys.readouterr().err
    assert np.load(frame).shape == (7, 14)


@pytest.mark.parametrize("place", ["", "frame.npy/below"])
def test_an_out_that_is_no_folder_is_refused_before_there_is_work(
    place: str, frame: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(frame.parent)
    before = sorted(frame.parent.iterdir())
    assert main(["certify", str(frame), "--out", place]) == 2
    assert f"--out is {place!r}; expected a folder" in capsys.readouterr().err
    assert sorted(frame.parent.iterdir()) == before


def test_what_an_earlier_certificate_left_goes_with_it(frame: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", np.eye(14))
    words = ["certify", str(frame), "--out", str(tmp_path / "out")]
    assert main([*words, "--codes", str(tmp_path / "X.npy")]) == 0
    codes = tmp_path / "out" / "codes.npz"
    content = codes.read_bytes()
    assert main(words) == 0
    assert not codes.exists()
    assert main([*words, "--codes", str(tmp_path / "X.npy")]) == 0
    codes.write_bytes(content + b"changed")
    assert main(words) == 0
    assert codes.read_bytes() == content + b"changed"


def test_the_overcomplete_cosines_of_the_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Path(__file__).parents[3] / "examples" / "overcomplete_cosines.py"
    path = str(tmp_path / "cosines.npy")
    runpy.run_path(str(script))["main"](path)
    assert main(["certify", path, "--prune", "--json"]) == 0
    printed = capsys.readouterr().out
    found = json.loads(printed[printed.index("{") :])
    assert (found["dictionary"]["length"], found["dictionary"]["atoms"]) == (32, 64)
    assert found["dictionary"]["pair"][1] == found["dictionary"]["pair"][0] + 1


def test_an_attack_that_beats_a_bound_fails_loudly(
    frame: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bound two percent too small, planted where the network is certified."""
    honest = engine.certify_network

    def planted(*args: Any) -> Any:
        made = honest(*args)
        bound = made.certified.layers[1].bound
        false = replace(made.certified.layers[1], bound=replace(bound, value=bound.value * 0.98))
        layers = (made.certified.layers[0], false, *made.certified.layers[2:])
        return replace(made, certified=replace(made.certified, layers=layers))

    words = ["certify", str(frame), "--attack", "--sparsity", "2", "--tolerance", "0.1"]
    assert main(words) == 0
    assert "false" not in capsys.readouterr().out
    monkeypatch.setattr(engine, "certify_network", planted)
    assert main([*words, "--out", str(tmp_path)]) == 1
    said = "the certificate is false: the error after layer 1 is above its bound"
    assert said in capsys.readouterr().out
    assert said in (tmp_path / "certificate.html").read_text()
    assert json.loads((tmp_path / "certificate.json").read_text())["attack"]["beaten"] == [1]


def test_constants_are_listed_up_to_one_nonzero_more_than_any_guarantee() -> None:
    """Denoising reaches one nonzero of this frame, everything else two."""
    found = certify(tight_frame(7, 14))
    assert {g.largest for g in found.guarantees} == {1, 2}
    assert [row.sparsity for row in found.by_sparsity] == [1, 2, 3]
