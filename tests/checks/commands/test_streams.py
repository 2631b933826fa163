"""Standard streams that are closed or full: the exit status still says how it went."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = f"exec {sys.executable} -m sparsebound"


def status(words: str) -> int:
    return subprocess.run(["sh", "-c", f"{COMMAND} {words}"], timeout=120, check=False).returncode


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("explain rate.ista >&-", 0),
        ("explain rate.ista >&- 2>&- <&-", 0),
        ("certify nowhere.npy 2>&-", 2),
        ("certify nowhere.npy 2>/dev/full", 2),
        ("--help >/dev/full", 2),
    ],
)
def test_a_stream_that_cannot_be_written(words: str, expected: int) -> None:
    assert status(words) == expected
