"""What is built from a checkout: what git tracks, and a README that can be read elsewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

IMAGE = re.compile(r"^!\[([^]]*)\]\((?!https://)[^)]*\)$", re.M)
LINK = re.compile(r"(?<!!)\[([^]]+)\]\((?!https://|#)[^)]*\)")


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


class LongDescription(MetadataHookInterface):
    """Make what an index shows of the README."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add it to the metadata of the project."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": anywhere(text)}


def anywhere(text: str) -> str:
    """Name images and links that are only in a checkout, without the address; code is left alone.

    >>> print(anywhere("![A page](docs/a.png)\\n\\nSee [the gate](docs/gate.md), [us](https://a.b)."))
    *Picture: A page*
    <BLANKLINE>
    See the gate, [us](https://a.b).
    """
    pieces = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    return "".join(
        piece if index % 2 else LINK.sub(r"\1", IMAGE.sub(r"*Picture: \1*", piece))
        for index, piece in enumerate(pieces)
    )


def _escaped(name: str) -> str:
    """Take a file name for a pattern that matches it alone."""
    return "".join(f"\\{c}" if c in "*?[]!#\\ " else c for c in name)
