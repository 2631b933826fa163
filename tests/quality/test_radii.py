"""No attacked signal is inside a certified radius; and one that would be is seen.

The 10^5 pairs of ``tests.quality.radii_against_attacks`` in small.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.signals import certified_signals
from tests.quality import certificates_against_brute_force
from tests.quality import radii_against_attacks as command


@pytest.mark.parametrize("part", range(3))
def test_no_attacked_signal_is_inside_a_radius(part: int) -> None:
    found = command.check_part(17, 4 * part, 4)
    assert found.cases == 4
    assert found.false == 0
    assert set(found.stated) == {command.BY_THEOREM, command.BY_COMMAND}
    assert min(found.stated.values()) > 130


def test_a_radius_that_is_too_large_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def optimistic(*asked: Any) -> Any:
        return (replace(one, radius=2 * (one.radius or 0.0)) for one in certified_signals(*asked))

    monkeypatch.setattr(command, "certified_signals", optimistic)
    found = command.check_part(17, 0, 3)
    assert found.wrong[command.BY_COMMAND] > 10
    assert not found.wrong[command.BY_THEOREM]
    _, text, again = found.shown[command.BY_COMMAND][0]
    assert (text, again) == ("signal 0", "radii_against_attacks --seed 17 --first 0 --count 1")


@pytest.mark.parametrize("mutant", ["R -> 1.05 R", "no atom enters"])
def test_a_theorem_that_says_too_much_is_seen(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decide, changes = command.decide, command.THEOREM.mutant(mutant).changes
    monkeypatch.setattr(command, "decide", lambda *given: decide(*given, changes))
    assert command.check_part(17, 0, 4).wrong[command.BY_THEOREM] > 0


def test_a_case_is_determined_by_its_number() -> None:
    first, second = command.case(3, 5), command.case(3, 5)
    assert np.array_equal(first.codes.D.data, second.codes.D.data)
    assert np.array_equal(first.codes.E, second.codes.E)
    assert first.settings == second.settings


def test_a_run_goes_on_from_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certificates_against_brute_force, "PART", 1)
    words = ["--seed", "17", "--jobs", "1", "--kept", str(tmp_path / "kept.json")]
    assert command.main([*words, "--count", "3", "--minutes", "0"]) == 0
    assert "1 cases" in capsys.readouterr().out  # one part, then the time was over
    assert command.main([*words, "--count", "3"]) == 0
    whole = command.check_part(17, 0, 3)
    assert f"3 cases, {whole.stated.total()} statements: 0 false" in capsys.readouterr().out
    # what was kept is of this seed alone
    assert command.main([*words, "--count", "1", "--seed", "18"]) == 0
    assert "1 cases" in capsys.readouterr().out
