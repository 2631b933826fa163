"""What encoders of other programs do, written down as they do it, against what is certified."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.architectures import autoencoder
from sparsebound.checks.certify.atoms import atoms
from sparsebound.checks.certify.encoder import certify_encoder
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.reading import read
from sparsebound.checks.certify.settings import Settings
from sparsebound.theory.errors import InputError

N, M = 9, 6
RNG = np.random.default_rng(8)
D = np.linalg.qr(RNG.standard_normal((M, M)))[0]
D = np.hstack([D, D[:, :3] * 0.5 + D[:, 3:]]) * RNG.uniform(0.5, 2, N)
"""Atoms as columns, of several norms: most are orthogonal, so that encoders are right at times."""
W = D / (D**2).sum(axis=0)
BIAS, OFFSET = RNG.uniform(-0.3, 0.1, N), 0.2 * RNG.standard_normal(M)

Arrays = Mapping[str, Any]


def relu(v: np.ndarray) -> np.ndarray:
    return np.maximum(v, 0)


def above(v: np.ndarray, thresholds: Any) -> np.ndarray:
    return relu(v) * (v > thresholds)


def largest(v: np.ndarray, k: int) -> np.ndarray:
    return above(v, np.sort(v, axis=1)[:, [-k - 1]])


def gated(y: np.ndarray, p: Arrays) -> np.ndarray:
    v = y @ W
    return (v + p["gate"] > 0) * relu(np.exp(p["scale"]) * v + p["magnitude"])


GATED = {
    "gate": RNG.uniform(-0.4, 0.2, N),
    "magnitude": RNG.uniform(-0.6, 0.1, N),
    "scale": RNG.uniform(-0.5, 0.5, N),
}
THRESHOLDS = RNG.uniform(-0.5, 0.5, N)


@dataclass(frozen=True)
class Program:
    """Arrays and settings as a program keeps them, and what its encoder makes of signals."""

    arrays: Arrays
    encode: Callable[[np.ndarray], np.ndarray]
    architecture: str
    settings: Mapping[str, Any] = field(default_factory=dict)


SAELENS = {"W_dec": D.T, "W_enc": W, "b_enc": BIAS, "b_dec": OFFSET}
TRANSPOSED = {"decoder.weight": D, "encoder.weight": W.T, "encoder.bias": BIAS}
LLAMA_SCOPE = TRANSPOSED | {"decoder.bias": OFFSET}
TOPK_OF_DICTIONARY_LEARNING = TRANSPOSED | {"b_dec": OFFSET, "k": 3, "threshold": -1.0}

PROGRAMS = {
    "SAELens, standard": Program(
        SAELENS,
        lambda y: relu((y - OFFSET) @ W + BIAS),
        "standard",
        {"architecture": "standard", "apply_b_dec_to_input": True, "normalize_activations": "none"},
    ),
    "SAELens, one factor for all signals": Program(
        SAELENS,
        lambda y: relu(y @ W + BIAS),
        "standard",
        {"apply_b_dec_to_input": False, "normalize_activations": "expected_average_only_in"},
    ),
    "SAELens, gated": Program(
        {
            **{"W_dec": D.T, "W_enc": W, "b_dec": OFFSET, "b_gate": GATED["gate"]},
            **{"b_mag": GATED["magnitude"], "r_mag": GATED["scale"]},
        },
        lambda y: gated(y - OFFSET, GATED),
        "gated",
        {"architecture": "gated", "apply_b_dec_to_input": True},
    ),
    "Gemma Scope, thresholds of both signs": Program(
        SAELENS | {"threshold": THRESHOLDS}, lambda y: above(y @ W + BIAS, THRESHOLDS), "jumprelu"
    ),
    "Gemma Scope 2": Program(
        {
            **{"w_dec": D.T, "w_enc": W, "b_enc": BIAS, "b_dec": OFFSET},
            "threshold": np.abs(THRESHOLDS),
        },
        lambda y: above(y @ W + BIAS, np.abs(THRESHOLDS)),
        "jumprelu",
        {"architecture": "jump_relu", "hook_point_in": "a", "hook_point_out": "a", "type": "sae"},
    ),
    "dictionary_learning, JumpReLU": Program(
        SAELENS | {"threshold": np.abs(THRESHOLDS)},
        lambda y: above(y @ W + BIAS, np.abs(THRESHOLDS)),
        "jumprelu",
        {"trainer": {"dict_class": "JumpReluAutoEncoder"}},
    ),
    "dictionary_learning, gated": Program(
        {
            **{"decoder.weight": D, "encoder.weight": W.T, "decoder_bias": OFFSET},
            **{"gate_bias": GATED["gate"], "mag_bias": GATED["magnitude"]},
            "r_mag": GATED["scale"],
        },
        lambda y: gated(y - OFFSET, GATED),
        "gated",
    ),
    "dictionary_learning, TopK": Program(
        TOPK_OF_DICTIONARY_LEARNING,
        lambda y: largest(relu((y - OFFSET) @ W + BIAS), 3),
        "topk",
        {"trainer": {"dict_class": "AutoEncoderTopK", "k": 3}},
    ),
    "Llama Scope": Program(
        LLAMA_SCOPE,
        lambda y: above((y @ W + BIAS) * np.linalg.norm(D, axis=0), 0.4),
        "jumprelu",
        {
            **{"act_fn": "jumprelu", "jump_relu_threshold": 0.4, "norm_activation": "dataset-wise"},
            **{"sparsity_include_decoder_norm": True, "top_k": 50},
            "apply_decoder_bias_to_pre_encoder": False,
        },
    ),
    "Llama Scope, logarithms of thresholds": Program(
        LLAMA_SCOPE | {"activation_function.log_jumprelu_threshold": THRESHOLDS - 1},
        lambda y: above(y @ W + BIAS, np.exp(THRESHOLDS - 1)),
        "jumprelu",
    ),
    "Llama Scope, later": Program(
        {
            **{"W_D": D.T, "W_E": W, "b_E": BIAS, "b_D": OFFSET},
            "activation_function.log_jumprelu_threshold": THRESHOLDS - 1,
        },
        lambda y: above((y @ W + BIAS) * np.linalg.norm(D, axis=0), np.exp(THRESHOLDS - 1)),
        "jumprelu",
        {
            "act_fn": "jumprelu",
            "norm_activation": "inference",
            "sparsity_include_decoder_norm": True,
        },
    ),
    "SAELens, while it is trained": Program(
        SAELENS | {"log_threshold": THRESHOLDS - 1},
        lambda y: above((y - OFFSET) @ W + BIAS, np.exp(THRESHOLDS - 1)),
        "jumprelu",
        {"architecture": "jumprelu", "apply_b_dec_to_input": True},
    ),
    "Qwen Scope": Program(
        {"W_dec": D, "W_enc": W.T, "b_enc": BIAS, "b_dec": OFFSET, "k": 2},
        lambda y: largest(relu(y @ W + BIAS), 2),
        "topk",
    ),
}


def codes() -> np.ndarray:
    """Codes of one to four nonzeros, some small."""
    rng = np.random.default_rng(1)
    X = np.zeros((200, N))
    for number, row in enumerate(X):
        chosen = rng.choice(N, number % 4 + 1, replace=False)
        row[chosen] = rng.uniform(0.1, 3, len(chosen))
    return X


def stored(path: Path, program: Program) -> str:
    np.savez(path / "sae.npz", **program.arrays)
    if program.settings:
        (path / "cfg.json").write_text(json.dumps(program.settings))
    return str(path / "sae.npz")


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_said_of_codes_is_what_the_program_does(name: str, tmp_path: Path) -> None:
    program, X = PROGRAMS[name], codes()
    found = read(stored(tmp_path, program))
    assert found.autoencoder is not None
    assert (found.autoencoder.architecture, found.autoencoder.unlike) == (
        program.architecture,
        None,
    )
    certified = certify_encoder(atoms(found), found.autoencoder, X, Settings()).codes
    assert certified is not None
    right = ((program.encode(X @ D.T + OFFSET) > 0) == (X > 0)).all(axis=1)
    assert np.array_equal(certified.each, np.where(right, 1, -1))
    assert 0 < certified.right < len(X)


UNLIKE = {
    "a transcoder": ({"architecture": "transcoder"}, {}, "it reads other signals"),
    "one of JumpReLU": ({"architecture": "jumprelu_transcoder"}, {}, "it reads other signals"),
    "between two places": (
        {"hook_point_in": "a", "hook_point_out": "b"},
        {},
        "it reads other signals",
    ),
    "one of sparsify": ({"activation": "topk", "transcode": True}, {}, "it reads other signals"),
    "a way around it": ({}, {"W_skip": np.eye(M)}, "it reads other signals"),
    "signals of mean 0": ({"normalize_activations": "layer_norm"}, {}, "normalised .layer_norm"),
    "signals of one norm": ({"norm_activation": "token-wise"}, {}, "normalised .token-wise"),
    "units that are multiplied": (
        {"architecture": "topk", "k": 2, "rescale_acts_by_decoder_norm": True},
        {},
        "multiplied by the norms of atoms",
    ),
    "units that are multiplied, by another setting": (
        {"act_fn": "batchlayertopk", "top_k": 2, "sparsity_include_decoder_norm": True},
        {},
        "multiplied by the norms of atoms",
    ),
    "a number of units elsewhere": ({"architecture": "topk"}, {}, "how many units it keeps"),
    "thresholds elsewhere": ({"architecture": "jumprelu"}, {}, "thresholds are not in the file"),
    "the largest unit of each group": ({"activation": "groupmax", "k": 2}, {}, "groupmax"),
}


@pytest.mark.parametrize("case", UNLIKE)
def test_nothing_is_said_of_an_encoder_of_another_kind(case: str, tmp_path: Path) -> None:
    settings, more, expected = UNLIKE[case]
    found = certify(stored(tmp_path, Program(SAELENS | more, relu, "", settings)))
    assert found.encoder is None
    (said,) = [note for note in found.notes if "nothing is said of its encoder" in note]
    assert re.search(expected, said)
    assert found.dictionary.atoms == N


def test_an_autoencoder_within_a_checkpoint() -> None:
    nested = {f"model.module.{name}": value for name, value in SAELENS.items()}
    found = autoencoder(nested, {})
    assert found is not None
    assert found[:2] == ("model.module.W_dec", "rows")
    two = nested | {f"other.{name}": value for name, value in SAELENS.items()}
    assert autoencoder(two, {}) is None
    named = autoencoder(two, {}, "other.W_dec")
    assert named is not None
    assert named[0] == "other.W_dec"


def test_a_layout_whose_shapes_do_not_fit_is_not_taken() -> None:
    assert autoencoder({**SAELENS, "b_enc": OFFSET}, {}) is None
    assert autoencoder({**SAELENS, "W_dec": RNG.standard_normal((N, 2, M))}, {}) is None


@pytest.mark.parametrize(
    ("more", "settings", "expected"),
    [
        (
            {"b_enc": np.where(np.arange(N) == 2, np.nan, 0)},
            {},
            r"b_enc of the autoencoder\[2\] is",
        ),
        ({"W_enc": W + 0j}, {}, "W_enc of the autoencoder is dtype"),
        ({"b_dec": OFFSET * np.inf}, {}, "b_dec of the autoencoder"),
        ({"threshold": np.ones(3)}, {}, r"threshold of the autoencoder is \(3,\); expected 9"),
        ({}, {"jump_relu_threshold": "high"}, "threshold of the autoencoder is dtype"),
        ({}, {"jump_relu_threshold": [0.1, 0.2]}, r"threshold of the autoencoder is \(2,\)"),
        ({}, {"k": 2.5}, "k of the autoencoder is 2.5; expected an integer above 0"),
        ({"k": -1}, {}, "k of the autoencoder is -1"),
        ({}, {"d_sae": N + 1}, "d_sae in the settings is 10; expected 9, the atoms of W_dec"),
        ({}, {"d_sae": N, "d_in": N}, "d_in in the settings is 9; expected 6, the entries an atom"),
        ({}, {"trainer": {"dict_size": M}}, "trainer.dict_size in the settings is 6"),
    ],
)
def test_parts_that_cannot_be_used_are_named(
    more: Arrays, settings: Arrays, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=expected):
        read(stored(tmp_path, Program(SAELENS | more, relu, "", settings)))


def test_settings_that_state_the_size_or_none(tmp_path: Path) -> None:
    for settings in ({"d_sae": N, "d_in": M}, {"num_latents": 0, "d_in": M}, {"d_sae": None}):
        assert read(stored(tmp_path, Program(SAELENS, relu, "", settings))).autoencoder is not None


def test_settings_are_above_the_folder_of_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    program = PROGRAMS["Llama Scope"]
    arrays = {name: np.asarray(value, dtype=np.float32) for name, value in program.arrays.items()}
    data, header = b"", {}
    for name, array in arrays.items():
        places = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": places}
        data += array.tobytes()
    text = json.dumps(header).encode()
    written = len(text).to_bytes(8, "little") + text + data
    (tmp_path / "checkpoints" / "final.safetensors").write_bytes(written)
    (tmp_path / "hyperparams.json").write_text(json.dumps(program.settings))
    for place in (tmp_path, tmp_path / "checkpoints"):
        found = read(str(place)).autoencoder
        assert found is not None
        assert found.architecture == "jumprelu"
        assert found.thresholds == pytest.approx(0.4 / np.linalg.norm(D, axis=0), abs=1e-7)


def test_settings_that_are_damaged_are_no_matter_without_an_autoencoder(tmp_path: Path) -> None:
    np.save(tmp_path / "D.npy", D)
    (tmp_path / "config.json").write_text("{")
    assert read(str(tmp_path / "D.npy")).array.shape == (M, N)
    np.savez(tmp_path / "sae.npz", **SAELENS)
    with pytest.raises(InputError, match="a JSON file"):
        read(str(tmp_path / "sae.npz"))
