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

from sparsebound.checks.certify.tensors import flattened
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
    magnitude, magnitude_scale : str
        Names of what decides how active units of a gated one are: a bias, and the logarithm of
        what they are multiplied by.
    architecture : str
        What it is, where nothing else says.
    normalises : bool
        Whether those with a number of units normalise each signal first.
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
    magnitude: str = "b_mag"
    magnitude_scale: str = "r_mag"
    architecture: str = ""
    normalises: bool = False


FILE_LAYOUTS = (
    FileLayout("SAELens or Gemma Scope", "W_dec", AS_ROWS, "W_enc", AS_COLUMNS, "b_enc", "b_dec"),
    FileLayout("SAELens", "W_dec", AS_ROWS, "W_enc", AS_COLUMNS, "b_gate", "b_dec"),
    FileLayout(
        "Qwen Scope",
        *("W_dec", AS_COLUMNS, "W_enc", AS_ROWS, "b_enc", "b_dec"),
        subtracts=False,
        architecture="topk",
    ),
    FileLayout(
        "Gemma Scope",
        *("w_dec", AS_ROWS, "w_enc", AS_COLUMNS, "b_enc", "b_dec"),
        subtracts=False,
    ),
    FileLayout("sparsify", "W_dec", AS_ROWS, "encoder.weight", AS_ROWS, "encoder.bias", "b_dec"),
    FileLayout(
        "sparse_autoencoder (OpenAI)",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "latent_bias", "pre_bias"),
        k="activation_state_dict.k",
        normalises=True,
    ),
    FileLayout(
        "dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "encoder.bias", "bias"),
        gate="gate_bias",
        magnitude="mag_bias",
    ),
    FileLayout(
        "dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "encoder.bias", "b_dec"),
    ),
    FileLayout(
        "dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "gate_bias", "decoder_bias"),
        gate="gate_bias",
        magnitude="mag_bias",
    ),
    FileLayout(
        "Llama Scope or dictionary_learning",
        *("decoder.weight", AS_COLUMNS, "encoder.weight", AS_ROWS, "encoder.bias", "decoder.bias"),
        subtracts=False,
    ),
    FileLayout("Llama Scope", "W_D", AS_ROWS, "W_E", AS_COLUMNS, "b_E", "b_D", subtracts=False),
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
    "W_D": AS_ROWS,
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

CHECKPOINTS = "checkpoints"
"""A folder of arrays below that of the settings."""

WEIGHTS_OF_FOLDER = (
    "sae_weights.safetensors",
    "sae.safetensors",
    "ae.pt",
    "params.npz",
    "model.safetensors.index.json",
    "model.safetensors",
    f"{CHECKPOINTS}/final.safetensors",
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
    folder = path.parent
    folders = [folder, *([folder.parent] if folder.name == CHECKPOINTS else [])]
    for beside in (one / name for one in folders for name in SETTINGS):
        if beside.is_file():
            try:
                found = json.loads(beside.read_text())
            except ValueError as error:
                expected = f"a JSON file ({error})"
                raise InputError(str(beside), "damaged", expected) from error
            return flattened(found) if isinstance(found, Mapping) else {}
    return {}


def layouts_of(names: Mapping[str, Any]) -> list[FileLayout]:
    """The layouts that may be those of some arrays, the most complete ones first.

    Examples
    --------
    >>> parts = {"W_dec": np.eye(3, 2), "W_enc": np.eye(2, 3), "b_enc": np.zeros(3)}
    >>> [layout.name for layout in layouts_of(parts)]
    ['SAELens or Gemma Scope']
    """
    able = [one for one in FILE_LAYOUTS if _needed(one) <= set(names) and _fits(one, names)]
    return sorted(able, key=lambda one: one.decoder_bias not in names)


def _needed(layout: FileLayout) -> set[str]:
    return {layout.decoder, layout.encoder, layout.encoder_bias}


def parts_of(layout: FileLayout, found: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The atoms and the weights of the encoder, as rows."""
    decoder, encoder = np.asarray(found[layout.decoder]), np.asarray(found[layout.encoder])
    rows = decoder if layout.decoder_atoms == AS_ROWS else decoder.T
    return rows, encoder if layout.encoder_units == AS_ROWS else encoder.T


def _fits(layout: FileLayout, found: Mapping[str, Any]) -> bool:
    """Whether the shapes of arrays are those of a layout."""
    rows, units = parts_of(layout, found)
    if rows.ndim != 2 or units.shape != rows.shape:
        return False
    n, m = rows.shape
    return np.size(found[layout.encoder_bias]) in (1, n) and (
        layout.decoder_bias not in found or np.size(found[layout.decoder_bias]) in (1, m)
    )
