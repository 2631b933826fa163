"""What is said of a release, in each place where somebody reads it: all of it the same."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from tests.quality.release import SAID, main, set_version, versions, wrong

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def spaced(requirement: str) -> str:
    """A requirement as conda writes it."""
    return re.sub(r"^([\w-]+)(?:\[.*\])?(?=[<>=~!])", r"\1 ", requirement)


def test_the_recipe_requires_what_the_project_requires() -> None:
    recipe, project = loaded("recipe/recipe.yaml"), PROJECT["project"]
    python = f"python {project['requires-python']}"
    assert recipe["requirements"]["run"] == [python, *map(spaced, project["dependencies"])]
    builds = [spaced(name) for name in PROJECT["build-system"]["requires"]]
    assert recipe["requirements"]["host"] == [python, "pip", *builds]
    entries = [f"{name} = {place}" for name, place in project["scripts"].items()]
    assert recipe["build"]["python"]["entry_points"] == entries
    assert recipe["package"] == {"name": project["name"], "version": "${{ version }}"}
    about = recipe["about"]
    assert (about["summary"], about["license"]) == (project["description"], project["license"])
    assert [about["license_file"]] == project["license-files"]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (*SAID, "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_version_is_the_same_everywhere_and_set_everywhere(copied: Path) -> None:
    version = PROJECT["project"]["version"]
    assert versions() == dict.fromkeys(SAID, version)
    assert wrong(f"v{version}") == []
    before = {name: (copied / name).read_text("utf-8").splitlines() for name in SAID}
    set_version("9.8.7rc1", copied)
    assert versions(copied) == dict.fromkeys(SAID, "9.8.7rc1")
    for name, lines in before.items():
        after = (copied / name).read_text("utf-8").splitlines()
        changed = [new for old, new in zip(lines, after, strict=True) if old != new]
        assert all("9.8.7rc1" in line or line.startswith("date-released: 2") for line in changed)
    with pytest.raises(SystemExit, match="is no version"):
        set_version("next", copied)


def test_what_keeps_it_from_being_a_release_is_said(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--tag", "v0.0.1"]) == 1
    assert "the tag is v0.0.1; expected v" in capsys.readouterr().err
    recipe = copied / "recipe" / "recipe.yaml"
    recipe.write_text(re.sub(r'version: "[\d.]+"', 'version: "7.7"', recipe.read_text("utf-8")))
    assert wrong(None, copied) == ["recipe/recipe.yaml says 7.7"]
    set_version("9.9.9", copied)
    assert wrong("v9.9.9", copied) == ["CHANGELOG.md has no section of 9.9.9 with its date"]


def test_zenodo_is_told_what_the_citation_says() -> None:
    zenodo, citation = json.loads((ROOT / ".zenodo.json").read_text()), loaded("CITATION.cff")
    assert zenodo["title"] == citation["title"]
    assert zenodo["description"] == citation["abstract"]
    assert zenodo["creators"] == [{"name": author["name"]} for author in citation["authors"]]
    assert zenodo["keywords"] == citation["keywords"] == PROJECT["project"]["keywords"]
    assert zenodo["license"] == citation["license"] == PROJECT["project"]["license"]
    (related,), (reference,) = zenodo["related_identifiers"], citation["references"]
    number = related["identifier"].removeprefix("arXiv:")
    assert reference["url"].endswith(f"/{number}")
    assert PROJECT["project"]["urls"]["Paper"] == reference["url"]
    assert "version" not in zenodo  # it takes that of the tag


def test_an_index_shows_no_image_and_no_link_that_is_not_there() -> None:
    pytest.importorskip("hatchling")
    from hatch_build import anywhere

    shown = anywhere(README)
    tokens = [
        child
        for token in MarkdownIt("commonmark").enable("table").parse(shown)
        for child in (token, *(token.children or []))
    ]
    assert not [token for token in tokens if token.type in ("image", "html_block", "html_inline")]
    links = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    assert [link for link in links if not link.startswith("https://")] == []
    fenced = re.compile(r"^```.*?^```$", re.M | re.S)
    assert fenced.findall(shown) == fenced.findall(README)
    assert shown.count("*Picture: ") == len(re.findall(r"^!\[", README, re.M))
    assert len(shown) > len(README) / 2


def test_a_tag_is_built_checked_and_uploaded_without_a_password() -> None:
    workflow = loaded(".github/workflows/release.yml")
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # YAML takes `on` for true
    assert workflow["permissions"] == {"contents": "read"}
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert build["if"] == "github.repository == 'OWNER/sparsebound'"  # nothing happens here
    assert publish["needs"] == "build"
    assert publish["permissions"] == {"id-token": "write"}
    steps = {step.get("name", step.get("uses")): step for step in build["steps"]}
    run = steps["Build and check"]["run"]
    assert "${{" not in run  # a tag is data, never part of a script
    assert 'tox -qq -e release -- --tag "$TAG"' in run
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    command = tox["testenv:release"]["commands"]
    assert command == "python -m tests.quality.release {posargs}"
    assert {"build", "hatchling", "twine"} == set(tox["testenv:release"]["deps"].split())
    kept = [
        step["with"] for step in (*build["steps"], *publish["steps"]) if "artifact" in str(step)
    ]
    assert [(step["name"], step["path"]) for step in kept] == [("dist", "dist/")] * 2
    assert not re.search(r"password|secrets\.", str(workflow))
