"""How known programs lay out a sparse autoencoder: one row a layout.

A layout is recognised by the names of the arrays. Shapes are checked, so that a file of another
program with the same names is not misread. Sources: the code and the files of SAELens, Gemma Scope,
dictionary_learning, sparsify (EleutherAI), Llama Scope, sparse_autoencoder (OpenAI), Goodfire.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.autoencoder import Autoencoder
from sparsebound.checks.certify.formats import flattened
from sparsebound.theory.errors import InputError

AS_ROWS, AS_COLUMNS = "rows", "columns"


@dataclass(frozen=True)
class FileLayout:
    """Where the parts of an autoencoder are.

    Attributes
    ----------
    name : str
        Of the program.
    decoder, encoder : str
        Names of the matrices.
    decoder_atoms, encoder_units : {"rows", "columns"}
        Whether atoms are rows of the decoder, and units rows of the encoder.
    encoder_bias, decoder_bias : str
        Their names; the latter may be missing in a file.
    thresholds, k : str
        Names of what architectures with thresholds, and with a number of units, have.
    gate : str
        Name of the bias that decides which units are active, of a gated one.
    subtracts : bool
        Whether the decoder's bias is subtracted from a signal, where no setting says.
    """

    name: str
    decoder: str
    decoder_atoms: str
    encoder: str
    encoder_units: str
    encoder_bias: str
    decoder_bias: str
    thresholds: str = "threshold"
    k: str = "k"
    gate: str = "b_gate"
    subtracts: bool = True


FILE_LAYOUTS = (
    FileLayout("SAELens or Gemma Scope", "W_dec", AS_ROWS, "W_enc", AS_COLUMNS, "b_enc", "b_dec"),
    FileLayout("Gemma Scope", "w_dec", AS_ROWS, "w_enc", AS_COLUMNS, "b_enc", "b_dec"),
    FileLayout("sparsify", "W_dec", AS_ROWS, "encoder.weight", AS_ROWS, "encoder.bias", "b_dec"),
    FileLayout(
        "sparse_autoencoder (OpenAI)",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "latent_bias", "pre_bias"),
        k="activation_state_dict.k",
    ),
    FileLayout(
        "dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "encoder.bias", "bias"),
        gate="gate_bias",
    ),
    FileLayout(
        "dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "encoder.bias", "b_dec"),
    ),
    FileLayout(
        "dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "gate_bias", "decoder_bias"),
        gate="gate_bias",
    ),
    FileLayout(
        "Llama Scope",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "encoder.bias", "decoder.bias"),
        thresholds="activation_function.log_jumprelu_threshold",
        subtracts=False,
    ),
    FileLayout(
        "Goodfire",
        *("decoder_linear.weight", AS_COLUMNS, "encoder_linear.weight", AS_ROWS),
        *("encoder_linear.bias", "decoder_linear.bias"),
        subtracts=False,
    ),
)

DECODERS = {
    "W_dec": AS_ROWS,
    "w_dec": AS_ROWS,
    "components_": AS_ROWS,
    "decoder.weight": AS_COLUMNS,
    "decoder_linear.weight": AS_COLUMNS,
}
"""Names that fix how atoms are stored, in a file that holds no encoder, too."""


def stored_as(name: str) -> str | None:
    """How atoms are stored in an array of some name, nested or not; None if it does not say.

    Examples
    --------
    >>> stored_as("model.decoder.weight"), stored_as("D")
    ('columns', None)
    """
    known = (side for end, side in DECODERS.items() if name == end or name.endswith(f".{end}"))
    return next(known, None)


SETTINGS = ("cfg.json", "config.json", "hyperparams.json", "lm_config.json")
"""Where settings of an autoencoder are, beside its arrays."""

WEIGHTS_OF_FOLDER = (
    "sae_weights.safetensors",
    "sae.safetensors",
    "ae.pt",
    "params.npz",
    "model.safetensors.index.json",
    "model.safetensors",
)
"""Files of a folder that are looked for, in this order; else the only one of a kind."""


def file_of_folder(folder: Path, option: str) -> Path:
    """The file with the arrays of a folder.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    for name in WEIGHTS_OF_FOLDER:
        if (folder / name).is_file():
            return folder / name
    kinds = (".safetensors", ".npz", ".pt", ".pth", ".npy")
    found = sorted(path for path in folder.iterdir() if path.suffix in kinds)
    if len(found) == 1:
        return found[0]
    there = ", ".join(path.name for path in found[:6]) or "none"
    expected = f"a folder with one of {', '.join(WEIGHTS_OF_FOLDER)}, or one file (has: {there})"
    raise InputError(option, str(folder), expected)


def settings_beside(path: Path) -> dict[str, Any]:
    """What the settings beside a file of arrays say, by dotted names; nothing without."""
    for name in SETTINGS:
        beside = path.parent / name
        if beside.is_file():
            try:
                found = json.loads(beside.read_text())
            except ValueError as error:
                expected = f"a JSON file ({error})"
                raise InputError(str(beside), "damaged", expected) from error
            return flattened(found) if isinstance(found, Mapping) else {}
    return {}


def autoencoder(
    found: Mapping[Any, Any], settings: Mapping[str, Any]
) -> tuple[str, str, Autoencoder] | None:
    """Recognise an autoencoder.

    Parameters
    ----------
    found : mapping
        The arrays of a file.
    settings : mapping
        What is said beside it.

    Returns
    -------
    tuple or None
        The name of the decoder, whether atoms are its rows or its columns, and the encoder.

    Examples
    --------
    >>> parts = {"W_dec": np.eye(3, 2), "W_enc": np.eye(2, 3), "b_enc": np.zeros(3)}
    >>> name, atoms, found = autoencoder(parts, {"k": 2})
    >>> name, atoms, found.architecture, found.k
    ('W_dec', 'rows', 'topk', 2)
    """
    complete = [one for one in FILE_LAYOUTS if {*_needed(one), one.decoder_bias} <= set(found)]
    for layout in complete or [one for one in FILE_LAYOUTS if _needed(one) <= set(found)]:
        decoder, encoder = np.asarray(found[layout.decoder]), np.asarray(found[layout.encoder])
        rows = decoder if layout.decoder_atoms == AS_ROWS else decoder.T
        units = encoder if layout.encoder_units == AS_ROWS else encoder.T
        if rows.ndim == 2 and units.shape == rows.shape:
            made = _read(layout, found, settings, rows, units)
            return layout.decoder, layout.decoder_atoms, made
    return None


def _needed(layout: FileLayout) -> set[str]:
    return {layout.decoder, layout.encoder, layout.encoder_bias}


def _read(
    layout: FileLayout,
    found: Mapping[Any, Any],
    settings: Mapping[str, Any],
    rows: np.ndarray,
    units: np.ndarray,
) -> Autoencoder:
    n, m = rows.shape
    said = str(_first(settings, "architecture", "architecture_name", "act_fn", "activation_fn"))
    said += f" {_first(settings, 'activation_fn_str', 'trainer.dict_class', 'activation') or ''}"
    said = said.lower().replace("_", "").replace("-", "")
    k = _number(found.get(layout.k)) or _number(
        _first(settings, "k", "activation_fn_kwargs.k", "activation_state_dict.k", "trainer.k")
    )
    thresholds = found.get(layout.thresholds)
    if thresholds is not None and layout.thresholds.endswith("log_jumprelu_threshold"):
        thresholds = np.exp(np.asarray(thresholds, dtype=np.float64))
    if thresholds is None and (level := _first(settings, "jump_relu_threshold")) is not None:
        thresholds = float(level)
    gated = layout.gate in found
    if gated:
        architecture = "gated"
    elif "batchtopk" in said:
        architecture = "batchtopk"
    elif "topk" in said or (k is not None and thresholds is None):
        architecture = "topk"
    elif thresholds is not None and k is not None:
        architecture = "batchtopk"
    elif "jumprelu" in said or thresholds is not None:
        architecture = "jumprelu"
    else:
        architecture = "standard"
    bias = _vector(found.get(layout.gate if gated else layout.encoder_bias), n)
    decoder_bias = _vector(found.get(layout.decoder_bias), m)
    subtracts = _first(settings, "apply_b_dec_to_input", "apply_decoder_bias_to_pre_encoder")
    if subtracts is None:  # Gemma Scope's files have no settings, and nothing is subtracted
        plain = layout.encoder in ("W_enc", "w_enc") and not settings
        subtracts = layout.subtracts and not plain
    return Autoencoder(
        architecture,
        units,
        bias,
        decoder_bias if subtracts else np.zeros(m),
        decoder_bias,
        None if thresholds is None else _vector(thresholds, n),
        k,
        layout.name,
    )


def _first(settings: Mapping[str, Any], *names: str) -> Any:
    return next((settings[name] for name in names if name in settings), None)


def _number(value: Any) -> int | None:
    if value is None or isinstance(value, str) or np.size(value) != 1:
        return None
    return int(np.asarray(value).reshape(()))


def _vector(value: Any, length: int) -> np.ndarray:
    """A vector of some length, zeros where nothing is; one number stands for all entries."""
    if value is None:
        return np.zeros(length)
    found = np.asarray(value, dtype=np.float64).ravel()
    if found.size == 1:
        return np.full(length, found[0])
    if found.size != length:
        raise InputError("bias of the autoencoder", found.shape, f"{length} numbers")
    return found
