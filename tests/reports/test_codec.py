"""What is stored: read strictly, written in one order, and in a format that has a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, make_dataclass
from typing import Annotated, Any, ClassVar

import pytest

from sparsebound.reports.codec import JsonRecord, Length, OneOf, described, digest, kinds_of
from sparsebound.reports.run_folder import SCHEMA, Shard
from sparsebound.reports.tally import Tally
from sparsebound.theory.errors import InputError

FORMATS = {
    5: "2270e484026ade47",
    6: "cc019bbb5f8eee54",
    7: "8c97a5d8662c5fc4",
    8: "d07e8cac78a75668",
}
"""What each schema number stores. A number whose runs anybody keeps has one digest for ever."""


@dataclass(frozen=True)
class Point(JsonRecord):
    at: tuple[float, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bins(JsonRecord):
    WHOLE: ClassVar[str] = "counts"

    counts: Mapping[str, Annotated[tuple[int, ...], Length(2)]]


@dataclass(frozen=True)
class Drawing(JsonRecord):
    kind: Annotated[str, OneOf(("line", "dots"))]
    closed: bool
    points: tuple[Point, ...]
    weights: Annotated[tuple[float, ...], Length("points")]
    sizes: tuple[int, ...]
    matrix: tuple[tuple[float, ...], ...]
    bins: Bins
    start: Point | None
    scale: float | None
    options: dict[str, Any]
    total: int = 0

    def check(self, where: str) -> None:
        if self.total > 9:
            raise InputError(f"{where}.total", self.total, "at most 9")


DRAWING = Drawing(
    kind="line",
    closed=True,
    points=(Point((0.5, 1.0), ("a", "b")), Point(())),
    weights=(1.0, 2.0),
    sizes=(3, 0, 7),
    matrix=((1.0, 2.0), (3.0, 4.0)),
    bins=Bins({"z": (1, 2), "a": (3, 4)}),
    start=None,
    scale=0.5,
    options={"z": [None], "a": {}},
)
DOCUMENT: dict[str, Any] = {
    "kind": "line",
    "closed": True,
    "points": [{"at": [0.5, 1.0], "names": ["a", "b"]}, {"at": [], "names": []}],
    "weights": [1.0, 2.0],
    "sizes": [3, 0, 7],
    "matrix": [[1.0, 2.0], [3.0, 4.0]],
    "bins": {"a": [3, 4], "z": [1, 2]},
    "start": None,
    "scale": 0.5,
    "options": {"z": [None], "a": {}},
    "total": 0,
}


def test_written_and_read_again() -> None:
    assert DRAWING.to_json() == DOCUMENT
    assert Drawing.from_json(DOCUMENT) == DRAWING


def test_fields_keep_their_order_and_mappings_are_sorted() -> None:
    written = DRAWING.to_json()
    assert list(written) == [item.name for item in fields(DRAWING)]
    assert list(written["bins"]) == ["a", "z"]
    assert list(written["options"]) == ["z", "a"], "expected what is kept as it is to stay so"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "x"}, r"drawing.kind is 'x'; expected one of \['line', 'dots'\]"),
        ({"kind": ["line"]}, "drawing.kind is"),
        ({"closed": 1}, "drawing.closed is 1; expected true or false"),
        ({"points": {}}, "drawing.points is {}; expected a JSON array"),
        ({"points": [3, 4]}, r"drawing.points\[0\] is 3; expected a JSON object"),
        ({"points": [{"at": [0], "names": []}, {"at": ["x"], "names": []}]},
         r"drawing.points\[1\].at is \['x'\]; expected an array of finite numbers"),
        ({"points": [{"at": [0]}, {"at": []}]},
         r"drawing.points\[0\].names is None; expected an array of strings; the field is missing"),
        ({"weights": [1]}, r"drawing.weights is \[1\]; expected an array of 2 finite numbers"),
        ({"sizes": [1, -1]}, r"drawing.sizes is \[1, -1\]; expected an array of 2 counts"),
        ({"matrix": [[1], [1, 2]]}, r"drawing.matrix\[1\].row is \[1, 2\]; expected an array of 1"),
        ({"bins": []}, r"drawing.bins is \[\]; expected a JSON object"),
        ({"bins": {"a": [1]}}, r"drawing.bins.a is \[1\]; expected an array of 2 counts"),
        ({"start": 3}, "drawing.start is 3; expected a JSON object"),
        ({"start": {"at": [], "names": [1]}}, r"drawing.start.names is \[1\]"),
        ({"scale": "1"}, "drawing.scale is '1'; expected a finite number or null"),
        ({"options": []}, r"drawing.options is \[\]; expected a JSON object"),
        ({"total": -1}, "drawing.total is -1; expected an integer that is at least 0"),
        ({"total": 10}, "drawing.total is 10; expected at most 9"),
        ({"more": 1}, r"fields of drawing is \['more'\]; expected only \['bins', 'closed'"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Drawing.from_json({**DOCUMENT, **changes})


@pytest.mark.parametrize("name", DOCUMENT)
def test_every_field_has_to_be_there(name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}
    with pytest.raises(InputError, match=rf"here\.{name} is None; .*; the field is missing"):
        Drawing.from_json(document, "here")


@pytest.mark.parametrize("value", [None, [], 3, "x"])
def test_what_is_no_object_is_refused(value: object) -> None:
    for kind in (Drawing, Bins):
        with pytest.raises(InputError, match=r"here is .*; expected a JSON object"):
            kind.from_json(value, "here")


def test_a_field_more_or_another_name_is_another_format() -> None:
    kinds = kinds_of(Point)
    more = make_dataclass("Point", {**kinds, "colour": str}.items(), bases=(JsonRecord,))
    renamed = make_dataclass("Point", [("place", kinds["at"]), ("names", kinds["names"])],
                             bases=(JsonRecord,))  # fmt: skip
    retyped = make_dataclass("Point", [("at", tuple[int, ...]), ("names", kinds["names"])],
                             bases=(JsonRecord,))  # fmt: skip
    same = make_dataclass("Other", kinds.items(), bases=(JsonRecord,))
    formats = [digest(kind) for kind in (Point, more, renamed, retyped)]
    assert len(set(formats)) == 4
    assert digest(same) == digest(Point)


def test_a_field_deep_inside_is_part_of_the_format() -> None:
    described_tally = described(Tally)
    assert described_tally["samples"]["worst"]["or null"]["curve"]["or null"]["k"] == [
        "int",
        "any number",
    ]
    assert "vacuous" in described_tally["worst"]["or null"]["status"]


def test_what_is_stored_has_not_changed_under_its_schema_number() -> None:
    found = digest(Shard)
    assert FORMATS.get(SCHEMA) == found, (
        f"what a run stores has another format, {found}: give it a new number, "
        "sparsebound.reports.run_folder.SCHEMA, and write both down here"
    )
