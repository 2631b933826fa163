"""Codes on a cluster: what workers find is what is found here, and what they lose is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sparsebound.checks.certify.codes as codes_module
import sparsebound.checks.cluster as cluster_module
from sparsebound.checks.certify.elsewhere import Files, start
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.executor import Lost
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.codes import CERTIFIED, OPEN


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((12, 24))
    D[:, 5] = 0
    X = np.where(rng.random((50, 24)) < 0.1, rng.standard_normal((50, 24)), 0)
    X[:, 5] = 0
    X[7] = 0
    np.save(tmp_path / "D.npy", D)
    np.save(tmp_path / "X.npy", X.T)
    monkeypatch.setattr(codes_module, "chunk_of", lambda *_: 10)
    return {
        "dictionary": tmp_path / "D.npy",
        "codes": tmp_path / "X.npy",
        "codes_axis": "columns",
        "drop_zero_atoms": True,
    }


def in_this_process(
    lost: Callable[[Any], bool] = lambda task: False, stops_at: int | None = None
) -> Any:
    """A cluster whose tasks are done here, last first, but for those that are lost."""

    class Here:
        def __init__(
            self, address: str, timeout: float, sources: Any, begin: Callable[..., Any], *args: Any,
            any_arithmetic: bool = False,
        ) -> None:  # fmt: skip
            self.begin, self.args = begin, args

        def __enter__(self) -> Here:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def do(self, tasks: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
            look = self.begin(*self.args, None)
            for number, task in enumerate(reversed(list(tasks))):
                if number == stops_at:
                    raise KeyboardInterrupt
                yield task, Lost(task, "", "died") if lost(task) else look(task)

    return Here


def test_workers_find_what_is_found_here(
    files: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = certify(**files)
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    done: list[tuple[int, int]] = []
    found = certify(**files, cluster="local[2]", progress=lambda *at: done.append(at))
    assert found == whole
    assert found.codes is not None
    assert whole.codes is not None
    for name, value in asdict(found.codes.each).items():
        np.testing.assert_array_equal(value, getattr(whole.codes.each, name))
    assert (5, 5) in done


def test_what_is_lost_is_unknown_and_said(
    files: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process({(20, 30)}.__contains__))
    found = certify(**files, cluster="local[2]")
    assert found.codes is not None
    assert found.codes.lost == ((20, 30),)
    assert any("nothing is known of codes 20 to 29" in note for note in found.notes)
    each = found.codes.each
    rows = np.arange(20, 30)[each.sparsity[20:30] > 0]
    assert (each.status[rows] <= OPEN).all()
    assert (each.status[:20] == CERTIFIED).any(axis=0).any()


def test_what_is_done_elsewhere_is_kept(
    files: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = certify(**files)
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process(stops_at=2))
    keep = tmp_path / "unfinished"
    with pytest.raises(KeyboardInterrupt):
        certify(**files, cluster="local[2]", keep=keep)
    assert {path.name for path in keep.glob("block-*")} == {"block-000003.npz", "block-000004.npz"}
    monkeypatch.setattr(
        cluster_module, "Cluster", in_this_process({(30, 40), (40, 50)}.__contains__)
    )
    assert certify(**files, cluster="local[2]", keep=keep) == whole


def test_other_files_are_refused(
    files: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    np.save(tmp_path / "other.npy", np.zeros((24, 50)))
    read = Files.read
    swapped: list[str] = []

    def of_a_worker(self: Files, digest: str) -> Any:
        changed = {**asdict(self), **dict.fromkeys(swapped, str(tmp_path / "other.npy"))}
        return read(Files(**changed), digest)

    monkeypatch.setattr(Files, "read", of_a_worker)
    monkeypatch.setattr(cluster_module, "Cluster", in_this_process())
    certify(**files, cluster="local[2]")
    swapped[:] = ["codes"]
    with pytest.raises(InputError, match=r"--cluster is .*X\.npy.*the same for all workers"):
        certify(**files, cluster="local[2]")
    np.save(tmp_path / "other.npy", np.load(files["dictionary"]) * 2)
    swapped[:] = ["dictionary"]
    with pytest.raises(InputError, match=r"--cluster is .*other\.npy.*the same for all workers"):
        certify(**files, cluster="local[2]")


def test_it_is_for_files() -> None:
    D, X = np.eye(3)[:2], np.eye(3)
    with pytest.raises(InputError, match="without --lam"):
        certify(D, codes=X, lam=0.1, cluster="local[2]")
    with pytest.raises(InputError, match="a file that workers can read"):
        certify(D, codes=X, cluster="local[2]")


def test_a_range_is_looked_at_by_itself(files: dict[str, Any]) -> None:
    given = Files.of(files["dictionary"], files["codes"], None, None, True, "columns", 0.0, 2**28)
    with pytest.raises(InputError, match="the same for all workers"):
        start(given, "another digest", None, False)  # type: ignore[arg-type]
