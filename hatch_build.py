"""What is built from a checkout is what git tracks, and nothing else that lies there."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TrackedFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Leave out what git does not track; a source distribution holds nothing else anyway."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Exclude untracked files, before any file is looked for."""
        if version == "editable" or not (Path(self.root) / ".git").exists():
            return
        listed = ["git", "-C", self.root, "ls-files", "-z", "--others", "--directory"]
        try:
            found = subprocess.run(listed, capture_output=True, text=True, check=False)
        except FileNotFoundError:  # no git: then the patterns have to do
            return
        untracked = [f"/{_escaped(name)}" for name in found.stdout.split("\0") if name]
        whole, target = self.build_config.build_config, self.build_config.target_config
        (target if "exclude" in target else whole).setdefault("exclude", []).extend(untracked)


def _escaped(name: str) -> str:
    """Take a file name for a pattern that matches it alone."""
    return "".join(f"\\{c}" if c in "*?[]!#\\ " else c for c in name)
