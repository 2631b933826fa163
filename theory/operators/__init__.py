"""Convolutional dictionaries as linear operators, and what their filters alone tell.

Nothing here holds a matrix whose size grows with the square of the signal's length, apart from
:meth:`Convolution.matrix`, which refuses to above a few thousand atoms.
"""

from sparsebound.theory.operators.convolution import LARGEST_MATRIX, Convolution
from sparsebound.theory.operators.correlation import Correlation, correlation

__all__ = ["LARGEST_MATRIX", "Convolution", "Correlation", "correlation"]
