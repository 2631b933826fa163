"""No attacked signal is inside a certified radius; and one that would be is seen.

The 10^5 pairs of ``tests.quality.radii_against_attacks`` in small.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.predictions import certify_signals
from tests.quality import radii_against_attacks as command


@pytest.mark.parametrize("part", range(3))
def test_no_attacked_signal_is_inside_a_radius(part: int) -> None:
    found = command.check_part(17, 12 * part, 12)
    assert found.cases == 12
    assert found.false == 0
    assert set(found.stated) == {command.BY_THEOREM, command.BY_COMMAND}
    assert min(found.stated.values()) > 70


def test_a_radius_that_is_too_large_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def optimistic(*asked: Any) -> Any:
        found = certify_signals(*asked)
        wider = tuple(replace(one, radius=2 * (one.radius or 0.0)) for one in found.signals)
        return replace(found, signals=wider)

    monkeypatch.setattr(command, "certify_signals", optimistic)
    found = command.check_part(17, 0, 3)
    assert found.wrong[command.BY_COMMAND] > 10
    assert not found.wrong[command.BY_THEOREM]
    _, text, again = found.shown[command.BY_COMMAND][0]
    assert (text, again) == ("signal 0", "radii_against_attacks --seed 17 --first 0 --count 1")


@pytest.mark.parametrize("mutant", ["R -> 1.05 R", "no atom enters"])
def test_a_theorem_that_says_too_much_is_seen(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decide, changes = command.decide, command.THEOREM.mutant(mutant).changes
    monkeypatch.setattr(command, "decide", lambda *given: decide(*given, changes))
    assert command.check_part(17, 0, 12).wrong[command.BY_THEOREM] > 0


def test_a_case_is_determined_by_its_number() -> None:
    first, second = command.case(3, 5), command.case(3, 5)
    assert np.array_equal(first.codes.D.data, second.codes.D.data)
    assert np.array_equal(first.codes.E, second.codes.E)
    assert first.settings == second.settings
