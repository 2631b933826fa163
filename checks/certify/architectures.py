"""Which architecture an autoencoder has, and what of its settings changes what its encoder does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.certify.autoencoder import Autoencoder
from sparsebound.checks.certify.conversion import real
from sparsebound.checks.certify.layouts import FileLayout, layouts_of, parts_of
from sparsebound.checks.certify.settings import integer
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.arithmetic.ball import UNIT
from sparsebound.theory.errors import InputError

KNOWN = ("relu", "topk", "standard", "gated", "autoencoder")
"""Words of which one is in the name of every architecture that is read."""

PLAIN = (None, False, "", "none", "None", "inference")
"""What settings say where signals are as they are."""

SCALED = ("expected_average_only_in", "dataset-wise")
"""What they say where all signals are multiplied by one number, which they may not state."""

BY_NORMS = ("sparsity_include_decoder_norm", "rescale_acts_by_decoder_norm")
"""Settings by which units are multiplied by the norms of atoms before they are compared."""

SIZES = (
    ("d_sae", "dict_size", "trainer.dict_size", "num_latents", "n_latents"),
    ("d_in", "activation_dim", "trainer.activation_dim", "n_inputs"),
)
"""Settings that state how many atoms there are, and their length."""

LOGARITHMS = ("activation_function.log_jumprelu_threshold", "log_threshold")
"""Names of the logarithms of thresholds."""

MULTIPLIED = "signals and codes are those after the number that its settings multiply them by"

ROUNDED_EXP = 8 * UNIT
"""Relative error of an exponential function of float64 and a product with it, and some to spare."""


@dataclass(frozen=True)
class Thresholds:
    """Above which units are active, how far these may be off, and the biases that go with them."""

    above: FloatArray | None
    bias: FloatArray
    rounding: FloatArray


def autoencoder(
    found: Mapping[Any, Any], settings: Mapping[str, Any], array: str | None = None
) -> tuple[str, str, Autoencoder] | None:
    """Recognise an autoencoder, the only one of a file or that of an array, nested or not.

    Parameters
    ----------
    found : mapping
        The arrays of a file.
    settings : mapping
        What is said beside them.
    array : str, optional
        Which one is meant, by the name of its decoder.

    Returns
    -------
    tuple or None
        The name of the decoder, whether atoms are its rows or its columns, and the encoder.

    Examples
    --------
    >>> parts = {"W_dec": np.eye(3, 2), "W_enc": np.eye(2, 3), "b_enc": np.zeros(3)}
    >>> name, atoms, found = autoencoder({f"model.{end}": parts[end] for end in parts}, {"k": 2})
    >>> name, atoms, found.architecture, found.k
    ('model.W_dec', 'rows', 'topk', 2)
    """
    groups: dict[str, dict[str, Any]] = {}
    for name, value in found.items():
        parts = str(name).split(".")
        for at in range(len(parts)):
            group = "".join(f"{part}." for part in parts[:at])
            groups.setdefault(group, {})[".".join(parts[at:])] = value
    known = [
        (group, inside, layouts)
        for group, inside in groups.items()
        if (layouts := layouts_of(inside))
    ]
    if array is not None:
        known = [one for one in known if f"{one[0]}{one[2][0].decoder}" == array]
    if len(known) != 1:
        return None
    ((group, inside, (layout, *_)),) = known
    made = read_autoencoder(layout, inside, settings, *parts_of(layout, inside))
    return f"{group}{layout.decoder}", layout.decoder_atoms, made


def read_autoencoder(
    layout: FileLayout,
    found: Mapping[str, Any],
    settings: Mapping[str, Any],
    rows: np.ndarray,
    units: np.ndarray,
) -> Autoencoder:
    """Read an autoencoder.

    Parameters
    ----------
    layout : FileLayout
        How its file is laid out.
    found, settings : mapping
        The arrays, by the names that the layout has, and what is said beside them.
    rows, units : ndarray, shape (n, m)
        The atoms, and the weights of the encoder.
    """
    n, m = rows.shape
    _compare(settings, rows.shape, layout.decoder)
    words = _words(settings) or layout.architecture
    k = _units(found.get(layout.k)) or _units(
        first(settings, "k", "activation_fn_kwargs.k", "activation_state_dict.k", "trainer.k")
    )
    stated = found.get(layout.thresholds)
    logarithms = first(found, *LOGARITHMS)
    if stated is None:
        stated = first(settings, "jump_relu_threshold") if logarithms is None else logarithms
    architecture = _architecture(words, k, stated is not None, gated=layout.gate in found)
    if architecture == "gated":
        thresholds = _of_gates(layout, found, n)
    else:
        bias = vector(found.get(layout.encoder_bias), n, layout.encoder_bias)
        thresholds = _thresholds(bias, stated, logarithm=stated is logarithms)
    if first(settings, *BY_NORMS):
        thresholds = _over_norms(thresholds, rows)
    gemma = layout.encoder == "W_enc" and stated is not None and k is None
    decoder_bias = vector(found.get(layout.decoder_bias), m, layout.decoder_bias)
    return Autoencoder(
        architecture,
        real(units, f"{layout.encoder} of the autoencoder")[0],
        thresholds.bias,
        decoder_bias if _subtracts(layout, settings, words, gemma) else np.zeros(m),
        decoder_bias,
        thresholds.above,
        k,
        layout.name,
        thresholds.rounding,
        _unlike(layout, found, settings, words, architecture, k),
        MULTIPLIED if _normalised(settings) in SCALED else None,
    )


def _compare(settings: Mapping[str, Any], shape: tuple[int, ...], decoder: str) -> None:
    """Compare the size that settings state with that of the decoder, of which they may not be.

    Raises
    ------
    InputError
        If they differ.
    """
    for names, there, what in zip(SIZES, shape, ("atoms", "entries an atom"), strict=True):
        for name in names:
            stated = settings.get(name)
            if isinstance(stated, int) and stated > 0 and stated != there:  # 0: not used
                expected = f"{there}, the {what} of {decoder} (are they of the same autoencoder?)"
                raise InputError(f"{name} in the settings", stated, expected)


def first(settings: Mapping[str, Any], *names: str) -> Any:
    """The first of some settings, or arrays, that is there."""
    return next((settings[name] for name in names if name in settings), None)


def _words(settings: Mapping[str, Any]) -> str:
    """What is said of the architecture, in small letters without marks between."""
    said = (
        first(settings, "architecture", "architecture_name", "act_fn", "activation_fn"),
        first(settings, "activation_fn_str", "trainer.dict_class", "activation"),
    )
    words = " ".join(str(one) for one in said if one)
    return words.lower().replace("_", "").replace("-", "")


def _architecture(words: str, k: int | None, thresholds: bool, *, gated: bool) -> str:
    """Name an architecture.

    Examples
    --------
    >>> _architecture("", 32, False, gated=False), _architecture("groupmax", 32, False, gated=False)
    ('topk', 'groupmax')
    """
    if words and not any(known in words for known in KNOWN):
        return words
    if gated:
        return "gated"
    if "batch" in words and "topk" in words:
        return "batchtopk"
    if "topk" in words or (k is not None and not thresholds):
        return "topk"
    if thresholds and k is not None:
        return "batchtopk"
    return "jumprelu" if "jumprelu" in words or thresholds else "standard"


def _of_gates(layout: FileLayout, found: Mapping[str, Any], n: int) -> Thresholds:
    """Of a gated one, where ``v + b_gate`` and ``exp(r_mag) v + b_mag`` are both positive."""
    bias = vector(found.get(layout.gate), n, layout.gate)
    size, scale = found.get(layout.magnitude), found.get(layout.magnitude_scale)
    if size is None or scale is None:
        return Thresholds(None, bias, np.zeros(n))
    scales = np.exp(-vector(scale, n, layout.magnitude_scale))
    magnitude = vector(size, n, layout.magnitude) * scales
    rounding = np.abs(magnitude) * ROUNDED_EXP
    return Thresholds(-np.minimum(bias, magnitude), np.zeros(n), rounding)


def _thresholds(bias: FloatArray, stated: Any, *, logarithm: bool) -> Thresholds:
    """Where all units with ``v`` above a threshold are active that is positive, or else 0."""
    zero = np.zeros(len(bias))
    if stated is None:
        return Thresholds(None, bias, zero)
    above = vector(stated, len(bias), "threshold")
    if logarithm:
        above = np.exp(above)
        return Thresholds(above, bias, above * ROUNDED_EXP)
    return Thresholds(np.maximum(above, 0), bias, zero)


def _over_norms(thresholds: Thresholds, rows: np.ndarray) -> Thresholds:
    """Divide thresholds by the norms of atoms, where units are multiplied by them."""
    if thresholds.above is None:
        return thresholds
    norms = np.linalg.norm(np.asarray(rows, dtype=np.float64), axis=1)
    norms[norms == 0] = 1  # of units that are never active
    above = thresholds.above / norms
    rounding = thresholds.rounding / norms + above * (rows.shape[1] + 8) * UNIT
    return Thresholds(above, thresholds.bias, rounding)


def _subtracts(layout: FileLayout, settings: Mapping[str, Any], words: str, gemma: bool) -> bool:
    """Whether the decoder's bias is subtracted from signals first: where settings do not say so.

    Files of Gemma Scope have no settings, and it is not; nor in that of dictionary_learning's
    which is made to read them.
    """
    said = first(settings, "apply_b_dec_to_input", "apply_decoder_bias_to_pre_encoder")
    if said is not None:
        return bool(said)
    return layout.subtracts and not (gemma and (not settings or "jumpreluautoencoder" in words))


def _normalised(settings: Mapping[str, Any]) -> Any:
    return first(settings, "normalize_activations", "norm_activation")


def _unlike(
    layout: FileLayout,
    found: Mapping[str, Any],
    settings: Mapping[str, Any],
    words: str,
    architecture: str,
    k: int | None,
) -> str | None:
    """Why the encoder does not see what the decoder writes, or does something else with it."""
    places = first(settings, "hook_point_in"), first(settings, "hook_point_out")
    kinds = f"{words} {first(settings, 'type') or ''}".lower()
    across = None not in places and places[0] != places[1]
    across |= "transcoder" in kinds or "crosscoder" in kinds or "W_skip" in found
    across |= bool(first(settings, "transcode", "is_transcoder", "skip_connection"))
    normalised = _normalised(settings)
    if across:
        return "it reads other signals than the decoder writes"
    if normalised not in (*PLAIN, *SCALED):
        return f"it reads each signal normalised ({normalised})"
    if layout.normalises and architecture == "topk":
        return "it reads each signal normalised"
    if first(settings, *BY_NORMS) and "topk" in architecture:
        return "its units are multiplied by the norms of atoms"
    if architecture == "topk" and k is None:
        return "how many units it keeps is not said (as k in a cfg.json beside it)"
    if "W_E_glu" in found:
        return "its units are multiplied by gates"
    if "jumprelu" in words and first(found, layout.thresholds, *LOGARITHMS) is None:
        return None if "jump_relu_threshold" in settings else "its thresholds are not in the file"
    if words and not any(known in words for known in KNOWN):
        return f"of the architecture {words} nothing is known"
    return None


def _units(value: Any) -> int | None:
    """How many units are kept, if one number is stated.

    Raises
    ------
    InputError
        If it is no number of units.
    """
    if value is None or isinstance(value, str) or np.size(value) != 1:
        return None
    found = np.asarray(value).item()
    whole = int(found) if isinstance(found, float) and found.is_integer() else found
    return integer("k of the autoencoder", whole, 1, "an integer above 0")


def vector(value: Any, length: int, name: str) -> np.ndarray:
    """A vector of some length, zeros where nothing is; one number stands for all entries.

    Raises
    ------
    InputError
        If it is of another length, or does not hold finite real numbers.

    Examples
    --------
    >>> vector(None, 2, "b_dec").tolist(), vector([0.5], 2, "threshold").tolist()
    ([0.0, 0.0], [0.5, 0.5])
    """
    if value is None:
        return np.zeros(length)
    label = f"{name} of the autoencoder"
    found = real(np.atleast_1d(np.asarray(value)).ravel(), label)[0].astype(np.float64)
    if found.size == 1:
        return np.full(length, found[0])
    if found.size != length:
        raise InputError(label, found.shape, f"{length} numbers")
    return found
