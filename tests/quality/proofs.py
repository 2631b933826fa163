"""Compile the proofs of ``proofs/`` with Coq, and ask what they assume: ``python -m ...``.

Nothing but the standard library is needed, and ``coqc``; without it, the command says so and
passes. A name that a module gives as its ``proof`` is looked for by ``test_proofs.py``.
"""

from __future__ import annotations

import atexit
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "proofs"
MISSING = "no coqc: apt-get install coq libcoq-mathcomp-algebra libcoq-mathcomp-algebra-tactics"
CLOSED = "Closed under the global context"
NAMED = re.compile(r"^(?:Theorem|Corollary|Lemma)\s+(\w+)", re.M)
ASSUMED = re.compile(r"\b(?:Axioms?|Admitted|admit|Parameters?|Conjectures?|Abort|give_up)\b")
COMMENT = re.compile(r"\(\*.*?\*\)", re.S)
DONE = "done"
"""A file that is there once everything is compiled; it says what went wrong."""
LIMIT = 120
"""CPU seconds in which everything compiles."""


def present() -> bool:
    """Whether there is a Coq."""
    return shutil.which("coqc") is not None


def sources(folder: Path = FOLDER) -> dict[str, str]:
    """The text of each file without its comments, by its path, such as ``rate/unfolded.v``."""
    found = {}
    for path in sorted(folder.rglob("*.v")):
        found[path.relative_to(folder).as_posix()] = COMMENT.sub("", path.read_text("utf-8"))
    return found


def lemmas(text: str) -> list[str]:
    """The names that a file proves.

    >>> lemmas("Theorem a : True.\\nProof. by []. Qed.\\nLemma b n : n = n.")
    ['a', 'b']
    """
    return NAMED.findall(text)


def assumed(text: str) -> list[str]:
    """The words by which a file would assume what it does not prove.

    >>> assumed("Axiom a : False. Lemma b : True. Admitted.")
    ['Axiom', 'Admitted']
    """
    return ASSUMED.findall(text)


def coq(words: Sequence[str], cwd: Path) -> str:
    """Run one of Coq's commands in the folder of the proofs, and return what it printed."""
    command = [words[0], "-Q", ".", "sparsebound", *words[1:]]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=4 * LIMIT
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def compile_in(folder: Path) -> None:
    """Copy the proofs into a folder and compile them there, each after those that it needs."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.vo*", "*.glob", ".*.aux"))
    for file in coq(["coqdep", "-sort", *sources(folder)], folder).split():
        coq(["coqc", "-w", "none", file], folder)


def qualified(folder: Path) -> list[str]:
    """The names of all lemmas and theorems, such as ``sparsebound.rate.unfolded.unfolded``."""
    return [
        f"sparsebound.{file.removesuffix('.v').replace('/', '.')}.{lemma}"
        for file, text in sources(folder).items()
        for lemma in lemmas(text)
    ]


def assumptions(folder: Path) -> str:
    """What the lemmas and theorems of a compiled folder assume, all together, as Coq tells it."""
    names = qualified(folder)
    asked = [f"Require {module}." for module in sorted({name.rpartition(".")[0] for name in names})]
    asked += ["Definition everything : True :=", *(f"let _ := @{name} in" for name in names)]
    asked += ["I.", "Print Assumptions everything."]
    (folder / "asked.v").write_text("\n".join(asked), "utf-8")
    return coq(["coqc", "-w", "none", "asked.v"], folder).strip()


def made_elsewhere() -> Path | None:
    """The folder in which somebody compiles them meanwhile, once that is done; CI does."""
    place = os.environ.get("SPARSEBOUND_PROOFS")
    if not place or not present():
        return None
    deadline = time.monotonic() + 4 * LIMIT
    while not (Path(place) / DONE).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing was compiled in {place}")
        time.sleep(0.5)
    said = (Path(place) / DONE).read_text("utf-8")
    if said:
        raise RuntimeError(said)
    return Path(place) / "proofs"


@cache
def compiled() -> Path:
    """Everything compiled, once for this process, if somebody else does not do it."""
    folder = made_elsewhere()
    if folder is None:
        made = tempfile.TemporaryDirectory()
        atexit.register(made.cleanup)
        folder = Path(made.name) / "proofs"
        compile_in(folder)
    return folder


def into(place: Path) -> int:
    """Compile everything in a folder that others wait for."""
    said = ""
    try:
        compile_in(place / "proofs")
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        said = str(error)
    (place / "unsaid").write_text(said, "utf-8")
    (place / "unsaid").rename(place / DONE)
    return int(bool(said))


def main() -> int:
    """Compile everything, and say how long it took and what is assumed."""
    if sys.argv[1:2] == ["--into"]:
        return into(Path(sys.argv[2]))
    if not present():
        print(f"skipped: {MISSING}")
        return 0
    for file, text in sources().items():
        if words := assumed(text):
            print(f"{file}: {', '.join(words)}")
            return 1
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "proofs"
        compile_in(folder)
        count, said = len(qualified(folder)), assumptions(folder)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(f"{count} lemmas and theorems, {seconds:.0f} CPU seconds: {said}")
    return int(seconds > LIMIT or said != CLOSED)


if __name__ == "__main__":
    sys.exit(main())
