"""Memory of the process: kept when it is freed, as the next array will want it again.

By default, the C library gives large arrays back to the system at once, and every page of the next
one is a fault: half of the time of operations on some 10,000 numbers.
"""

from __future__ import annotations

import ctypes

LARGEST_KEPT = 2**25
"""Bytes up to which an array is taken of memory that is kept: the most that glibc allows."""
KEPT = 2**28
"""Bytes of free memory that are kept."""
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""What the GNU C library calls these (``mallopt``)."""


def keep_memory() -> None:
    """Keep freed memory, where the C library can; elsewhere nothing happens.

    Examples
    --------
    >>> keep_memory()
    """
    try:
        library = ctypes.CDLL(None)
        library.mallopt(MMAP_THRESHOLD, LARGEST_KEPT)
        library.mallopt(TRIM_THRESHOLD, KEPT)
    except (OSError, AttributeError, TypeError):  # no GNU C library
        return
