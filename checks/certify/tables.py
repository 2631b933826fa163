"""Tables of numbers as text: which cells are data, and which are names of columns or rows.

Names are left out where that is certain, and it is said; where it is not, the table is refused. No
name is read as a number.
"""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import numpy as np

DELIMITERS = "\t;,"
"""What may be between cells, but for spaces, the surest sign first."""

COUNTED = 4
"""Fewer cells than this may count, differ, or be evenly spaced by chance."""

EVENLY = 1e-9
"""How far steps between cells may differ that are one step, rounded, relative to it."""

INDICES = ("", "id", "index", "idx", "unnamed: 0")
"""What a header says above an index, in small letters; nothing, most often."""


class Unreadable(Exception):  # noqa: N818 - it says what was expected
    """What a reader expected of a file."""


class Headed(str):
    """The name of an array in a table of which something was left out, and what."""

    __slots__ = ()


def read_table(path: Path) -> dict[Headed | None, np.ndarray]:
    """Read a table of numbers; names of columns, and of rows, are left out.

    A first row that counts, as pandas writes it, is a header where data could hardly look like
    that; a first column is an index where it stands under an empty cell of a header, or one that
    says so, beside it, or has words. Evenly spaced decimals, as 0.0, 1.0, 2.0, may be either: they
    are refused, but under an empty cell.
    """
    rows = _rows(_text(path))
    first, others = rows[0], rows[1:]
    beside = bool(others) and all(len(row) == len(first) + 1 for row in others)  # as R writes it
    corner = beside or first[0].lower() in INDICES
    names = first[1:] if corner and not beside else first
    named = bool(others) and not any(map(_is_number, names))
    counts = bool(others) and _counts(names) and (corner or _unlike(names, others))
    header = named or counts or (bool(others) and corner and _is_spaced(names))
    body = others if header else rows
    labels = [row[0] for row in body]
    wordy = not any(map(_is_number, labels))
    index = header and (beside or (len(first) > 1 and (corner or wordy)))
    if index and "" in labels:
        raise Unreadable("a table with one row of names, and a name in each row that has an index")
    if not index and len(first) > 1:
        _refuse_names(labels, [row[1:] for row in body], "column", "row")
    if not header and others:
        _refuse_names(first, others, "row", "column")
    kept = [row[1:] if index else row for row in body]
    numbers = _numbers(kept, len(rows) - len(body) + 1)
    left_out = [*(["a header"] if header else []), *(["an index column"] if index else [])]
    return {Headed(" and ".join(left_out)) if left_out else None: numbers}


def _text(path: Path) -> str:
    """The text of a file, in UTF-8, or in UTF-16 where it says so."""
    stored = path.read_bytes()
    wide = stored.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return stored.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte {error.start} is none of it"
        raise Unreadable(f"text in UTF-8, or in UTF-16 with its mark ({said})") from error


def _rows(text: str) -> list[list[str]]:
    """The cells of all lines but comments and the line with which a spreadsheet is told them."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    told = lines[0].strip().lower() if lines else ""
    told = told[4:] if len(told) == 5 and told.startswith("sep=") else ""
    lines = lines[1:] if told else lines
    if not lines:
        raise Unreadable("a file with numbers")
    marks = (mark for mark in DELIMITERS if any(mark in line for line in lines))
    delimiter = told or next(marks, None)
    if delimiter is not None:
        cells = csv.reader(lines, delimiter=delimiter)
    else:
        spaced = (line.partition("#")[0].strip() for line in lines)
        plain = (line for line in spaced if line)
        cells = csv.reader(plain, delimiter=" ", skipinitialspace=True)
    return [[cell.strip() for cell in row] for row in cells]


def _numbers(rows: list[list[str]], line: int) -> np.ndarray:
    """Read the cells of a table, whose first row has the number ``line`` of those with text."""
    found: list[list[float]] = []
    for number, row in enumerate(rows, line):
        if len(row) != len(rows[0]):
            counts = f"row {number} has {len(row)}, row {line} has {len(rows[0])}"
            raise Unreadable(f"a table with as many numbers in each row; {counts}")
        try:
            found.append(list(map(float, row)))
            wrong = next((cell for cell in row if "_" in cell), None)
        except ValueError:
            wrong = next(cell for cell in row if not _is_number(cell))
        if wrong is not None:
            said = f"a table of numbers, as 1.5; row {number} has {wrong[:40]!r}"
            raise Unreadable(said)
    return np.array(found, dtype=np.float64)


def _is_number(cell: str) -> bool:
    """Whether a cell is a number; Python would take ``1_0`` for one, too.

    Examples
    --------
    >>> _is_number("1e-3"), _is_number("1_0"), _is_number("atom")
    (True, False, False)
    """
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _is_whole(cell: str) -> bool:
    return cell.lstrip("+-").isdigit()


def _counts(cells: list[str]) -> bool:
    """Whether cells are 0, 1, 2, ... or 1, 2, 3, ..."""
    return len(cells) > 1 and any(
        cells == [str(i) for i in range(least, least + len(cells))] for least in (0, 1)
    )


def _is_spaced(cells: list[str]) -> bool:
    """Whether numbers, not all of them whole, are evenly spaced, as the points of an axis are.

    Examples
    --------
    >>> _is_spaced(["0.0", "1.0", "2.0", "3.0"]), _is_spaced(["0.1", "0.2", "0.4", "0.5"])
    (True, False)
    >>> _is_spaced(["5", "6", "7", "8"])  # others decide whether these are names
    False
    """
    few = len(cells) < COUNTED
    if few or all(map(_is_whole, cells)) or not all(map(_is_number, cells)):
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.diff([float(cell) for cell in cells])
        return bool(steps[0] != 0 and (abs(steps - steps[0]) <= EVENLY * abs(steps[0])).all())


def _unlike(cells: list[str], others: list[list[str]]) -> bool:
    """Whether data could hardly look like some cells that count: not as others do, and too long.

    Raises
    ------
    Unreadable
        If that cannot be told.
    """
    decimals, few = _are_decimals(others), len(cells) < COUNTED
    if decimals != few:
        return decimals
    raise Unreadable(
        "a table that says whether it has a header: its first row or column counts from 0 or 1, "
        "as names do (write it as .npy)"
    )


def _refuse_names(cells: list[str], others: list[list[str]], kind: str, other: str) -> None:
    """Refuse a first row, or column, that may be names: it counts, or else is unlike data.

    Raises
    ------
    Unreadable
        If it does.
    """
    if _counts(cells) and _unlike(cells, others):
        does = f"counts the {other}s"
    elif len(set(cells)) == len(cells) >= COUNTED and all(map(_is_whole, cells)):
        does = "has whole numbers that differ beside decimals" if _are_decimals(others) else ""
    elif _is_spaced(cells):
        does = "counts in even steps"
    else:
        does = ""
    if does:
        names = "an index" if kind == "column" else "a header"
        raise Unreadable(
            f"a table whose first {kind} is data: it {does}, as {names} does "
            f"(write it without its {names.split()[1]}, or as .npy)"
        )


def _are_decimals(rows: list[list[str]]) -> bool:
    """Whether most cells are no whole numbers."""
    decimals = sum(not _is_whole(cell) for row in rows for cell in row)
    return decimals * 2 > sum(map(len, rows))
