"""Pairs of atoms on a cluster: the profile is the local one to the last bit, whatever is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sparsebound.checks.certify.tiles as tiles_module
import sparsebound.checks.cluster as cluster_module
from sparsebound.checks.certify import blocked
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import profile_of
from sparsebound.checks.certify.elsewhere import Elsewhere, Files
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.tiles import Tile, Tiles
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.profile import Profile
from tests.checks.certify.test_blocked import CASES
from tests.checks.certify.test_elsewhere import in_this_process

ATOMS = 1100
BLOCKS = 18
"""Of 64 atoms, the last of them of 12; one of them is a group, so that tiles are pairs."""
PAIRS = BLOCKS * (BLOCKS - 1) // 2


@pytest.fixture
def dictionary(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    monkeypatch.setattr(blocked, "BLOCK", 64)
    monkeypatch.setattr(blocked, "WAITING", 2)
    np.save(tmp_path / "D.npy", CASES[getattr(request, "param", "gaussian")]()[:ATOMS])
    return tmp_path / "D.npy"


def on_a_cluster(file: Path, keep: Path | None = None) -> Profile:
    workers = Elsewhere(
        Files.of(file, None, None, None, False, "rows", 0.0, 2**28), "127.0.0.1:8786"
    )
    return profile_of(Atoms(np.load(file), "rows", ""), kind="numpy", between=Tiles(workers, keep))


def here(file: Path, keep: Path | None = None) -> Profile:
    return profile_of(Atoms(np.load(file), "rows", ""), kind="numpy", between=Tiles(None, keep))


def bits(found: Profile) -> list[Any]:
    """All that is known, to the last bit."""
    values = [getattr(found, field.name) for field in fields(found)]
    ends = [(value.lower, value.upper) if isinstance(value, Ball) else value for value in values]
    return [np.asarray(value).tolist() for value in ends]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Tile]:
    """The tiles that workers screen."""
    heard: list[Tile] = []
    start = tiles_module.start

    def listening(*arguments: Any) -> Callable[[Tile], Any]:
        screen = start(*arguments)

        def heard_first(tile: Tile) -> Any:
            heard.append(tile)
            return screen(tile)

        return heard_first

    monkeypatch.setattr(tiles_module, "start", listening)
    return heard


@pytest.mark.parametrize("dictionary", ["crowded", "bases"], indirect=True)
def test_a_profile_is_the_local_one(
    dictionary: Path, asked: list[Tile], monkeypatch: pytest.MonkeyPatch
) -> None:
    local = profile_of(Atoms(np.load(dictionary), "rows", ""), kind="numpy")
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    assert bits(on_a_cluster(dictionary)) == bits(local)
    assert len({pair for tile in asked for pair in tile.pairs}) == PAIRS


def test_tiles_of_several_blocks(
    dictionary: Path, asked: list[Tile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles_module, "SIDES", 5)
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    assert bits(on_a_cluster(dictionary)) == bits(here(dictionary))
    assert len(asked) == 6 * 7 // 2
    assert sorted(len(tile.pairs) for tile in asked) == 6 * [3] + 15 * [9]


def test_only_what_matters_comes_back(dictionary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    given = Files.of(dictionary, None, None, "rows", False, "rows", 0.0, 2**28)
    atoms = Atoms(np.load(dictionary), "rows", "")
    digest = tiles_module.digest_of(atoms.rows, atoms.layout)
    screen = tiles_module.start(given, digest, 64, "numpy")
    unit = atoms.unit(slice(None))
    sizes = abs(unit[:64] @ unit[64:128].T)
    floor = {0: np.full(64, 0.5, np.float32), 64: np.full(64, 2.0, np.float32)}
    for _ in range(2):  # nothing is left of what was asked before
        found = screen(Tile([(0, 64)], floor))
        owners, values = found[0]
        for atom in range(64):
            wanted = np.sort(sizes[atom][sizes[atom] > 0.5])
            assert np.sort(values[owners == atom]) == pytest.approx(wanted, abs=1e-6)
        assert len(found[64][1]) == 0


def test_what_is_lost_is_done_here(dictionary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = in_this_process(lambda tile: (tile.pairs[0][0] // 64) % 2 == 0)
    monkeypatch.setattr(cluster_module, "Cluster", half)
    assert bits(on_a_cluster(dictionary)) == bits(here(dictionary))


@pytest.mark.parametrize("go_on", [here, on_a_cluster])
def test_interrupted_it_goes_on_anywhere(
    dictionary: Path,
    asked: list[Tile],
    monkeypatch: pytest.MonkeyPatch,
    go_on: Callable[..., Profile],
) -> None:
    local, keep = here(dictionary), dictionary.parent / "new" / "unfinished.npz"
    monkeypatch.setattr(tiles_module, "EVERY", 0.0)
    monkeypatch.setattr(tiles_module, "SPENT", 1e9)
    lost_and_stopped = in_this_process(lambda tile: tile.pairs[0][0] == 64, stops_at=50)
    monkeypatch.setattr(cluster_module, "Cluster", lost_and_stopped)
    with pytest.raises(KeyboardInterrupt):
        on_a_cluster(dictionary, keep)
    asked.clear()
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    assert bits(go_on(dictionary, keep)) == bits(local)
    assert len(asked) == (PAIRS - 50 if go_on is on_a_cluster else 0)
    asked.clear()
    assert bits(on_a_cluster(dictionary, keep)) == bits(local)
    assert len(asked) == (0 if go_on is on_a_cluster else PAIRS - 50)


@pytest.mark.parametrize("damage", ["cut", "other input", "no archive"])
def test_what_was_kept_and_is_damaged_or_of_other_input_is_done_again(
    dictionary: Path, asked: list[Tile], monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    keep = dictionary.parent / "unfinished.npz"
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    on_a_cluster(dictionary, keep)
    if damage == "other input":
        np.save(dictionary, np.load(dictionary) * np.linspace(1, 2, 24))
    else:
        stored = keep.read_bytes()
        keep.write_bytes(stored[: len(stored) // 2] if damage == "cut" else b"none")
    asked.clear()
    assert bits(on_a_cluster(dictionary, keep)) == bits(here(dictionary))
    assert len(asked) == PAIRS


def test_progress_counts_pairs_that_were_kept(
    dictionary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = dictionary.parent / "unfinished.npz"
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    on_a_cluster(dictionary, keep)
    heard: list[tuple[int, int]] = []
    profile_of(
        Atoms(np.load(dictionary), "rows", ""),
        kind="numpy",
        progress=lambda *at: heard.append(at),
        between=Tiles(None, keep),
    )
    assert heard == [(done, BLOCKS + PAIRS) for done in range(1, BLOCKS + PAIRS + 1)]


def test_certify_with_and_without_a_cluster(
    dictionary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep = tmp_path / "out" / "unfinished"
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    given = {"atoms": "rows", "backend": "numpy"}
    there = certify(dictionary, cluster="127.0.0.1:8786", keep=keep, **given)
    assert there == certify(dictionary, **given)
    assert list(keep.parent.iterdir()) == []


def test_another_file_is_refused(
    dictionary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    np.save(tmp_path / "other.npy", np.load(dictionary) * 2)
    atoms = Atoms(np.load(dictionary), "rows", "")
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    files = Files.of(tmp_path / "other.npy", None, None, None, False, "rows", 0.0, 2**28)
    with pytest.raises(InputError, match=r"--cluster is .*other\.npy.*the same for all workers"):
        profile_of(atoms, kind="numpy", between=Tiles(Elsewhere(files, "127.0.0.1:8786")))
