"""A cluster of separate processes: the same tally, whatever dies, and one line if it cannot be."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest

from sparsebound.checks import cluster
from sparsebound.checks.commands import shown
from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.table import Reporter
from sparsebound.checks.provenance import arithmetic, made_of
from sparsebound.checks.sources import Sources
from sparsebound.theory.errors import InputError

pytest.importorskip("distributed", reason="needs Dask: pip install 'sparsebound[cluster]'")
psutil = pytest.importorskip("psutil")
from distributed import Client  # noqa: E402

from tests.clusters import Machines, kill_at_random, summary, until, words_of  # noqa: E402

THEOREMS = ("dictionary.welch", "uniqueness.coherence", "rate.ista")
EXAMPLES = ("--examples", "20")
OTHER = {"OPENBLAS_CORETYPE": "Prescott"}
"""What makes linear algebra round as on an older machine."""

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    made = Machines(tmp_path_factory.mktemp("cluster"))
    made.scheduler()
    made.worker("--nworkers", "2", "--nthreads", "1")
    until(lambda: made.registered() == 2)
    yield made
    made.end()


@pytest.fixture
def check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Check:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CI", "1")

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["check", *words])
        found = capsys.readouterr()
        return status, found.out, found.err

    return call


def test_a_run_is_the_same_where_workers_are_killed(machines: Machines, check: Check) -> None:
    status, _, err = check(*THEOREMS, *EXAMPLES, "--jobs", "1", "--out", "local")
    assert status == 0, err
    over = threading.Event()
    killer = threading.Thread(target=kill_at_random, args=(machines, 2, over))
    before = {worker.pid for worker in machines.workers()}
    killer.start()
    try:
        status, _, err = check(*THEOREMS, *EXAMPLES, "--cluster", machines.file, "--out", "there")
    finally:
        over.set()
        killer.join()
    assert status == 0, err
    assert "dashboard" in err.splitlines()[0]
    assert summary("there") == summary("local")
    assert {worker.pid for worker in machines.workers()} != before
    until(lambda: len(machines.workers()) == 2)
    until(lambda: not machines.ours())


def test_a_run_shows_itself_on_the_server_of_the_scheduler(
    machines: Machines, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page() -> tuple[str, str | None]:
        with urlopen(f"http://127.0.0.1:{port}/sparsebound", timeout=10) as answer:
            return answer.read().decode(), answer.headers["Refresh"]

    with Client(scheduler_file=machines.file, set_as_default=False) as client:
        port = client.scheduler_info()["services"]["dashboard"]
    meanwhile, real = [], Reporter.__call__

    def look(self: Reporter, event: Any) -> None:
        real(self, event)
        meanwhile.append(page())

    monkeypatch.setattr(Reporter, "__call__", look)
    monkeypatch.setattr(shown, "EVERY", 0.0)
    words = ("dictionary.welch", *EXAMPLES, "--cluster", machines.file)
    status, _, err = check(*words, "--out", "run")
    assert status == 0, err
    address = re.search(r"live page: (\S+/sparsebound/[0-9a-f]+)\n", err)
    assert address
    with urlopen(address[1], timeout=10) as answer:
        last = answer.read().decode()
    assert (last, None) == page()
    assert "<h1>Over</h1>" in last
    assert "1 of 1 theorem finished" in last
    assert "status held" in last
    assert "sparsebound check dictionary.welch --replay" in last
    first, refresh = meanwhile[0]
    assert "<h1>Running</h1>" in first
    assert "status waiting" in first
    assert refresh == "5"
    assert "status under-way" in meanwhile[-1][0]


def test_codes_and_atoms_are_looked_at_by_workers(machines: Machines, tmp_path: Path) -> None:
    random_ = np.random.default_rng(0)
    D, X = random_.standard_normal((40, 1100)), random_.standard_normal((9, 1100))
    np.save(tmp_path / "D.npy", D)
    np.save(tmp_path / "X.npy", X * (random_.random(X.shape) < 0.002))
    words = [str(tmp_path / "D.npy"), "--codes", str(tmp_path / "X.npy"), "--json"]
    assert main(["certify", *words, "--out", str(tmp_path / "here")]) == 0
    there = ["--cluster", machines.file, "--out", str(tmp_path / "there")]
    assert main(["certify", *words, *there]) == 0
    here, there_ = (
        json.loads((tmp_path / name / "certificate.json").read_text()) for name in ("here", "there")
    )
    assert here == there_
    until(lambda: not machines.ours())


@pytest.mark.nightly
def test_atoms_are_looked_at_where_workers_are_killed(machines: Machines, tmp_path: Path) -> None:
    np.save(tmp_path / "D.npy", np.random.default_rng(0).standard_normal((128, 16_384)))
    words = [str(tmp_path / "D.npy"), "--json"]
    assert main(["certify", *words, "--out", str(tmp_path / "here")]) == 0
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_at_random, machines, 2, over)
        there = ["--cluster", machines.file, "--out", str(tmp_path / "there")]
        try:
            assert main(["certify", *words, *there]) == 0
        finally:
            over.set()
    assert killed.result() == 2
    here, there_ = (
        json.loads((tmp_path / name / "certificate.json").read_text()) for name in ("here", "there")
    )
    assert here == there_
    assert not list(tmp_path.rglob("unfinished*"))


SOLVER = """
import os
import numpy as np
from beside_{name} import ours

def ista(D, Y, lam, L, start, steps):
    return ours(D, Y, lam, L, start, steps).points

def kills_its_process(D, Y, lam, L, start, steps):
    if D.shape[1] > 2:
        os.kill(os.getpid(), 9)
    return ista(D, Y, lam, L, start, steps)

def raises(D, Y, lam, L, start, steps):
    if D.shape[1] > 2:
        raise ValueError("too many atoms")
    return ista(D, Y, lam, L, start, steps)
"""


@pytest.mark.parametrize(
    "name", ["kills_its_process", pytest.param("raises", marks=pytest.mark.nightly)]
)
def test_files_travel_and_what_a_subject_does_is_a_finding(
    machines: Machines, check: Check, tmp_path: Path, name: str
) -> None:
    (tmp_path / f"beside_{name}.py").write_text(
        "from sparsebound.checks.algorithms.proximal import ista as ours\n"
    )
    (tmp_path / "solver.py").write_text(SOLVER.replace("{name}", name))
    words = ("rate.ista", "--subject", f"solver.py:{name}", *EXAMPLES)
    status, out, _ = check(*words, "--jobs", "1", "--out", "local")
    assert status == 1
    status, there, err = check(*words, "--cluster", machines.file, "--out", "there")
    assert status == 1, err
    assert summary("there") == summary("local")
    assert out.splitlines()[-1] == there.splitlines()[-1]
    (theorem,) = summary("there")["theorems"]
    assert theorem["status"] == {"raises": "raised", "kills_its_process": "died"}[name]
    assert theorem["fault"]["recipe"]


@pytest.mark.nightly
def test_what_kills_the_worker_again_and_again_is_set_aside(
    machines: Machines, check: Check, tmp_path: Path
) -> None:
    (tmp_path / "killer.py").write_text(
        "import os\n"
        "from sparsebound.checks.algorithms.proximal import ista as ours\n"
        "def ista(D, Y, lam, L, start, steps):\n"
        "    if D.shape[1] > 2:\n"
        "        os.kill(os.getppid(), 9)\n"
        "    return ours(D, Y, lam, L, start, steps).points\n"
    )
    words = ("rate.ista", "--subject", "killer.py:ista", "--examples", "20", "--out", "run")
    status, out, err = check(*words, "--cluster", machines.file)
    assert status == 1, err
    assert "died: rate.ista: its process was lost with its worker, 2 times in a row" in out
    found = summary("run")["theorems"][0]
    assert (found["shards"]["done"], found["shards"]["planned"]) == (2, 2)
    until(lambda: len(machines.workers()) == 2)


@pytest.mark.nightly
def test_interrupted_it_leaves_nothing_and_goes_on_anywhere(
    machines: Machines, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, err = check(*THEOREMS, *EXAMPLES, "--jobs", "1", "--out", "local")
    assert status == 0, err
    real, heard = Reporter.__call__, []

    def interrupt(self: Reporter, event: Any) -> None:
        real(self, event)
        heard.append(event)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Reporter, "__call__", interrupt)
        status, _, err = check(*THEOREMS, *EXAMPLES, "--cluster", machines.file, "--out", "there")
    assert status == 130, err
    assert err.splitlines()[-1].endswith("go on with: sparsebound check --resume there")
    until(lambda: not machines.ours())
    shutil.copytree("there", "again")
    assert check("--resume", "there", "--jobs", "1")[0] == 0
    assert check("--resume", "again", "--cluster", machines.file)[0] == 0
    assert summary("there") == summary("again") == summary("local")


@pytest.mark.nightly
def test_a_worker_that_rounds_differently_is_named(machines: Machines, check: Check) -> None:
    shown = "from sparsebound.checks.provenance import arithmetic; print(arithmetic())"
    other = subprocess.run(
        [sys.executable, "-c", shown],
        env={**os.environ, **OTHER},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    if other == arithmetic():
        pytest.skip("linear algebra of this machine rounds in one way only")
    known = machines.registered()
    worker = machines.worker("--nworkers", "1", "--nthreads", "1", **OTHER)
    until(lambda: machines.registered() == known + 1)
    words = ("dictionary.welch", *EXAMPLES, "--cluster", machines.file)
    status, out, err = check(*words, "--out", "refused")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert f"which rounds differently (arithmetic {other})" in err
    assert not Path("refused").exists()
    status, out, _ = check(*words, "--any-arithmetic", "--out", "run")
    assert status == 0
    said = summary("run")["run"].get("other_arithmetic")
    assert (said == [other]) == (f"round differently: arithmetic {other}" in out)
    os.killpg(worker.pid, signal.SIGTERM)
    until(lambda: len(machines.workers()) == 2)


def test_other_versions_are_named(
    machines: Machines, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sparsebound.checks import cluster

    monkeypatch.setattr(cluster, "made_of", lambda: {**made_of(), "scipy": "1.0"})
    status, out, err = check("dictionary.welch", "--cluster", machines.file)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"with scipy {made_of()['scipy']}'; expected workers with scipy 1.0, as here" in err


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_connection_that_breaks_while_one_asks(
    monkeypatch: pytest.MonkeyPatch, comes_back: bool
) -> None:
    """The client says that it runs until it has noticed; the question is put again."""
    states = iter(["running", "running", "closed"])

    class Client:
        status = property(lambda self: next(states))
        asked = 0

        def nthreads(self) -> dict[str, int]:
            self.asked += 1
            if comes_back and self.asked == 2:
                return {"tcp://127.0.0.1:1": 3}
            raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr(cluster, "LOOK", 0.0)
    there = cluster.Cluster("127.0.0.1:1", 1.0, Sources.of([], None), lambda: lambda task: task)
    there._client = Client()
    if comes_back:
        assert there._room(None) == 3 * cluster.AHEAD
    else:
        with pytest.raises(InputError, match="a scheduler that stays; it is gone"):
            there._room(None)
        assert there._client.asked == 3


@pytest.mark.nightly
def test_local_processes_and_other_numbers_of_workers(machines: Machines, check: Check) -> None:
    before = {child.pid for child in psutil.Process().children()}
    assert check(*THEOREMS[:2], *EXAMPLES, "--cluster", "local[1]", "--out", "one")[0] == 0
    after = [one for one in psutil.Process().children() if one.pid not in before]
    assert all("multiprocessing.resource_tracker" in " ".join(words_of(one)) for one in after)
    assert check(*THEOREMS[1::-1], *EXAMPLES, "--cluster", machines.file, "--out", "two")[0] == 0
    one, two = summary("one"), summary("two")
    assert one["theorems"] == sorted(two["theorems"], key=lambda theorem: theorem["id"])


@pytest.mark.nightly
def test_one_worker_and_four_with_other_threads_in_another_order(
    check: Check, tmp_path: Path
) -> None:
    found = []
    for number, order in ((1, THEOREMS), (4, THEOREMS[::-1])):
        (tmp_path / f"{number}").mkdir()
        made = Machines(tmp_path / f"{number}")
        try:
            made.scheduler()
            size = ("--nworkers", f"{number}", "--nthreads", f"{number}")
            made.worker(*size, OPENBLAS_NUM_THREADS=f"{number}", OMP_NUM_THREADS=f"{number}")
            until(lambda made=made, number=number: made.registered() == number)
            words = (*order, *EXAMPLES, "--cluster", made.file, "--out", f"run-{number}")
            status, _, err = check(*words)
            assert status == 0, err
            assert f"{number} worker{'s' * (number > 1)} with {number**2} thread" in err
        finally:
            made.end()
        found.append(sorted(summary(f"run-{number}")["theorems"], key=lambda one: one["id"]))
    assert found[0] == found[1]


def test_what_cannot_be_shown_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that does not arrive is that of the next time; where none can be, none is tried."""
    answers: list[Any] = ["sparsebound/1", TimeoutError(), "sparsebound/1", ValueError("no")]

    class Client:
        dashboard_link = "http://127.0.0.1:8787/status"
        _run_on_scheduler = None

        def sync(self, *_: Any, **__: Any) -> str:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    there = cluster.Cluster("127.0.0.1:1", 1.0, Sources.of([], None), lambda: lambda task: task)
    there._client = Client()
    shown_at = [there.show("page") for _ in range(6)]
    assert shown_at == 3 * ["http://127.0.0.1:8787/sparsebound/1"] + 3 * [""]


def test_a_scheduler_that_goes_is_one_line(
    machines: Machines, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, gone = Reporter.__call__, list[float]()

    def kill(self: Reporter, event: Any) -> None:
        real(self, event)
        machines.started[0].kill()
        gone.append(time.monotonic())

    with monkeypatch.context() as patch:
        patch.setattr(Reporter, "__call__", kill)
        words = (*THEOREMS, "--examples", "500", "--out", "run")
        status, _, err = check(*words, "--cluster", machines.file)
    assert status == 2
    assert time.monotonic() - gone[0] < 25
    last = err.splitlines()[-1]
    assert "expected a scheduler that stays; it is gone" in last
    assert "go on with: sparsebound check --resume run" in last
    assert "Traceback" not in err
    status, _, err = check("--resume", "run", "--cluster", machines.file)
    assert (status, err.count("\n")) == (2, 1)
    assert "expected a scheduler that answers" in err
