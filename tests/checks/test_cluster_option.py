"""What ``--cluster`` refuses before anything is asked of anybody; no Dask is needed for that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sparsebound.checks.cluster import Cluster
from sparsebound.checks.commands.main import main
from sparsebound.checks.faults import is_theirs
from sparsebound.checks.loading import load
from sparsebound.checks.protocol import Subject
from sparsebound.checks.provenance import code, made_of
from sparsebound.checks.sources import Sources
from sparsebound.theory.errors import InputError

FILES = {
    "empty.json": ("{}", "no address"),
    "half.json": ('{"addr', "expected JSON"),
    "list.json": ("[]", "no address"),
}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--any-arithmetic"], "--any-arithmetic is True; expected to be used together with"),
        (["--cluster", "tcp://a:1", "--jobs", "2"], "--jobs is 2; expected to be left out with"),
        (["--cluster", "tcp://a:1", "--replay", "{}"], "--cluster is 'tcp://a:1'; expected to be"),
        (["--any-arithmetic", "--replay", "{}"], "--any-arithmetic is True; expected to be left"),
        (["--until", "1h", "--replay", "{}"], "--until is '1h'; expected to be left out"),
    ],
)
def test_options_that_do_not_go_together(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = [] if "--replay" in words else ["--out", str(tmp_path / "run")]
    assert main(["check", "dictionary.welch", *words, *out]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert not (tmp_path / "run").exists()


def test_without_dask_it_is_said_how_to_have_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["check", "dictionary.welch", "--cluster", "local[2]"]) == 2
    assert "pip install 'sparsebound[cluster]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["nowhere", "local[0]", "local[]", "tcp://a", "no.json", *FILES]
)
def test_what_is_no_cluster_is_refused(
    address: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", sys)  # it is not asked
    monkeypatch.chdir(tmp_path)
    for name, (text, _) in FILES.items():
        (tmp_path / name).write_text(text)
    assert main(["check", "dictionary.welch", "--cluster", address]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    said = FILES.get(address, ("", "a file that" if address == "no.json" else "the address of"))[1]
    assert said in err


def test_what_a_process_is_made_of() -> None:
    found = made_of()
    assert {"Python", "sparsebound", "numpy", "scipy", "hypothesis", "code"} <= set(found)
    assert all(isinstance(value, str) for value in found.values())
    assert found["code"] == code()


def test_sources_are_what_was_imported_from_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    package = tmp_path / "beside_it"
    package.mkdir()
    (package / "__init__.py").write_text("from beside_it import deeper\n")
    (package / "deeper.py").write_text("LEFT = 1\n")
    (package / "unused.py").write_text("LEFT = 2\n")
    (tmp_path / "travels.py").write_text(
        "import numpy, beside_it\n"
        "from dataclasses import replace\n"
        "from sparsebound.theory.dictionary.welch import THEOREM\n"
        "MINE = replace(THEOREM, id='mine.travels')\n"
    )
    load(str(tmp_path / "travels.py"))
    sources = Sources.of([str(tmp_path / "travels.py")], None)
    names = {str(Path(file).relative_to(tmp_path)) for file in sources.files}
    assert names == {"travels.py", "beside_it/__init__.py", "beside_it/deeper.py"}
    assert sources.roots == (str(tmp_path),)
    there = tmp_path / "there"
    sources.unpack(str(there))
    copied = Path(f"{there}{package}/deeper.py")
    assert copied.read_text() == "LEFT = 1\n"


def test_installed_packages_do_not_travel() -> None:
    subject = Subject.of("numpy.linalg:lstsq")
    assert Sources.of([], subject).files == {}
    assert not is_theirs(subject.file or "")


def test_processes_that_do_not_start_say_what_a_script_has_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    distributed = pytest.importorskip("distributed")

    def fails(**_: object) -> None:
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr(distributed, "LocalCluster", fails)
    words = r"Nanny failed to start.*below if __name__ == '__main__':"
    with (
        pytest.raises(InputError, match=words),
        Cluster("local[1]", 1.0, Sources.of([], None), sum),
    ):
        pass
