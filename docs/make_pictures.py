"""Draw the pictures of the README from real runs.

python docs/make_pictures.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from sparsebound.checks.commands.table import print_run

HERE = Path(__file__).parent


def main() -> None:
    """Run the command, and save its table as a picture."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "sparsebound.checks.commands.main",
            "check",
            "--json",
            "--out",
        ]
        found = subprocess.run(
            [*command, f"{folder}/run"], capture_output=True, text=True, check=True
        )
    console = Console(record=True, width=122, markup=False, highlight=False, file=sys.stderr)
    print_run(json.loads(found.stdout), console)
    console.save_svg(str(HERE / "check.svg"), title="sparsebound check")


if __name__ == "__main__":
    main()
