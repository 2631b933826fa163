"""Files as other programs write them: what is right of each, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.layouts import AS_ROWS, FILE_LAYOUTS
from sparsebound.checks.certify.reading import given, read
from sparsebound.checks.commands.main import main
from sparsebound.theory.errors import InputError

DATA = Path(__file__).parent / "data"
RNG = np.random.default_rng(0)
D = RNG.standard_normal((5, 8)).astype(np.float32)


def coherence(found: Any) -> float:
    value = found.dictionary.coherence.value
    assert isinstance(value, float)
    return value


def test_a_header_of_pandas_is_no_atom() -> None:
    found = certify(str(DATA / "header.csv"))
    assert (found.dictionary.atoms, found.dictionary.length) == (40, 16)
    assert coherence(found) == pytest.approx(0.818023, abs=1e-6)
    assert "left out of the table: a header" in found.notes[0]


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        (["1.5,2,3", "0,1,4"], None),
        (["a,b,c", "1.5,2,3", "0,1,4"], "a header"),
        ([",0,1,2", "0,1.5,2,3", "1,0,1,4"], "a header and an index column"),
        ([";x;y;z", "row;1.5;2;3", "other;0;1;4"], "a header and an index column"),
        (["name\tu\tv\tw", "p\t1.5\t2\t3", "q\t0\t1\t4"], "a header and an index column"),
    ],
)
def test_names_of_columns_and_rows_are_left_out_and_that_is_said(
    lines: list[str], left_out: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines))
    found = read(str(path))
    assert found.array.tolist() == [[1.5, 2, 3], [0, 1, 4]]
    assert (left_out is not None) == (found.note is not None and "left out" in found.note)
    assert left_out is None or (found.note is not None and found.note.endswith(left_out))


def test_small_whole_numbers_are_no_header(tmp_path: Path) -> None:
    path = tmp_path / "identity.csv"
    path.write_text("0,1\n1,0\n1,1\n")
    assert read(str(path)).array.tolist() == [[0, 1], [1, 0], [1, 1]]


def test_filters_are_counted_by_the_axis_that_is_named() -> None:
    path = str(DATA / "sporco_raw.npy")
    with pytest.raises(InputError, match=r"first \(8 filters of 8 x 32\) or .*\(32 filters of 8"):
        certify(path, filters=True)
    assert coherence(certify(path, filters=True, filter_axis="last")) == pytest.approx(
        0.883201, abs=1e-6
    )
    assert coherence(certify(path, filters=True, filter_axis="first")) == pytest.approx(
        0.817773, abs=1e-6
    )


def test_filters_with_channels_last_are_those_with_channels_first() -> None:
    first = RNG.standard_normal((4, 2, 3, 3))
    last = first.transpose(2, 3, 1, 0)
    assert coherence(certify(first, filters=True)) == pytest.approx(
        coherence(certify(last, filters=True, filter_axis="last")), abs=1e-12
    )
    with pytest.raises(InputError, match="2 channels"):
        certify(last, filters=True)
    with pytest.raises(InputError, match="--filter-axis"):
        certify(first, filter_axis="first")


def test_independent_atoms_have_one_representation_of_each_signal() -> None:
    found = certify(str(DATA / "indep.npy"), atoms="columns", codes=str(DATA / "indep_codes.npy"))
    assert found.dictionary.independent
    assert (found.dictionary.spark.value, found.dictionary.spark.kind) == (4, "exact")
    assert found.codes is not None
    shares = {one.property: one.share for one in found.codes.properties}
    assert shares["unique sparsest"] == shares["basis pursuit"] == 1
    assert {one.largest for one in found.guarantees if one.version == "independent"} == {3}


def test_codes_may_be_stored_sparse() -> None:
    X = sparse.load_npz(DATA / "codes_csr.npz")
    dictionary = str(DATA / "header.csv")
    found = certify(dictionary, codes=str(DATA / "codes_csr.npz")).codes
    dense = certify(dictionary, codes=X.toarray()).codes
    assert found == dense == certify(dictionary, codes=X).codes
    assert found == certify(dictionary, codes=X.T, codes_axis="columns").codes


def test_a_nested_checkpoint_is_read_by_its_path() -> None:
    pytest.importorskip("torch", reason="the extra 'torch' is not installed")
    path = str(DATA / "ckpt.pt")
    name = "model_state_dict.decoder.weight"
    assert read(path).name == name == read(path, array=name).name
    assert coherence(certify(path)) == pytest.approx(0.818023, abs=1e-6)
    with pytest.raises(InputError, match=f"an array of ckpt.pt: {name} 16 x 40"):
        certify(path, array="decoder")


def test_bfloat16_is_read_and_said() -> None:
    found = certify(str(DATA / "bf16.safetensors"))
    assert found.input.dtype == "bfloat16"
    assert coherence(found) == pytest.approx(0.818, abs=1e-3)
    assert "bfloat16 was taken to float32, without rounding" in found.notes


def _hdf5(path: Path, matlab: bool) -> None:
    h5py = pytest.importorskip("h5py")
    X = sparse.csc_array(np.round(D))
    with h5py.File(path, "w", userblock_size=512 if matlab else 0) as stored:
        if not matlab:
            stored["model/dictionary"] = D
            return
        stored["D"] = D.T
        group = stored.create_group("X")
        group.attrs["MATLAB_sparse"] = np.uint64(X.shape[0])
        group["data"], group["ir"], group["jc"] = X.data, X.indices, X.indptr
    with path.open("r+b") as raw:  # what MATLAB writes before
        raw.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


def test_hdf5_and_matlab_7_3(tmp_path: Path) -> None:
    _hdf5(tmp_path / "d.h5", matlab=False)
    assert np.array_equal(read(str(tmp_path / "d.h5")).array, D)
    _hdf5(tmp_path / "d.mat", matlab=True)
    assert np.array_equal(read(str(tmp_path / "d.mat")).array, D)
    found = given(str(tmp_path / "d.mat"), "--codes", ("X",), sparse=True)
    assert np.array_equal(found.array.toarray(), np.round(D))


def test_structures_and_cells_of_matlab(tmp_path: Path) -> None:
    from scipy.io import savemat

    cells = np.empty((1, 2), dtype=object)
    cells[0, 0], cells[0, 1] = D, "words"
    params = {"D": D, "iternum": 10, "name": "ksvd"}
    savemat(tmp_path / "d.mat", {"params": params, "C": cells, "Gamma": np.eye(8)})
    found = read(str(tmp_path / "d.mat"))
    assert (found.name, found.atoms) == ("params.D", None)
    assert np.array_equal(found.array, D)
    assert np.array_equal(read(str(tmp_path / "d.mat"), array="C.0").array, D)
    with pytest.raises(InputError, match=r"C\.0 5 x 8, Gamma 8 x 8, params\.D 5 x 8"):
        read(str(tmp_path / "d.mat"), array="D")


def test_structures_and_cells_of_matlab_7_3(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "d.mat"
    with h5py.File(path, "w", userblock_size=512) as stored:
        stored["params/D"] = D.T
        stored["#refs#/a"] = D.T
        cell = stored.create_dataset("C", (1, 1), dtype=h5py.ref_dtype)
        cell[0, 0] = stored["#refs#/a"].ref
        stored["name"] = np.array([[107, 115]], dtype=np.uint16)
        stored["name"].attrs["MATLAB_class"] = np.bytes_("char")
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    assert read(str(path)).name == "params.D"
    for name in ("params.D", "C.0"):
        assert np.array_equal(read(str(path), array=name).array, D)
    with pytest.raises(InputError, match=r"C\.0 5 x 8, params\.D 5 x 8$"):
        read(str(path), array="name")


def test_zarr_and_parquet(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    zarr.save_array(str(tmp_path / "d.zarr"), D)
    assert np.array_equal(read(str(tmp_path / "d.zarr")).array, D)
    zarr.open_group(str(tmp_path / "g.zarr"), mode="w").create_group("model").create_array(
        "D", data=D
    )
    assert read(str(tmp_path / "g.zarr")).name == "model.D"
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow.parquet import write_table

    names = [f"atom {i}" for i in range(D.shape[1])]
    write_table(pyarrow.table(list(D.T), names=names), tmp_path / "d.parquet")
    assert np.array_equal(read(str(tmp_path / "d.parquet")).array, D)


def test_feather_and_arrow(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow.feather import write_feather

    whole = pyarrow.table(list(D.T), names=[f"atom {i}" for i in range(D.shape[1])])
    for name in ("d.feather", "d.arrow"):
        write_feather(whole, str(tmp_path / name))
        assert np.array_equal(read(str(tmp_path / name)).array, D)


def test_matrix_market(tmp_path: Path) -> None:
    from scipy.io import mmwrite

    mmwrite(tmp_path / "d.mtx", D.astype(np.float64))
    found = read(str(tmp_path / "d.mtx"))
    assert np.array_equal(found.array, D)
    assert found.note == "decimals were read as the nearest numbers of float64"
    X = np.where(np.abs(D) > 1, D, 0).astype(np.float64)
    mmwrite(tmp_path / "x.mtx", sparse.coo_array(X))
    codes = given(str(tmp_path / "x.mtx"), "--codes", ("X",), sparse=True)
    assert np.array_equal(codes.array.toarray(), X)
    assert codes.note == found.note


def test_dask_arrays_are_computed() -> None:
    dask = pytest.importorskip("dask.array")
    X = np.eye(D.shape[1])[:3]
    found = certify(
        dask.from_array(D, chunks=2), codes=dask.from_array(X, chunks=(1, 2)), atoms="columns"
    )
    assert found.codes == certify(D, codes=X, atoms="columns").codes


def test_arrays_of_codes_as_a_table(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    np.save(tmp_path / "D.npy", D)
    np.save(tmp_path / "X.npy", np.eye(D.shape[1]))
    words = ["certify", str(tmp_path / "D.npy"), "--codes", str(tmp_path / "X.npy")]
    words += ["--atoms", "columns"]
    assert main([*words, "--out", str(tmp_path / "a")]) == 0
    assert main([*words, "--out", str(tmp_path / "b"), "--per-code", "parquet"]) == 0
    kept = np.load(tmp_path / "a" / "codes.npz")
    table = parquet.read_table(tmp_path / "b" / "codes.parquet")
    assert table.num_rows == D.shape[1]
    assert np.array_equal(table.column("sparsity"), kept["sparsity"])
    for column, name in enumerate(kept["property"]):
        for what in ("status", "margin", "atom"):
            values = table.column(f"{what}: {name}").to_numpy()
            np.testing.assert_array_equal(values, kept[what][:, column])
        field = table.field(f"status: {name}")
        assert field.metadata == {b"theorem": kept["theorem"][column].encode()}
    assert not (tmp_path / "b" / "codes.npz").exists()


def test_a_table_asks_for_its_extra_before_there_is_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sparsebound.checks.commands.per_code.find_spec", lambda _: None)
    words = ["certify", "no such file", "--codes", "none", "--per-code", "parquet"]
    assert main(words) == 2
    assert "pip install 'sparsebound[files]'" in capsys.readouterr().err


def test_a_library_that_is_missing_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "d.h5"
    path.write_bytes(b"\x89HDF")
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(InputError, match=r"h5py; pip install 'sparsebound\[files\]'"):
        read(str(path))


def write_safetensors(path: Path, arrays: dict[str, tuple[str, np.ndarray]]) -> None:
    """Write raw arrays under a type of the format."""
    header, data = {}, b""
    for name, (kind, array) in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        places = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": places}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def test_float8_is_read(tmp_path: Path) -> None:
    path = tmp_path / "d.safetensors"
    small = np.array([[0x38, 0x40, 0x44], [0xB8, 0x01, 0x7E]], dtype=np.uint8)
    write_safetensors(path, {"D": ("F8_E4M3", small)})
    assert read(str(path)).array.tolist() == [[1, 2, 3], [-1, 2**-9, 448]]
    write_safetensors(path, {"D": ("F8_E5M2", np.array([[0x3C, 0xC0, 0x01]], dtype=np.uint8))})
    assert read(str(path)).array.tolist() == [[1, -2, 2**-16]]


@pytest.mark.parametrize("cut", [4, 12, 40, 200])
def test_safetensors_that_are_cut_off_are_refused(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "d.safetensors"
    write_safetensors(path, {"D": ("F32", D)})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"undamaged \.safetensors"):
        read(str(path))


def test_shards_are_found_by_their_index(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "one.safetensors", {"b_enc": ("F32", np.zeros(8, np.float32))})
    write_safetensors(tmp_path / "two.safetensors", {"W_dec": ("F32", D.T), "W_enc": ("F32", D)})
    shards = {"b_enc": "one.safetensors", "W_dec": "two.safetensors", "W_enc": "two.safetensors"}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": shards}))
    for name in (index, tmp_path):
        found = read(str(name))
        assert np.array_equal(found.array, D.T)
        assert found.autoencoder is not None
    index.write_text(json.dumps({"weight_map": {"W_dec": "../two.safetensors"}}))
    with pytest.raises(InputError, match="shards are beside it"):
        read(str(index))


@pytest.mark.parametrize("layout", FILE_LAYOUTS, ids=lambda one: f"{one.name} {one.decoder_bias}")
def test_every_layout_gives_the_same_atoms_and_encoder(layout: Any, tmp_path: Path) -> None:
    n, m = 8, 5
    units = RNG.standard_normal((n, m))
    bias, offset = RNG.standard_normal(n), RNG.standard_normal(m)
    stored = {
        layout.decoder: D.T if layout.decoder_atoms == AS_ROWS else D,
        layout.encoder: units if layout.encoder_units == AS_ROWS else units.T,
        layout.encoder_bias: bias,
        layout.decoder_bias: offset,
    }
    path = tmp_path / "params.npz"
    np.savez(path, **stored)
    found = read(str(path))
    assert found.atoms == layout.decoder_atoms
    atoms = found.array if found.atoms == "rows" else found.array.T
    assert np.array_equal(atoms, D.T)
    encoder = found.autoencoder
    assert encoder is not None
    assert np.array_equal(encoder.encoder, units)
    assert np.array_equal(encoder.encoder_bias, bias)
    assert np.array_equal(encoder.decoder_bias, offset)
    assert found.note is not None
    assert encoder.architecture in found.note
    assert coherence(certify(str(path))) == coherence(certify(D))


@pytest.mark.parametrize(
    ("settings", "more", "architecture", "k", "subtracted"),
    [
        ({"architecture": "standard", "apply_b_dec_to_input": True}, {}, "standard", None, True),
        ({"architecture": "jumprelu"}, {"threshold": np.ones(8)}, "jumprelu", None, True),
        (
            {"activation_fn": "topk", "activation_fn_kwargs": {"k": 3}},
            {},
            *("topk", 3, True),
        ),
        ({"architecture": "batchtopk", "k": 4}, {"threshold": 0.5}, "batchtopk", 4, True),
        ({"architecture": "gated"}, {"b_gate": np.ones(8)}, "gated", None, True),
        ({"apply_b_dec_to_input": False}, {}, "standard", None, False),
        (None, {"threshold": np.ones(8)}, "jumprelu", None, False),
    ],
)
def test_the_architecture_is_recognised(
    settings: dict[str, Any] | None,
    more: dict[str, Any],
    architecture: str,
    k: int | None,
    subtracted: bool,
    tmp_path: Path,
) -> None:
    parts = {"W_dec": D.T, "W_enc": D, "b_enc": np.zeros(8), "b_dec": np.arange(5.0)} | more
    np.savez(tmp_path / "sae.npz", **parts)
    if settings is not None:
        (tmp_path / "cfg.json").write_text(json.dumps(settings))
    found = read(str(tmp_path)).autoencoder
    assert found is not None
    assert (found.architecture, found.k) == (architecture, k)
    assert found.input_bias.any() == subtracted


def test_a_name_that_fixes_the_layout_is_believed(tmp_path: Path) -> None:
    few = RNG.standard_normal((3, 7))
    for name, atoms in (("components_", 3), ("W_dec", 3), ("decoder.weight", 7), ("D", 7)):
        np.savez(tmp_path / "few.npz", **{name: few})
        assert certify(str(tmp_path / "few.npz")).dictionary.atoms == atoms


def test_codes_decide_the_layout_and_disagreement_is_refused(tmp_path: Path) -> None:
    few = RNG.standard_normal((3, 7))
    assert certify(few).dictionary.atoms == 7
    assert certify(few, codes=np.eye(3)).dictionary.atoms == 3
    np.savez(tmp_path / "few.npz", components_=few)
    with pytest.raises(InputError, match="codes of length 7 say columns, the name says rows"):
        certify(str(tmp_path / "few.npz"), codes=np.eye(7))
    with pytest.raises(InputError, match="square"):
        certify(np.eye(3), codes=np.eye(3))


def test_dead_atoms_are_left_out_where_that_is_asked_for() -> None:
    dead = D.copy()
    dead[:, [2, 6]] = 0
    with pytest.raises(InputError, match="--drop-zero-atoms leaves 2 out"):
        certify(dead)
    found = certify(dead, drop_zero_atoms=True)
    assert found.dictionary.atoms == 6
    assert any(note.endswith("counted without: 2, 6") for note in found.notes)
    assert coherence(found) == coherence(certify(np.delete(dead, [2, 6], axis=1)))
    X = np.zeros((1, 8))
    X[0, 7] = 1
    codes = certify(dead, drop_zero_atoms=True, codes=X, atoms="columns").codes
    assert codes is not None
    assert codes.sparsity == (1, 1)
    X[0, 6] = 1
    with pytest.raises(InputError, match=r"--codes\[0, 6\] is 1.0"):
        certify(dead, drop_zero_atoms=True, codes=X, atoms="columns")
    with pytest.raises(InputError, match="zero throughout"):
        certify(np.zeros((2, 3)), drop_zero_atoms=True)


def test_dust_in_codes_is_pointed_at_and_taken_for_zero_on_demand() -> None:
    X = np.full((4, 8), 1e-17)
    X[:, 2] = 1
    found = certify(D, codes=X)
    assert found.codes is not None
    assert found.codes.sparsity == (8, 8)
    assert any("--zero-below" in note for note in found.notes)
    clean = certify(D, codes=X, zero_below=1e-12)
    assert clean.codes is not None
    assert clean.codes.sparsity == (1, 1)
    assert any("28 entries of a size below 1e-12" in note for note in clean.notes)
    with pytest.raises(InputError, match="--zero-below is -1"):
        certify(D, codes=X, zero_below=-1.0)


def test_objects_of_other_libraries(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", D)
    expected = coherence(certify(D))
    assert coherence(certify(tmp_path / "d.npy")) == expected
    assert coherence(certify(sparse.csr_array(D))) == expected
    assert coherence(certify(np.ma.array(D))) == expected
    masked = np.ma.array(D, mask=np.eye(5, 8, dtype=bool))
    with pytest.raises(InputError, match="masked"):
        certify(masked)


def test_tensors_are_arrays() -> None:
    torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")
    expected = coherence(certify(D))
    assert coherence(certify(torch.nn.Parameter(torch.tensor(D)))) == expected
    short = certify(torch.tensor(D, dtype=torch.bfloat16))
    assert short.input.dtype == "bfloat16"
    assert "bfloat16 was taken to float32, without rounding" in short.notes


def test_what_a_checkpoint_says_beside_its_tensors(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")
    n, m = D.T.shape
    parts = {
        **{"encoder.weight": torch.tensor(D.T), "decoder.weight": torch.tensor(D)},
        **{"latent_bias": torch.zeros(n), "pre_bias": torch.ones(m)},
    }
    said = {"activation": "TopK", "activation_state_dict": {"k": 3, "postact_fn": "ReLU"}}
    torch.save(parts | said, tmp_path / "autoencoder.pt")
    found = read(str(tmp_path / "autoencoder.pt")).autoencoder
    assert found is not None
    assert (found.architecture, found.k) == ("topk", 3)
    assert found.unlike is not None  # it normalises signals where it has a number of units
    torch.save(parts | {"activation": "ReLU"}, tmp_path / "autoencoder.pt")
    found = read(str(tmp_path / "autoencoder.pt")).autoencoder
    assert found is not None
    assert (found.architecture, found.unlike) == ("standard", None)
    nested = {"W_dec": torch.tensor(D.T), "W_enc": torch.tensor(D), "b_enc": torch.zeros(n)}
    said = {"architecture": "topk", "k": 2, "apply_b_dec_to_input": True}
    torch.save({"state_dict": nested, "cfg": said}, tmp_path / "sae.pt")
    found = read(str(tmp_path / "sae.pt")).autoencoder
    assert found is not None
    assert (found.architecture, found.k) == ("topk", 2)


def test_tensors_of_every_kind(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    torch = pytest.importorskip("torch", reason="the extra 'torch' is not installed")
    short = torch.tensor(D).to(torch.bfloat16)
    torch.save(short, tmp_path / "d.pt")
    found = read(str(tmp_path / "d.pt"))
    assert (found.dtype, found.note) == (
        "bfloat16",
        "bfloat16 was taken to float32, without rounding",
    )
    assert np.array_equal(found.array, short.float().numpy())
    torch.save({"layers": [torch.tensor(D), torch.zeros(2)]}, tmp_path / "list.pt")
    assert np.array_equal(read(str(tmp_path / "list.pt"), array="layers.0").array, D)
    torch.jit.script(torch.nn.Linear(2, 3)).save(str(tmp_path / "script.pt"))
    recwarn.clear()
    with pytest.raises(InputError, match="pickled objects"):
        read(str(tmp_path / "script.pt"))
    assert not recwarn.list
    X = torch.eye(8)[:3]
    dense = certify(D, codes=X, atoms="columns").codes
    for sparse_ in (X.to_sparse_csr(), X.to_sparse(), X.to_sparse_csr().bfloat16()):
        assert certify(D, codes=sparse_, atoms="columns").codes == dense
        assert given(sparse_, "--codes", sparse=True).array.nnz == 3  # none of them was filled up
        torch.save(sparse_, tmp_path / "X.pt")
        assert certify(D, codes=tmp_path / "X.pt", atoms="columns").codes == dense
    with pytest.raises(InputError, match="FILE is 'a tensor of the type float32'; expected"):
        certify(torch.empty(2, 3, device="meta"))


def test_sparse_codes_that_are_damaged_or_not_finite() -> None:
    X = sparse.csr_array(np.eye(8)[:3])
    X.data[1] = np.nan
    with pytest.raises(InputError, match=r"--codes\[1, 1\] is nan; expected a finite number"):
        certify(D, codes=X, atoms="columns")
    X.data[1], X.indices[2] = 1, 8
    with pytest.raises(InputError, match="--codes is 'sparse'; expected undamaged"):
        certify(D, codes=X, atoms="columns")
    with pytest.raises(InputError, match="--codes-axis columns takes columns"):
        certify(D, codes=np.eye(8)[:, :3], atoms="columns")
