"""What is planted for pursuits and thresholding; importing it adds to the tables."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence.pursuits import EvenCode
from tests.theorems.planting import FAR, PLANTS, Plants, altered


def even_code(found: EvenCode, code: int) -> Plants:
    """A signal that is 0, or one far away; a code on all atoms, or a much more uneven one."""
    yield "nothing", altered(found, code, signals=0.0)
    yield "far", altered(found, code, signals=lambda signals: signals + FAR)
    yield "every", altered(found, code, codes=FAR)
    uneven = found.codes[code].copy()
    uneven[np.flatnonzero(uneven)[:1]] *= FAR
    yield "uneven", altered(found, code, codes=uneven)


PLANTS[EvenCode] = even_code
