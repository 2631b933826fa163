"""The page of clusters, as far as one machine allows: a queue, and pods, that are processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import DOCS, blocks

pytest.importorskip("distributed", reason="needs Dask: pip install 'sparsebound[cluster]'")
psutil = pytest.importorskip("psutil")
from tests.clusters import until, words_of  # noqa: E402

SBATCH = """#!/bin/sh
while [ $# -gt 1 ]; do
  if [ "$1" = --wrap ]; then sh -c "$2" & fi
  shift
done
"""
"""A queue that lets every job begin at once, here."""


def block_with(word: str) -> str:
    (found,) = [one.text for one in blocks(DOCS / "cluster.md") if word in one.text]
    return found


def manifest() -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in yaml.safe_load_all(block_with("kind: Deployment"))}


def around(folder: Path) -> dict[str, str]:
    """The commands of this environment, and what else is in a folder."""
    places = [str(folder), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(places), "CI": "1"}


def test_the_manifest_fits_together() -> None:
    found = manifest()
    service, pod, workers = found["Service"], found["Pod"], found["Deployment"]["spec"]
    assert service["spec"]["selector"] == pod["metadata"]["labels"]
    assert workers["selector"]["matchLabels"] == workers["template"]["metadata"]["labels"]
    assert workers["selector"]["matchLabels"] != service["spec"]["selector"]
    ports = [port["port"] for port in service["spec"]["ports"]]
    (worker,) = workers["template"]["spec"]["containers"]
    assert f"tcp://{service['metadata']['name']}:{ports[0]}" in worker["command"]
    forwarded = block_with("kubectl port-forward")
    assert f"port-forward service/{service['metadata']['name']} {ports[0]} {ports[1]}" in forwarded
    assert f"--cluster tcp://127.0.0.1:{ports[0]} " in forwarded


@pytest.mark.nightly
def test_the_containers_are_a_cluster(tmp_path: Path) -> None:
    found = manifest()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (scheduler,) = found["Pod"]["spec"]["containers"]
    (worker,) = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    here = ["--host", "127.0.0.1"]
    alone = [*here, "--port", f"{port}", "--dashboard-address", "127.0.0.1:0"]
    address = f"tcp://127.0.0.1:{port}"
    theirs = [word.replace("tcp://campaign:8786", address) for word in worker["command"]]
    assert theirs != worker["command"]
    started = [
        subprocess.Popen(words, cwd=tmp_path, env=around(tmp_path), stderr=subprocess.DEVNULL)
        for words in ([*scheduler["command"], *alone], [*theirs, *here], [*theirs, *here])
    ]
    try:
        until(lambda: listens(port))
        words = ["sparsebound", "check", "dictionary.welch", "--until", "20", "--cluster", address]
        done = subprocess.run(words, cwd=tmp_path, env=around(tmp_path), check=False)
        assert done.returncode == 0
    finally:
        for process in started[::-1]:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(60)


def listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.nightly
def test_a_campaign_in_a_queue(tmp_path: Path) -> None:
    (tmp_path / "sbatch").write_text(SBATCH)
    (tmp_path / "sbatch").chmod(0o755)
    script = block_with("sbatch --cpus-per-task")
    for asked, small in (
        ("seq 16", "seq 2"),
        ("--nthreads 32", "--nthreads 1 --host 127.0.0.1"),
        ("--scheduler-file", "--host 127.0.0.1 --dashboard-address 127.0.0.1:0 --scheduler-file"),
        ("--until 11h", "dictionary.welch --until 20"),
    ):
        assert asked in script
        script = script.replace(asked, small, 1)
    ran = subprocess.Popen(
        ["sh", "-c", script], cwd=tmp_path, env=around(tmp_path), start_new_session=True
    )
    try:
        assert ran.wait(400) == 0
        assert (tmp_path / "campaign" / "summary.json").is_file()
        until(lambda: not belonging_to(tmp_path), 120)
    finally:
        for process in belonging_to(tmp_path):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def belonging_to(folder: Path) -> list[Any]:
    """Processes of the scheduler and the workers of a folder."""
    return [one for one in psutil.process_iter() if str(folder) in " ".join(words_of(one))]
