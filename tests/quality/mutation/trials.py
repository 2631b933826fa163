"""Whether the tests notice a mutation: they run on a copy of the tree, the nearest ones first."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.quality.mutation.mutations import Mutation

ROOT = Path(__file__).resolve().parents[3]
COPIED = (
    *("src", "theory", "checks", "reports", "tests", "examples", "docs"),
    *("pyproject.toml", "README.md"),
)

NEAR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("theory/arithmetic", ("tests/theory/arithmetic",)),
    ("theory/constructions", ("tests/theory/constructions",)),
    ("theory/operators", ("tests/theory/operators",)),
    (
        "theory/guarantees",
        (
            "tests/theory/guarantees",
            "tests/quality/test_certificates.py",
            "tests/checks/certify",
        ),
    ),
    ("theory/worst_case", ("tests/theory/guarantees", "tests/quality/test_certificates.py")),
    ("theory/promise", ("tests/theory/guarantees",)),
    ("theory/verdict", ("tests/theory/test_verdict.py",)),
    ("theory/judged", ("tests/theory/test_judged.py", "tests/theory/test_verdict.py")),
    *(
        (f"theory/{room}", paths)
        for room in ("quantities", "analysis")
        for paths in [
            (
                "tests/theory/test_quantities.py",
                "tests/theory/guarantees",
                "tests/theory/test_rounding_of_layers.py",
                "tests/theorems/test_rounding_of_runs.py",
                "tests/theorems/test_every_claim.py",
            )
        ]
    ),
    ("theory/network", ("tests/checks/networks",)),
    ("checks/certify", ("tests/checks/certify", "tests/quality/test_certificates.py")),
    ("checks/oracles", ("tests/checks/oracles", "tests/checks/test_runner.py")),
    ("checks/algorithms", ("tests/checks/algorithms", "tests/checks/subjects")),
    ("checks/subjects", ("tests/checks/subjects", "tests/checks/test_protocol.py")),
    ("checks/search", ("tests/checks/test_search.py",)),
    ("checks/runner", ("tests/checks/test_runner.py",)),
    ("reports/gate", ("tests/checks/commands/test_gate.py", "tests/reports")),
    ("reports", ("tests/reports",)),
)
"""The tests beside a folder."""

WIDER = ("tests/quality/test_certificates.py", "tests/theory", "tests/theorems")
"""What is run where those notice nothing."""

MEMORY = 6 * 2**30
"""Bytes that a run of tests may take: a size that is mutated can be very large."""


@dataclass(frozen=True)
class Trial:
    """What became of a mutation.

    Attributes
    ----------
    mutation : str
        Its name.
    noticed : str
        The first test that failed, or what else happened; empty if nothing noticed it.
    seconds : float
        How long that took.
    """

    mutation: str
    noticed: str
    seconds: float


class Laboratory:
    """A copy of the tree in which one mutation at a time is tried."""

    def __init__(self, folder: Path, timeout: float = 600.0) -> None:
        self.folder, self.timeout = folder, timeout
        self.passing: set[tuple[str, ...]] = set()
        for name in COPIED:
            source, target = ROOT / name, folder / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
                shutil.copytree(source, target, symlinks=True, ignore=ignored, dirs_exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def stages(self, file: str) -> list[list[str]]:
        """Arguments of pytest, in the order in which they are run."""
        beside = [path for prefix, paths in NEAR if file.startswith(prefix) for path in paths]
        near = [
            f"src/sparsebound/{file}",
            *(path for path in beside if (self.folder / path).exists()),
        ]
        checked = ["-k", _identifier(file), "tests/theorems"] if _identifier(file) else []
        wider = [path for path in WIDER if (self.folder / path).exists()]
        return [stage for stage in (near, checked, wider) if stage]

    def run(self, arguments: list[str]) -> str:
        """Run pytest, and name the first test that failed; empty if none did."""
        words = ["-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *arguments]
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
        }
        try:
            done = subprocess.run(
                [sys.executable, *words],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=self.timeout,
                check=False,
                preexec_fn=_limited,
            )
        except subprocess.TimeoutExpired:
            return f"no end after {self.timeout:g} s"
        if done.returncode in (0, 5):  # 5: no test was selected
            return ""
        failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)
        return failed[0] if failed else f"exit status {done.returncode}"

    def passes(self, arguments: tuple[str, ...]) -> bool:
        """Whether tests pass without a mutation: else they notice nothing."""
        if arguments not in self.passing and not self.run([*arguments]):
            self.passing.add(arguments)
        return arguments in self.passing

    def tries(self, mutation: Mutation, stages: list[list[str]] | None = None) -> Trial:
        """Try one mutation, and put the file back."""
        path, began = self.folder / mutation.file, time.monotonic()
        original = path.read_bytes()
        path.write_bytes(mutation.apply(original))
        try:
            noticed = ""
            for arguments in stages or self.stages(mutation.file):
                noticed = self.run(arguments)
                if noticed:
                    break
        finally:
            path.write_bytes(original)
        failed = (noticed,) if "::" in noticed else tuple(arguments)
        if noticed and not self.passes(failed):
            raise RuntimeError(f"without a mutation as well: {noticed}")
        return Trial(mutation.name, noticed, round(time.monotonic() - began, 1))


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _identifier(file: str) -> str:
    """Identifier of the theorem that a file holds, if it is one."""
    parts = Path(file).with_suffix("").parts
    text = (ROOT / file).read_text()
    return ".".join(parts[1:]) if parts[0] == "theory" and "\nTHEOREM = " in text else ""
