"""Files and packages that extend the suite: theorems, families, providers, with their settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparsebound.checks import evidence, families, loading
from sparsebound.checks.commands.main import main
from sparsebound.checks.evidence import providers
from sparsebound.checks.families import FAMILIES
from sparsebound.theory.errors import InputError

pytest_plugins = ["pytester"]

EXTENSION = Path(__file__).parents[2] / "examples" / "extension.py"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Forget afterwards what was loaded."""
    known, further = dict(FAMILIES), dict(evidence._FURTHER)
    yield
    FAMILIES.clear()
    FAMILIES.update(known)
    evidence._FURTHER.clear()
    evidence._FURTHER.update(further)


def test_one_file_brings_a_theorem_a_family_and_a_provider() -> None:
    found = loading.load(str(EXTENSION))
    assert list(found) == ["conjecture.extension"]
    assert providers()["direction"].gives.__name__ == "Direction"
    assert list(FAMILIES).index("arrow") == list(FAMILIES).index("orthonormal") + 1
    assert list(loading.load(str(EXTENSION))) == ["conjecture.extension"]  # once more


@pytest.mark.parametrize("jobs", [1, 2])
def test_they_are_run(jobs: int, tmp_path: Path) -> None:
    words = ["check", "--load", str(EXTENSION), "--examples", "60", "--jobs", str(jobs)]
    assert main([*words, "--out", str(tmp_path / "run")]) == 0
    (theorem,) = json.loads((tmp_path / "run" / "summary.json").read_text())["theorems"]
    assert theorem["status"] == "held"
    assert theorem["instances"] == 60
    assert [mutant["refuted"] for mutant in theorem["mutants"]] == [True]


def test_settings_of_ones_own_are_replayed(capsys: pytest.CaptureFixture[str]) -> None:
    recipe = {
        "family": "arrow",
        "parameters": {"atoms": 3, "tail": 2},
        "codes": {"count": 0, "sparsity": 0},
        "settings": {"steps": 1},
    }
    words = ["check", "conjecture.extension", "--load", str(EXTENSION), "--replay"]
    ratios = set()
    for steps in (1, 16):
        recipe["settings"] = {"steps": steps}
        assert main([*words, json.dumps(recipe), "--json"]) == 0
        ratios.add(json.loads(capsys.readouterr().out)["codes"][0]["ratio"])
    assert len(ratios) == 2
    for settings, message in (
        ({"steps": 2}, "recipe.settings.steps is 2; expected one of [4, 1, 16]"),
        ({"stops": 4}, "recipe.settings is ['stops']; expected some of ['steps']"),
    ):
        recipe["settings"] = settings
        assert main([*words, json.dumps(recipe)]) == 2
        assert message in capsys.readouterr().err


def test_they_are_a_suite_in_pytest(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]")
    pytester.makepyfile(
        f"""
        import pytest
        from sparsebound.checks.pytest_plugin import check_theorem

        @pytest.mark.theorems(load=[{str(EXTENSION)!r}])
        def test_mine(theorem, record_property):
            assert check_theorem(theorem, record_property).holds >= 20
        """
    )
    run = pytester.runpytest_subprocess("--sparsebound-examples", "20", "-p", "no:cacheprovider")
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["conjecture.extension * mutants 1/1"])


def test_a_package_extends_by_an_entry_point(tmp_path: Path) -> None:
    """Installed as far as Python is concerned: a module, and metadata beside it."""
    module = tmp_path / "further" / "gershgorin.py"
    module.parent.mkdir()
    module.write_text(EXTENSION.read_text())
    metadata = tmp_path / "further-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: further\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[sparsebound.plugins]\nfurther = further.gershgorin\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sparsebound", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert "further.gershgorin" in command("list").stdout
    words = ["--examples", "20", "--jobs", "2", "--out", "run"]
    run = command("check", "further.gershgorin", *words)
    assert run.returncode == 0, run.stderr
    assert "1 of 1 mutant refuted" in run.stdout
    module.write_text("1/0")
    broken = command("list")
    assert broken.returncode == 2
    assert "the plugin further is 'further.gershgorin'; expected a module" in broken.stderr
    assert "ZeroDivisionError" in broken.stderr


TAKEN = """
from sparsebound.checks.families import Family
from sparsebound.checks.provider import Provider
from sparsebound.checks.families import FAMILIES
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("one = Provider('ista_run', int, lambda e, r: 1)", "'ista_run'; expected a provider"),
        ("one = Family('gaussian', 'x', len, len)", "'gaussian'; expected a family"),
        ("one = 1", "expected a file that defines a theorem, a family of dictionaries or a"),
    ],
)
def test_names_that_are_taken_and_files_of_no_use(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(TAKEN.replace("from sparsebound.checks.families import FAMILIES\n", "") + line)
    before = list(FAMILIES), list(providers())
    with pytest.raises(InputError, match=message):
        loading.load(str(file))
    assert (list(FAMILIES), list(providers())) == before


def test_two_providers_that_mean_different_things_by_a_setting() -> None:
    from dataclasses import replace

    from sparsebound.checks.provider import Provider, choice
    from sparsebound.theory.catalogue import catalogue
    from sparsebound.theory.theorem import Claim

    def claims(instance, ista_run, other):  # type: ignore[no-untyped-def]
        yield Claim("nothing", 0, 1)

    evidence.extend([Provider("other", int, lambda e, r: 1, (choice("start", 5),))], "test")
    theorem = replace(
        catalogue()["rate.ista"], claims=claims, premises=lambda instance: (), mutants=(), id="a.b"
    )
    with pytest.raises(InputError, match="setting is 'start'; expected one setting of that name"):
        evidence.settings_of(theorem)
    assert families.FAMILIES
