"""Steps of pursuits that fit again, as far from the code as they can be; by size."""

from __future__ import annotations

from sparsebound.theory.instance import Instance


def longer_and_shorter_atom(size: int) -> Instance:
    """Two atoms of squared norms 11 and 9, at 3 to each other, and a code on the longer one."""
    return Instance([[3, 0], [1, 3], [1, 0]], [[size, 0]])
