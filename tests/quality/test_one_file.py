"""A theorem, or a family of dictionaries, is added by adding one file: in a copy, then tested."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("src", "theory", "checks", "reports", "tests", "examples", "docs", ".ci")
FAMILY = '''"""A family that is added: two rows of integers."""

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.families.family import Family


def two_rows(atoms: int) -> np.ndarray:
    return np.vstack([np.ones(atoms), np.arange(atoms)])


FAMILIES = (
    Family(
        "two_rows",
        "Two rows",
        two_rows,
        lambda limit: st.fixed_dictionaries({"atoms": st.integers(1, limit)}),
        complexity=45,
    ),
)
'''


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with a further theorem, which is the template, and a further family."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignored)
    for file in (*ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "tox.ini"):
        shutil.copy(file, folder)
    shutil.copy(ROOT / "examples" / "template.py", folder / "theory/dictionary/two_isometry.py")
    (folder / "checks/families/two_rows.py").write_text(FAMILY)
    return folder


def passes(folder: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    return done.stdout.splitlines()[-1]


def test_tests_that_walk_the_catalogue_take_a_theorem_in(copied: Path) -> None:
    last = passes(
        copied,
        "-k",
        "two_isometry or template or catalogue or exported or names",
        "tests/theorems",
        "tests/quality/test_strategies.py",
        "tests/quality/test_planted_bugs.py",
        "tests/quality/test_documents.py",
        "tests/checks/test_evidence.py",
        "src/sparsebound/theory/dictionary/two_isometry.py",
    )
    assert int(last.split()[0]) >= 8, last


def test_tests_that_walk_the_families_take_one_in(copied: Path) -> None:
    last = passes(copied, "tests/checks/families", "-k", "two_rows or families or listed or order")
    assert int(last.split()[0]) >= 6, last


def test_tests_of_whole_lists_stand(copied: Path) -> None:
    """Those that compare what is found with something that is written down."""
    last = passes(
        copied,
        *("tests/quality/test_names.py", "tests/quality/test_mutations.py"),
        *("tests/theorems/test_batches.py", "-k", "provider or name or list"),
    )
    assert int(last.split()[0]) >= 2, last
