"""Tasks on a cluster: Dask distributes them, and gives each again whose worker died.

The one that began a run talks to the scheduler alone, and alone writes the folder of the run. What
the workers do is in :mod:`sparsebound.checks.remote`. Dask gives a task up whose workers died
again and again, which is :class:`~sparsebound.checks.executor.Lost` here as everywhere.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import re
import secrets
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
from urllib.parse import urljoin

from sparsebound.checks.executor import Lost
from sparsebound.checks.faults import said
from sparsebound.checks.live import publish_page
from sparsebound.checks.provenance import made_of
from sparsebound.checks.remote import ARITHMETIC, Answer, Job, ask, stop, work
from sparsebound.checks.sources import Sources
from sparsebound.reports.fields import read_json
from sparsebound.reports.summary import plural
from sparsebound.theory.errors import InputError

AHEAD = 2
"""Tasks that are handed out for every thread, so that none waits for the next."""
CONNECT = 10.0
"""Seconds in which a scheduler has to answer."""
LOOK = 1.0
"""Seconds after which it is looked whether the scheduler is still there, and who works."""
OPTION = "--cluster"
GUARD = "a script calls it below if __name__ == '__main__':, since each process imports the script"
"""What to do where processes of this machine do not start."""
QUIET = {
    "distributed.admin.tick.interval": "500 ms",
    "distributed.worker.profile.enabled": False,
}
"""What Dask watches of itself costs some hundredths of a core for every process; less with this."""
EXPECTED = "the address of a scheduler such as tcp://name:8786, its file.json, or local[N]"


class Cluster:
    """Workers of a Dask cluster that do tasks.

    Parameters
    ----------
    address : str
        Of the scheduler; or a file in which it has written that; or ``local[N]``, for a cluster of
        N processes of this machine.
    timeout : float
        Seconds that one call of somebody else's code may take.
    sources : Sources
        Python files of somebody else that the workers need.
    start : callable
        Called in a process of each worker with the arguments and the place of the sources; gives
        the function that does a task.
    *arguments : object
        Whatever ``start`` needs.
    any_arithmetic : bool
        Whether workers may round differently.

    Raises
    ------
    InputError
        If there cannot be such a cluster; when it is entered, if there is none, or a worker is not
        made of what this process is made of.
    """

    def __init__(
        self,
        address: str,
        timeout: float,
        sources: Sources,
        start: Callable[..., Callable[[Any], Any]],
        *arguments: Any,
        any_arithmetic: bool = False,
    ) -> None:
        try:
            import distributed  # noqa: F401 - whether it is there
        except ImportError as error:
            expected = "to be used with Dask: pip install 'sparsebound[cluster]'"
            raise InputError(OPTION, address, f"{expected} ({error})") from error
        self.address, self.place = address, _place(address)
        run = secrets.token_hex(8)
        self.job = Job(run, timeout, start, arguments, sources, made_of(), any_arithmetic)
        self._client: Any = None
        self._local: Any = None
        self._arithmetics: set[str] = set()
        self._threads, self._looked = 0, 0.0
        self._given = 0
        self._shows, self._page = True, ""

    @property
    def about(self) -> str:
        """How large it is, and where it shows itself."""
        if self._client is None:
            return ""
        known = self._asked(self._client.scheduler_info)["workers"].values()
        threads = sum(worker["nthreads"] for worker in known)
        size = f"{plural(len(known), 'worker')} with {plural(threads, 'thread')}"
        return f"cluster {self.address}: {size}, dashboard {self._client.dashboard_link or 'none'}"

    @property
    def remarks(self) -> dict[str, list[str]]:
        """How processes round that have done tasks, and do not round as this one does."""
        other = self._arithmetics - {self.job.made_of[ARITHMETIC]}
        return {"other_arithmetic": sorted(other)} if other else {}

    def __enter__(self) -> Cluster:
        """Connect, and let every worker compare itself with this process."""
        if self._client is None:
            try:
                self._connect()
                self._compare()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back what is not done, and end all processes of this run."""
        self._leave()

    def show(self, page: str, *, over: bool = False) -> str:
        """Show a page beside Dask's dashboard, as :mod:`sparsebound.checks.live` does it.

        Nobody waits for it for long: whether the scheduler is gone is found where tasks are.
        """
        if self._shows:
            publish = partial(publish_page, run=self.job.run, page=page, over=over)
            patience = LOOK if self._page else CONNECT
            try:
                path = self._client.sync(
                    self._client._run_on_scheduler, publish, callback_timeout=patience
                )
                self._page = self._page or urljoin(self._client.dashboard_link, path)
            except (OSError, asyncio.CancelledError):  # the page before stays
                pass
            except Exception:  # a scheduler that allows no functions, or knows none of ours
                self._shows, self._page = False, ""
        return self._page

    def do(self, tasks: Iterable[Any], jobs: int | None = None) -> Iterator[tuple[Any, Any]]:
        """Do tasks: see :class:`sparsebound.checks.executor.Executor`."""
        left, ended = iter(tasks), queue.SimpleQueue[Any]()
        given: dict[str, tuple[Any, Any]] = {}
        while True:
            while len(given) < self._room(jobs):
                try:
                    task = next(left)
                except StopIteration:
                    break
                self._given += 1
                key = f"sparsebound-{self.job.run}-{self._given}"
                future = self._asked(
                    partial(self._client.submit, _work, self.job, task, key=key, pure=False)
                )
                given[key] = task, future
                future.add_done_callback(ended.put)
            if not given:
                return
            task, future = given.pop(self._next(ended).key)
            yield task, self._answer(task, future)

    def _room(self, jobs: int | None) -> int:
        """Say how many tasks may be out, by the threads that there are now."""
        if jobs is not None:
            return jobs
        if time.monotonic() - self._looked > LOOK:
            self._threads = sum(self._asked(self._client.nthreads).values())
            self._looked = time.monotonic()
        return max(AHEAD * self._threads, 1)

    def _next(self, ended: queue.SimpleQueue[Any]) -> Any:
        while True:
            try:
                return ended.get(timeout=LOOK)
            except queue.Empty:
                if self._client.status != "running":
                    self._gone()

    def _answer(self, task: Any, future: Any) -> Any:
        from distributed import CancelledError, KilledWorker

        answer: Answer | Lost | None = None
        while answer is None:
            try:
                answer = future.result(timeout=LOOK)
            except KilledWorker as error:
                times = error.allowed_failures + 1
                return Lost(task, "", f"was lost with its worker, {times} times in a row")
            except InputError:
                raise
            except (Exception, CancelledError):
                if self._client.status != "running" or future.cancelled():
                    self._gone()
                if future.status == "error":
                    raise
                # otherwise it was lost with its worker, and is computed again
        if isinstance(answer, Lost):
            return Lost(task, answer.note, answer.said, answer.frames, answer.hung)
        self._arithmetics.add(answer.arithmetic)
        return answer.value

    def _asked(self, question: Callable[..., Any]) -> Any:
        """Ask the scheduler, which may have gone meanwhile.

        A connection that breaks while one asks is known to the client a moment later: it is asked
        again until the client knows, or the question is answered.
        """
        from distributed import CancelledError

        begun = time.monotonic()
        while True:
            try:
                return question()
            except CancelledError:
                self._gone()
            except OSError:
                if self._client.status != "running" or time.monotonic() - begun > CONNECT:
                    self._gone()
                time.sleep(LOOK)
            except (AttributeError, RuntimeError):
                if self._client.status == "running":
                    raise
                self._gone()

    def _gone(self) -> NoReturn:
        raise InputError(OPTION, self.address, "a scheduler that stays; it is gone")

    def _connect(self) -> None:
        from dask import config
        from distributed import Client, LocalCluster

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it says what we say, longer
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions, which are compared below
            try:
                if isinstance(self.place, int):
                    with config.set(QUIET):
                        self._local = LocalCluster(
                            n_workers=self.place,
                            threads_per_worker=1,
                            silence_logs=logging.CRITICAL,
                            dashboard_address="127.0.0.1:0",
                        )
                scheduler = self.place if self._local is None else self._local
                self._client = Client(scheduler, timeout=CONNECT, set_as_default=False)
            except Exception as error:
                expected = f"a scheduler that answers ({said(error)})"
                if isinstance(self.place, int):
                    expected = f"processes of this machine that start ({said(error)}); {GUARD}"
                raise InputError(OPTION, self.address, expected) from error
        if not self._asked(self._client.nthreads):
            print(f"sparsebound: {self.address} has no workers yet: waiting", file=sys.stderr)
        self._asked(lambda: self._client.wait_for_workers(1))

    def _compare(self) -> None:
        """Ask every worker that is there; those that come later are asked with their first task."""
        found = self._asked(lambda: self._client.run(_ask, self.job, on_error="return"))
        for where, answer in found.items():
            if isinstance(answer, InputError):
                raise answer
            if isinstance(answer, Exception) and not isinstance(answer, OSError):  # not gone
                here = self.job.made_of["sparsebound"]
                expected = f"workers on which sparsebound {here} runs ({said(answer)})"
                raise InputError(OPTION, where, expected)

    def _leave(self) -> None:
        client, self._client = self._client, None
        local, self._local = self._local, None
        if client is not None:
            with suppress(Exception):
                if client.status == "running":
                    client.cancel(list(client.futures.values()), force=True)
                    client.run(_stop, self.job.run, on_error="ignore")
            with suppress(Exception):
                client.close(timeout=CONNECT)
        if local is not None:
            with suppress(Exception):
                local.close(timeout=CONNECT)


def _place(address: str) -> int | str:
    """Read where a cluster is: how many local processes, or an address."""
    if local := re.fullmatch(r"local\[([1-9][0-9]{0,3})\]", address):
        return int(local[1])
    if address.endswith(".json"):
        if not Path(address).is_file():
            raise InputError(OPTION, address, "a file that a scheduler has written")
        document = read_json(Path(address))
        found = document.get("address") if isinstance(document, dict) else None
        if not isinstance(found, str):
            raise InputError(OPTION, address, "a file that a scheduler has written: no address")
        return found
    if not re.fullmatch(r"([a-z]+://)?[^/\s]+:[0-9]+", address):
        raise InputError(OPTION, address, EXPECTED)
    return address


def _work(job: Job, task: Any) -> Any:
    from distributed import get_worker

    return work(job, task, get_worker().address)


async def _ask(job: Job, dask_worker: Any) -> str:
    return await asyncio.to_thread(ask, job, dask_worker.address)


async def _stop(run: str) -> None:
    await asyncio.to_thread(stop, run)
