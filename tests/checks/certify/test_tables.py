"""Tables as people and programs write them: no name is read as a number, nor a number as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.certify.reading import read
from sparsebound.theory.errors import InputError

D = np.random.default_rng(3).standard_normal((6, 5))


def table(
    names: list[object] | None,
    labels: list[object] | None,
    *,
    mark: str = ",",
    corner: str | None = "",
) -> str:
    """A table of ``D``, with a header, an index, or both."""
    lines = [mark.join(map(repr, map(float, row))) for row in D]
    if labels is not None:
        lines = [f"{label}{mark}{line}" for label, line in zip(labels, lines, strict=True)]
    if names is not None:
        before = "" if labels is None or corner is None else f"{corner}{mark}"
        lines = [before + mark.join(map(str, names)), *lines]
    return "\n".join(lines)


COUNTED, FROM_1 = list(range(5)), list(range(1, 6))
REALS, HALVES = [float(i) for i in range(6)], [0.1 * i for i in range(6)]
ROWS, WORDS, FIVE = list(range(6)), list("abcdef"), list("vwxyz")

READ = {
    "a header that counts from 1": (table(FROM_1, None), "a header"),
    "a header that counts, and spaces": (table(COUNTED, None, mark=" "), "a header"),
    "an index, and spaces": (table(COUNTED, ROWS, mark=" ", corner='""'), "a header and an index"),
    "names with underscores, which Python takes for numbers": (
        table([f"0_{i}" for i in range(5)], None),
        "a header",
    ),
    "any index under an empty corner": (table(FROM_1, [5, 3, 9, 1, 8, 2]), "an index column"),
    "decimals that count, under an empty corner": (
        table(REALS[:5], REALS),
        "a header and an index column",
    ),
    "an index that says so": (table(COUNTED, ROWS, corner="Unnamed: 0"), "an index column"),
    "an index beside the header, as R writes it": (
        table(['"V1"', '"V2"', '"V3"', '"V4"', '"V5"'], [f'"{i}"' for i in ROWS], corner=None),
        "a header and an index column",
    ),
    "marks in a comment": (f"# one, two; three\n{table(None, None, mark=' ')}", None),
    "a spreadsheet is told the mark": (f"sep=;\n{table(FIVE, None, mark=';')}", "a header"),
    "aligned by spaces": (table(None, None, mark="   "), None),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_data_in_a_table(case: str, tmp_path: Path) -> None:
    text, left_out = READ[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    found = read(str(path))
    assert np.array_equal(found.array, D)
    assert (left_out is not None) == ("left out" in str(found.note))
    assert left_out is None or left_out in str(found.note)


REFUSED = {
    "an index that counts from 1": (table(None, ROWS), "it counts the rows, as an index does"),
    "decimals that count": (table(REALS[:5], None), "first row is data: it counts in even steps"),
    "decimals in even steps": (table(HALVES[:5], None), "first row is data"),
    "an index of decimals": (table(None, HALVES), "first column is data: it counts in even steps"),
    "a named index": (table(FIVE, [5, 3, 9, 1, 8, 2], corner="year"), "first column is data"),
    "numbers of columns": (table([7, 10, 13, 16, 19], None), "first row is data"),
    "names in two rows": (f",a,a,b,b,b\n{table(COUNTED, WORDS)}", "one row of names"),
    "underscores in numbers": (table(None, None) + "\n1_0,2,3,4,5", "row 7 has '1_0'"),
    "decimal commas": ("1,5\t2,5\n0,5\t3,5", "row 2 has '3,5'"),
    "whole numbers under some that count": ("1,2,3,4\n0,1,0,0\n", "whether it has a header"),
    "two rows that may be a header and data": ("0,1\n0.6,0.8", "whether it has a header"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_certain_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = REFUSED[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=expected):
        read(str(path))


@pytest.mark.parametrize("text", ["0,1,2,3,4", "1 2 3 4 5", "0\n1\n2\n3\n4", "7\n3\n9\n5"])
def test_one_row_and_one_column_are_data(text: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text)
    assert read(str(path)).array.ravel().tolist() == [
        float(x) for x in text.replace(",", " ").split()
    ]


@pytest.mark.parametrize("first", ["0.0,1.0,2.0,4.0", "1.0,1.0,1.0,1.0", "0.0,1.0", "1,2,3,4"])
def test_numbers_that_are_not_evenly_spaced_are_data(first: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{first}\n{first}\n")
    row = [float(cell) for cell in first.split(",")]
    if first == "1,2,3,4":  # but whole ones may be names
        with pytest.raises(InputError, match="whether it has a header"):
            read(str(path))
    else:
        assert read(str(path)).array.tolist() == [row, row]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_text_that_says_how_it_is_encoded(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(table(FIVE, None), encoding=encoding)
    assert np.array_equal(read(str(path)).array, D)
    path.write_text(table(["é"] * 5, None), encoding="latin-1")
    with pytest.raises(InputError, match=r"text in UTF-8.*byte 0"):
        read(str(path))


def test_an_index_in_parquet_is_no_atom(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    names = [f"atom {i}" for i in range(5)]
    whole = pyarrow.table([pyarrow.array(ROWS), *D.T], names=["id", *names])
    said = b'{"index_columns": ["id"], "columns": [], "column_indexes": []}'
    path = tmp_path / "table.parquet"
    parquet.write_table(whole.replace_schema_metadata({b"pandas": said}), path)
    found = read(str(path))
    assert np.array_equal(found.array, D)
    assert found.note == "left out of the table: an index column"
    parquet.write_table(whole, path)
    assert read(str(path)).array.shape == (6, 6)
    parquet.write_table(whole.append_column("word", [WORDS]), path)
    with pytest.raises(InputError, match="its column 'word' is of the type string"):
        read(str(path))
    parquet.write_table(whole.append_column("large", [[2**53 + 1] * 6]), path)
    with pytest.raises(InputError, match="its column 'large' has others"):
        read(str(path))
    parquet.write_table(pyarrow.table({}), path)
    with pytest.raises(InputError, match="a column of numbers"):
        read(str(path))
