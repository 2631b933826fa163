"""Codes on which orthogonal matching pursuit goes astray."""

from __future__ import annotations

from sparsebound.theory.instance import Instance


def tie_at_the_first_step(size: int) -> Instance:
    """The same atom twice, and the second in the code: a pursuit may take the first."""
    return Instance([[1, 1]], [[0, size]])


def astray_at_the_second_step(size: int) -> Instance:
    """Whose first pick is right, and whose second is not.

    ``e_1`` is picked first; of what is left, the third atom has a part that the second has not.
    """
    return Instance([[1, 12, 4], [0, 5, 3]], [[26 * size, 1, 0]])
