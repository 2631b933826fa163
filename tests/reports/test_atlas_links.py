"""The page of a run links the atlas, if the documentation has an address."""

from __future__ import annotations

import json
from email.message import Message
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.reports.html import atlas
from sparsebound.reports.html.run import run_page
from sparsebound.theory.errors import InputError


def project(*addresses: str) -> Message:
    found = Message()
    for address in addresses:
        found["Project-URL"] = address
    return found


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(atlas.DOCS, raising=False)
    monkeypatch.setattr(atlas, "metadata", lambda name: project("Paper, https://paper.example"))


def test_without_an_address_there_is_no_link(run_folder: Path) -> None:
    document = json.loads((run_folder / "summary.json").read_text(encoding="utf-8"))
    assert "in the atlas" not in run_page(document)
    assert atlas.page_of("rate.ista") == ""


def test_each_theorem_of_the_catalogue_links_its_page(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(atlas.DOCS, 'https://docs.example/"/')
    document = json.loads((run_folder / "summary.json").read_text(encoding="utf-8"))
    document["theorems"][0]["id"] = "mine.theorem"
    page = run_page(document)
    assert page.count(">in the atlas</a>") == len(document["theorems"]) - 1
    ista = 'href="https://docs.example/&#34;/atlas/rate.ista.html" rel="noreferrer">in the atlas'
    assert ista in page


def test_the_project_says_the_address_and_the_environment_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = project("Paper, https://paper.example", "Documentation, https://docs.example/")
    monkeypatch.setattr(atlas, "metadata", lambda name: said)
    assert atlas.page_of("rate.ista") == "https://docs.example/atlas/rate.ista.html"
    monkeypatch.setenv(atlas.DOCS, str(tmp_path))
    assert atlas.page_of("rate.ista") == f"{tmp_path.as_uri()}/atlas/rate.ista.html"


def test_a_checkout_that_is_not_installed_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Message:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(atlas, "metadata", absent)
    assert atlas.documentation() == ""


@pytest.mark.parametrize("given", ["javascript:alert(1)", "no/such/folder", "docs.example"])
def test_anything_else_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(atlas.DOCS, given)
    with pytest.raises(InputError, match="or the folder of a built site"):
        atlas.page_of("rate.ista")


def test_a_check_refuses_it_before_there_is_any_work_to_lose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(atlas.DOCS, "nowhere")
    assert main(["check", "uniqueness.spark", "--out", str(tmp_path / "run")]) == 2
    assert atlas.DOCS in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
