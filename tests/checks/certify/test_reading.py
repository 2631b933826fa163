"""Files of every kind, and what is said of those that cannot be used."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.reading import read
from sparsebound.checks.commands.main import main
from sparsebound.theory.errors import InputError

ATOMS = np.array([[1.0, 0, 3], [0, 1, 4]])


class Trap:
    """Leaves a mark when it is loaded."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path(self.mark),)


def _write(path: Path) -> None:
    if path.suffix == ".npy":
        np.save(path, ATOMS)
    elif path.suffix == ".npz":
        np.savez(path, D=ATOMS, other=np.zeros(3))
    elif path.suffix == ".csv":
        np.savetxt(path, ATOMS, delimiter=",")
    elif path.suffix == ".mat":
        from scipy.io import savemat

        savemat(path, {"D": ATOMS})
    elif path.suffix == ".safetensors":
        pytest.importorskip("safetensors", reason="the extra 'safetensors' is not installed")
        from safetensors.numpy import save_file

        save_file({"D": ATOMS}, path)
    else:
        torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")
        torch.save({"D": torch.tensor(ATOMS)}, path)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".mat", ".safetensors", ".pt"])
def test_every_kind_of_file_gives_the_same_numbers(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"dictionary{suffix}"
    _write(path)
    assert np.array_equal(read(str(path)).array, ATOMS)
    assert certify(str(path)).dictionary.coherence == certify(ATOMS).dictionary.coherence


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, np.float16, np.float32, bool])
def test_integers_and_short_floats_are_exact_data(dtype: type) -> None:
    data = np.array([[1, 0, 1], [0, 1, 1]], dtype=dtype)
    assert certify(data).dictionary.coherence.value == pytest.approx(np.sqrt(0.5), abs=1e-15)


def test_atoms_may_be_rows_and_of_any_norm() -> None:
    columns = certify(ATOMS)
    assert certify(np.ascontiguousarray(ATOMS.T)).dictionary == columns.dictionary
    assert columns.input.atoms == "columns"
    assert "normalised" in columns.notes[0]
    assert certify(ATOMS, atoms="rows").dictionary.atoms == 2


BAD_ARRAYS = {
    "nan": (np.array([[1.0, np.nan, 0], [0, 1, 1]]), r"\[0, 1\] is nan"),
    "infinite": (np.array([[1.0, 0, 0], [0, np.inf, 1]]), r"\[1, 1\] is inf"),
    "zero atom": (
        np.array([[1.0, 0, 0], [0, 0, 1]]),
        r"norm of atom 1 of FILE is 0\.0; expected",
    ),
    "no atoms": (np.zeros((2, 0)), r"\(2, 0\); expected an array of at least one number"),
    "one axis": (np.ones(3), r"\(3,\); expected a matrix"),
    "three axes": (np.ones((2, 3, 4)), "--filters"),
    "text": (np.array([["a", "b", "c"]]), "real numbers"),
    "complex": (np.ones((2, 3), dtype=complex), "real numbers"),
    "overflow": (np.full((2, 3), 1.7e308), "norm of atom 0"),
    "one row": (np.ones((1, 5)), "columns: one atom, or 5 of length 1"),
    "square": (np.eye(3), "--atoms rows or --atoms columns"),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_a_malformed_array_is_one_clear_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    array, message = BAD_ARRAYS[case]
    path, out = tmp_path / "bad.npy", tmp_path / "out"
    np.save(path, array)
    assert main(["certify", str(path), "--out", str(out)]) == 2
    _one_line(capsys, message)
    assert not out.exists()


def _one_line(capsys: pytest.CaptureFixture[str], message: str) -> None:
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert re.search(message, said.err), said.err


def _cut_off(path: Path) -> None:
    np.savez(path, D=ATOMS)
    path.write_bytes(path.read_bytes()[:100])


def _write_index(path: Path) -> None:
    rows = [f"{i},{0.5 * i},{1.5 - i}" for i in range(5)]
    path.write_text("\n".join(rows))


BAD_FILES = {
    "empty.npy": (lambda path: path.touch(), "not empty"),
    "cut.npz": (_cut_off, "cut off"),
    "other.npy": (lambda path: path.write_text("1 2"), "something else"),
    "cut.npy": (lambda path: path.write_bytes(b"\x93NUMPY\x01\x00"), "undamaged .npy"),
    "noise.mat": (lambda path: path.write_bytes(b"noise" * 100), "undamaged .mat"),
    "words.csv": (lambda path: path.write_text("a,b\nc,d\n"), "a table of numbers"),
    "ragged.csv": (lambda path: path.write_text("1,2\n3\n"), "as many numbers in each row"),
    "folder.npy": (lambda path: path.mkdir(), r"a folder with one of .*\(has: none\)"),
    "missing.npy": (lambda path: None, "a file that exists"),
    "plain.docx": (lambda path: path.write_text("1 2"), "whose name ends with .npy"),
    "index.csv": (_write_index, "first column is data"),
    "packed.npy.gz": (lambda path: path.write_bytes(b"\x1f\x8b"), "unpack it first"),
    "counted.csv": (lambda path: path.write_text("0,1,2,3\n1,0,0,0\n0,0,1,2\n"), "has a header"),
    "several.npz": (
        lambda path: np.savez(path, a=ATOMS, b=ATOMS),
        r"--array NAME \(has: a 2 x 3, b 2 x 3\)",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_used_is_one_clear_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, message = BAD_FILES[name]
    make(tmp_path / name)
    assert main(["certify", str(tmp_path / name)]) == 2
    _one_line(capsys, message)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".pkl", ".pt"])
def test_a_pickle_is_refused_and_never_loaded(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, mark = tmp_path / f"trap{suffix}", tmp_path / "loaded"
    trap = Trap(str(mark))
    if suffix == ".npy":
        np.save(path, np.array([[trap]], dtype=object), allow_pickle=True)
    elif suffix == ".npz":
        np.savez(path, D=np.array([[trap]], dtype=object))
    elif suffix == ".pt":
        pytest.importorskip("torch", reason="the extra 'torch' is not installed").save(trap, path)
    else:
        path.write_bytes(pickle.dumps(trap))
    assert main(["certify", str(path)]) == 2
    _one_line(capsys, r"pickled objects.*convert it.*numpy.save")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sparsity": 0}, "--sparsity is 0"),
        ({"sparsity": 4}, "at most 3"),
        ({"noise": -1.0}, "--noise is -1"),
        ({"amplitude": float("nan")}, "--amplitude is nan"),
        ({"tolerance": 0.0}, "--tolerance is 0"),
        ({"weights": np.ones((3, 3))}, r"shape of --weights is \(3, 3\); expected \(2, 3\)"),
        ({"thresholds": np.ones((2, 4))}, r"\(layers, 3\)"),
        ({"thresholds": -np.ones(2)}, r"--thresholds\[0, 0\] is -1"),
        ({"codes": np.ones((2, 4))}, "codes of length 3"),
        ({"codes": np.zeros((2, 3))}, "a code that is not zero"),
        ({"memory": 0}, "--memory is 0"),
        ({"memory": "much"}, "--memory is 'much'"),
        ({"noise": "much"}, "--noise is 'much'; expected a finite number"),
        ({"amplitude": None}, "--amplitude is None"),
        ({"pairs": 1.5}, "--pairs is 1.5"),
        ({"searches": -1}, "--searches is -1"),
        ({"backend": "cupy"}, "backend is 'cupy'; expected auto, numpy, torch"),
        ({"codes": np.eye(3), "zero_below": "x"}, "--zero-below is 'x'"),
        ({"codes": np.eye(3), "signals": np.eye(3, 2), "lam": "x"}, "--lam is 'x'"),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        certify(ATOMS, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n \n\n", "a file with numbers"),
        ("1,5;2,5\n3,5;4,5\n", "a table of numbers, as 1.5; row 2 has '4,5'"),
        ("1,2,3\n4,5\n", "a table with as many numbers in each row; row 2 has 2, row 1 has 3"),
        ("1 2 3\n\n4 x 6\n", "a table of numbers, as 1.5; row 2 has 'x'"),
    ],
)
def test_what_is_wrong_in_a_table(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(f"expected {expected}")):
        read(str(path))


def test_tables_as_spreadsheets_write_them(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1,0,3\n0,1,4\n", "utf-8-sig")
    assert np.array_equal(read(str(path)).array, ATOMS)
    path.write_text("one two three # names\n1 0 3 # first\n# nothing\n0 1 4\n")
    assert np.array_equal(read(str(path)).array, ATOMS)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ([], "the header does not say where D is"),
        ({"dtype": "F64", "shape": [2, 3]}, "the header does not say where D is"),
        ({"dtype": "F64", "shape": [2, 3], "data_offsets": [-8, 40]}, "not say where D is"),
        ({"dtype": "F64", "shape": [2, -3], "data_offsets": [0, 48]}, "not say where D is"),
        ({"dtype": "F64", "shape": [2.0, 3], "data_offsets": [0, 48]}, "not say where D is"),
        ({"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 40]}, "another size than its shape"),
        ({"dtype": "F64", "shape": [2, 3], "data_offsets": [8, 56]}, "D is cut off"),
        ({"dtype": ["F64"], "shape": [2, 3], "data_offsets": [0, 48]}, "D is of the type"),
    ],
)
def test_headers_that_say_what_is_not_there(entry: object, expected: str, tmp_path: Path) -> None:
    header = json.dumps({"__metadata__": {}, "D": entry}).encode()
    path = tmp_path / "D.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + ATOMS.tobytes())
    with pytest.raises(InputError, match=expected):
        read(str(path))


def test_rows_of_several_lengths() -> None:
    with pytest.raises(InputError, match="FILE is 'a list'; expected an array of numbers"):
        certify([[1, 2], [3]])


def test_no_file_at_all() -> None:
    with pytest.raises(InputError, match="FILE is ''; expected the name of a file"):
        read("")
