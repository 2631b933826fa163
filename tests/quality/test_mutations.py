"""The mutations of our own source: found where code computes something, and applied as they say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.quality.mutation.__main__ import NAMED, SURVIVORS, judged, named, sample
from tests.quality.mutation.mutations import mutations
from tests.quality.mutation.trials import ROOT, Trial

SOURCE = '''"""Words."""

LIMIT = 3


def norm(x: int, *, strict: bool = True) -> int:
    """More words, 1 + 1."""
    if x < 0 and not strict:
        raise ValueError(f"x is {x + 1}")
    return abs(x) * (LIMIT - 1)
'''


def test_what_is_mutated(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(SOURCE)
    found = {m.name.split(": ")[1] for m in mutations(tmp_path, "module.py")}
    assert found == {
        "3 -> 4",
        "True -> False",
        "x < 0 -> x <= 0",
        "0 -> 1",
        "x < 0 and not strict -> x < 0 or not strict",
        "not strict -> strict",
        "abs(x) -> (x)",
        "abs(x) * (LIMIT - 1) -> abs(x) / (LIMIT - 1)",
        "LIMIT - 1 -> LIMIT + 1",
        "LIMIT - 1 -> LIMIT",
        "1 -> 2",
    }


def test_mutations_are_source_that_differs_in_one_place() -> None:
    for mutation in [*named(), *sample(200, seed=1)]:
        source = (ROOT / mutation.file).read_bytes()
        mutated = mutation.apply(source)
        assert mutated != source
        compile(mutated, mutation.file, "exec")


@pytest.mark.parametrize("path", [NAMED, SURVIVORS], ids=["named", "survivors"])
def test_lists_name_what_is_there(path: Path) -> None:
    for entry in tomllib.loads(path.read_text()).get("mutation", []):
        assert entry["old"] in (ROOT / entry["file"]).read_text(), entry


def test_the_score_counts_what_has_no_reason(capsys: pytest.CaptureFixture[str]) -> None:
    noticed = Trial("theory/verdict.py:1: 1 -> 2", "tests/theory/test_verdict.py::test_one", 1.0)
    unnoticed = Trial("theory/verdict.py:1: 2 -> 3", "", 1.0)
    assert judged([noticed] * 9 + [unnoticed]) == 0
    assert judged([noticed] * 8 + [unnoticed]) == 1
    assert (
        "not noticed: theory/verdict.py:1: 2 -> 3 (no reason is known)" in capsys.readouterr().out
    )
