"""One name, one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import sparsebound

ROOT = Path(sparsebound.__file__).parent
PACKAGES = ("theory", "checks", "reports")
CONVENTIONS = ("THEOREM", "FAMILIES", "PROVIDERS", "SCHEMA")
"""Names by which modules are found, or that each kind of file has."""

SHARED = {
    "checks/algorithms": {"STEPS"},
    "checks/oracles": {"ITERATIONS", "REFERENCE_SHARE", "SHARES", "TOLERANCE"},
    "checks/subjects": {"LAYERS", "SHARPNESS"},
    "reports/gate": {"LOOK"},
}
"""Constants of a room that still share a name. The list may only get shorter."""

Named = tuple[str, str]


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def classes(module: ast.Module) -> Iterator[str]:
    """Public classes of a module."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def constants(module: ast.Module) -> Iterator[Named]:
    """Public constants of a module, with what they are set to."""
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and node.value:
            targets: list[ast.expr] = [node.target]
        elif isinstance(node, ast.Assign):
            targets = node.targets
        else:
            continue
        if "TypeVar" in ast.unparse(node.value):
            continue
        for target in targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            for name in names:
                if isinstance(name, ast.Name) and name.id.isupper() and name.id[0] != "_":
                    yield name.id, ast.unparse(node.value)


def shared(named: Iterable[Named]) -> dict[str, list[str]]:
    """Names that stand for more than one thing, each with where it does."""
    places = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def test_no_two_public_classes_have_one_name() -> None:
    found = shared((name, path) for path, module in _modules() for name in classes(module))
    assert not found, f"expected a name of its own for each class: {found}"


def test_no_two_public_constants_of_a_room_have_one_name() -> None:
    rooms: dict[str, list[Named]] = defaultdict(list)
    for path, module in _modules():
        named = ((name, f"{path}: {value}") for name, value in constants(module))
        rooms[str(Path(path).parent)] += [one for one in named if one[0] not in CONVENTIONS]
    found = {room: shared(named) for room, named in rooms.items()}
    more = {room: names for room, names in found.items() if set(names) - SHARED.get(room, set())}
    assert not more, f"expected a name of its own for each constant: {more}"
    gone = {room: names - set(found.get(room, ())) for room, names in SHARED.items()}
    assert not any(gone.values()), f"expected SHARED without what has been renamed: {gone}"


def test_a_name_that_stands_for_two_things_is_found() -> None:
    module = ast.parse("class A: ...\nclass _B: ...\nX, Y = 1, 2\nZ: int = 3\n_W = 4\nlower = 5")
    assert list(classes(module)) == ["A"]
    assert [name for name, _ in constants(module)] == ["X", "Y", "Z"]
    assert shared([("A", "one"), ("B", "one"), ("A", "two")]) == {"A": ["one", "two"]}


def test_the_test_looks_at_all_packages() -> None:
    paths = [path for path, _ in _modules()]
    assert {Path(path).parts[0] for path in paths} == set(PACKAGES)
    assert len(paths) > 250
