"""Time calls of the kernels of one source tree: a script, so that any tree can be timed.

``python -P worker.py TREE`` prints the names of the tree's kernels; then, for each name that it
reads, the processor time of one call. Anything that goes wrong is an ``error``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def answers(tree: Path) -> None:
    """Answer each line of the standard input by one line of JSON.

    Parameters
    ----------
    tree : Path
        The root of the source tree; it goes before everything that is installed.
    """
    sys.path.insert(0, str(tree))
    out, sys.stdout = sys.stdout, sys.stderr  # what a kernel prints is no answer
    ready: dict[str, Any] = {}

    def reply(**answer: Any) -> None:
        print(json.dumps(answer), file=out, flush=True)

    try:
        if not (tree / "checks" / "kernels.py").is_file():
            raise FileNotFoundError("no checks/kernels.py there")
        from checks import kernels

        reply(names=sorted(kernels.KERNELS))
        for line in sys.stdin:
            name = line.strip()
            if name not in ready:
                ready[name] = kernels.KERNELS[name]()
                ready[name]()  # warm up
            start = time.process_time()
            ready[name]()
            reply(seconds=time.process_time() - start)
    except Exception as error:
        reply(error=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    answers(Path(sys.argv[1]))
