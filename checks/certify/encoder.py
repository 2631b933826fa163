"""The encoder of a sparse autoencoder: on which codes its one layer finds the right units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.autoencoder import Autoencoder
from sparsebound.checks.certify.settings import Settings
from sparsebound.checks.certify.supports import dense, len_of, rows_at_once
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.guarantees.encoder import (
    GAP,
    THEOREM,
    EncoderAt,
    EncoderRows,
    SparseCode,
    alike,
    at_sparsity,
    gap_of_any_weights,
)
from sparsebound.theory.guarantees.supports import UNIT

SPARSITIES = (1, 2, 4, 8, 16, 32)
"""At which it is said what holds."""

COLUMNS_AT_ONCE = 1024
"""Units whose products with all atoms are computed in one go."""

RIGHT, WRONG, OPEN_CODE = 1, -1, 0


@dataclass(frozen=True)
class EncodedCodes:
    """What the encoder makes of codes: of ``D x``, how many supports come back.

    ``each`` has 1 for a code whose active units are surely its support, -1 for one where they
    surely are not, 0 where rounding decides.
    """

    asked: int
    right: int
    wrong: int
    undecided: int
    each: np.ndarray = field(repr=False, compare=False)


@dataclass(frozen=True)
class CertifiedEncoder:
    """What is certified of an encoder; ``reason`` says what does not apply to it.

    ``gap_theorem`` is behind the bounds on what its units leave, where each of them answers to what
    it sees alone.
    """

    architecture: str
    k: int | None
    theorem: str
    gap_theorem: str
    reason: str | None
    at: tuple[EncoderAt, ...]
    codes: EncodedCodes | None


def certify_encoder(
    atoms: Atoms, autoencoder: Autoencoder, codes: Any, settings: Settings
) -> CertifiedEncoder:
    """Certify an encoder for all codes of a sparsity, and for codes one by one.

    Parameters
    ----------
    atoms : Atoms
        The decoder.
    autoencoder : Autoencoder
        Its encoder.
    codes : ndarray or sparse array, shape (B, n), optional
        Codes, of which the nonnegative ones are asked about.
    settings : Settings
        Amplitude and noise.

    Examples
    --------
    >>> rows, zero = np.eye(2), np.zeros(2)
    >>> plain = Autoencoder("standard", rows, zero - 0.25, zero, zero, None, None, "")
    >>> found = certify_encoder(Atoms(rows, "rows", ""), plain, np.eye(2), Settings(None, 1, 0, 1))
    >>> found.codes.right, found.at[0].smallest is not None
    (2, True)
    """
    W, D = autoencoder.encoder, np.asarray(atoms.rows)
    n, m = D.shape
    kept = np.setdiff1d(np.arange(len(W)), atoms.dropped)
    W, bias = np.asarray(W)[kept], autoencoder.encoder_bias[kept]
    theta = np.zeros(n) if autoencoder.thresholds is None else autoencoder.thresholds[kept]
    largest = [s for s in SPARSITIES if s < n]
    rows = _rows(W, D, max(largest, default=0))
    by_threshold = autoencoder.architecture in ("standard", "jumprelu", "gated")
    shift = autoencoder.decoder_bias - autoencoder.input_bias
    moved = W.astype(np.float64) @ shift
    slack = (m + 2) * UNIT * (np.abs(W).astype(np.float64) @ np.abs(shift)) + np.abs(moved) * UNIT
    slack += 0 if autoencoder.rounding is None else autoencoder.rounding[kept]
    room = theta - bias - moved if by_threshold else None
    noise = settings.noise + float((slack + (np.abs(theta) + np.abs(bias)) * 4 * UNIT).max())
    return CertifiedEncoder(
        autoencoder.architecture,
        autoencoder.k,
        THEOREM,
        GAP,
        None if by_threshold else "its units are compared with each other, not with thresholds",
        tuple(
            _with_gap(at_sparsity(rows, s, room, noise, settings.amplitude), by_threshold, W, D)
            for s in largest
        ),
        None if codes is None else _encoded(W, D, bias + moved, theta, slack, autoencoder, codes),
    )


def _with_gap(found: EncoderAt, alone: bool, W: np.ndarray, D: np.ndarray) -> EncoderAt:
    """Add the two codes that its worst unit confuses; units that are compared have no such gap."""
    if not alone:
        return replace(found, gap=None, gap_unit=None)
    n, m = D.shape
    least = gap_of_any_weights(m, n, found.sparsity)
    unit = found.gap_unit
    if not found.gap or unit is None:
        return replace(found, gap_of_any_weights=least)
    row = W[unit].astype(np.float64) @ D.T.astype(np.float64)
    own, row[unit] = float(row[unit]), 0.0
    pair = alike(row, own, unit, found.sparsity, 1.0)
    first, second = (_entries(code) for code in pair)
    return replace(found, gap_of_any_weights=least, alike=(first, second))


def _entries(code: FloatArray) -> SparseCode:
    return tuple((int(atom), float(code[atom])) for atom in np.flatnonzero(code))


def _rows(W: np.ndarray, D: np.ndarray, most: int) -> EncoderRows:
    """Sort the rows of ``W^T D``, units at once; sums are rounded up, the diagonal down."""
    n, m = D.shape
    own, own_width, width = np.empty(n), np.empty(n), np.zeros((n, most + 1))
    positive, negative = np.zeros((n, most + 1)), np.zeros((n, most + 1))
    lengths = np.linalg.norm(D.astype(np.float64), axis=1)
    for start in range(0, n, COLUMNS_AT_ONCE):
        part = slice(start, start + COLUMNS_AT_ONCE)
        block = W[part].astype(np.float64)
        products = block @ D.T.astype(np.float64)
        sizes = np.linalg.norm(block, axis=1)
        error = (m + 4) * UNIT * sizes * (1 + 2.0**-20)  # times the norm of an atom
        diagonal = (np.arange(len(block)), start + np.arange(len(block)))
        own[part] = products[diagonal] - error * lengths[part]
        own_width[part] = 2 * error * lengths[part] * (1 + 2.0**-20)
        products[diagonal] = 0
        extra = error[:, None] * lengths.max() * np.arange(most + 1)
        for found, signed in ((positive, products), (negative, -products)):
            top = np.partition(signed, -most, axis=1)[:, -most:] if most < n else signed
            top = np.sort(np.maximum(top, 0), axis=1)[:, ::-1]
            found[part, 1 : top.shape[1] + 1] = np.cumsum(top, axis=1)
            found[part] = (found[part] + extra) * (1 + 2.0**-40)
            short = 2 * extra * (1 + 2.0**-20) + 2.0**-38 * found[part]
            width[part] = np.maximum(width[part], short)
    return EncoderRows(own, positive, negative, own_width, width)


def _encoded(
    W: np.ndarray,
    D: np.ndarray,
    bias: FloatArray,
    theta: FloatArray,
    slack: FloatArray,
    autoencoder: Autoencoder,
    codes: Any,
) -> EncodedCodes:
    """Decide which units are active on ``D x`` for each nonnegative code."""
    n, m = D.shape
    each = np.zeros(len_of(codes), dtype=np.int8)
    asked = np.zeros(len_of(codes), dtype=bool)
    sizes, lengths = (np.linalg.norm(one.astype(np.float64), axis=1) for one in (W, D))
    for start in range(0, len(each), rows_at_once(codes)):
        X = dense(codes, start, start + rows_at_once(codes)).astype(np.float64)
        part = slice(start, start + len(X))
        asked[part] = (X >= 0).all(axis=1) & (autoencoder.architecture != "batchtopk")
        v = (X @ D.astype(np.float64)) @ W.T.astype(np.float64) + bias
        weight = (np.abs(X) @ lengths)[:, None]
        error = (n + m + 8) * UNIT * (weight * sizes + np.abs(bias)) + slack
        error = error * (1 + 2.0**-20) + 2 * UNIT * np.abs(theta)
        on = X > 0
        if autoencoder.architecture == "topk":
            each[part] = _top(v, error, on, autoencoder.k)
        else:
            above, below = v - error > theta, v + error <= theta
            right = np.where(on, above, below).all(axis=1)
            wrong = np.where(on, below, above).any(axis=1)
            each[part] = np.where(right, RIGHT, np.where(wrong, WRONG, OPEN_CODE))
    right, wrong, open_ = (int((each[asked] == one).sum()) for one in (RIGHT, WRONG, OPEN_CODE))
    return EncodedCodes(int(asked.sum()), right, wrong, open_, each)


def _top(v: FloatArray, error: FloatArray, on: np.ndarray, k: int | None) -> np.ndarray:
    """Whether the ``k`` largest units, as far as they are positive, are those of the code."""
    least = np.where(on, v - error, np.inf).min(axis=1)
    other = np.where(on, -np.inf, v + error).max(axis=1)
    count = on.sum(axis=1)
    full = count == k if k is not None else np.ones(len(v), dtype=bool)
    right = (least > 0) & np.where(full, least > other, other <= 0)
    right &= (count <= k) if k is not None else True
    most, beside = np.where(on, v + error, np.inf), np.where(on, -np.inf, v - error)
    wrong = (most.min(axis=1) < np.maximum(beside.max(axis=1), 0)) & full
    wrong |= most.min(axis=1) < 0
    if k is not None:  # others fill up what a code of fewer nonzeros leaves
        wrong |= (count > k) | ((count < k) & (np.where(on, -np.inf, v - error).max(axis=1) > 0))
    return np.where(right, RIGHT, np.where(wrong, WRONG, OPEN_CODE))
