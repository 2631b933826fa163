"""A sparse autoencoder as files hold it: a dictionary with the layer that looks for codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ARCHITECTURES = ("standard", "topk", "batchtopk", "jumprelu", "gated")
"""How a code follows from ``v = W^T (y - b_dec) + b``: its positive part; the k largest of it, of
one signal or of a batch; what is above a threshold; what is above zero by two biases at once."""


@dataclass(frozen=True)
class Autoencoder:
    """What an autoencoder's file says beside its dictionary; unit ``i`` belongs to atom ``i``.

    Attributes
    ----------
    architecture : str
        One of :data:`ARCHITECTURES`.
    encoder : ndarray, shape (n, m)
        Row ``i`` is ``w_i``, which is multiplied with the signal.
    encoder_bias : ndarray, shape (n,)
        What is added before units are compared with thresholds.
    input_bias : ndarray, shape (m,)
        What is subtracted from a signal before the encoder sees it; zeros if nothing is.
    decoder_bias : ndarray, shape (m,)
        What is added to ``D x``.
    thresholds : ndarray, shape (n,), optional
        Above which units are active; None for zero.
    k : int, optional
        How many units are kept, if a number is stated.
    layout : str
        By what the file was recognised, such as "SAELens".
    rounding : ndarray, shape (n,), optional
        By how much thresholds may be off that were computed from what is stored.
    unlike : str, optional
        Why the encoder is not of the kind that is certified.
    note : str, optional
        What else is to be said of it.
    """

    architecture: str
    encoder: np.ndarray
    encoder_bias: np.ndarray
    input_bias: np.ndarray
    decoder_bias: np.ndarray
    thresholds: np.ndarray | None
    k: int | None
    layout: str
    rounding: np.ndarray | None = None
    unlike: str | None = None
    note: str | None = None
