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


def test_tests_take_both_in(copied: Path) -> None:
    """Those that walk the catalogue or the families, and those of lists that are written down."""
    words = "two_isometry or template or catalogue or exported or names or two_rows or listed"
    words += " or families_that_fit or order_is or provider_is_asked or name_what_is_there"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0"),
            *("-k", words, "tests/theorems", "tests/checks/families"),
            "tests/checks/test_evidence.py",
            "tests/quality/test_documents.py",
            "tests/quality/test_mutations.py",
            "tests/quality/test_names.py",
            "tests/quality/test_planted_bugs.py",
            "tests/quality/test_strategies.py",
            "src/sparsebound/theory/dictionary/two_isometry.py",
        ],
        cwd=copied,
        env={**os.environ, "PYTHONPATH": str(copied / "src"), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    last = done.stdout.splitlines()[-1]
    assert int(last.split()[0]) >= 16, last
