"""Links of the documents at the top, which pages include: to pages, or to copies of files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

PAGES = {
    "ARCHITECTURE.md": "/contributing/architecture.md",
    "CONTRIBUTING.md": "/contributing/index.md",
}
"""Documents at the top, and the pages that hold them."""
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)#]+)\)")


def relinked(text: str) -> str:
    """Point the links of a document at the top to what the site has."""

    def one(found: re.Match[str]) -> str:
        said, target = found[1], found[2]
        if target in PAGES:
            return f"[{said}]({PAGES[target]})"
        return f"{{download}}`{said} </../{target}>`"

    return _LINK.sub(one, text)


def _included(app: Sphinx, path: Path, page: str, content: list[str]) -> None:
    source = Path(app.srcdir)
    if (source / path).resolve().parent == source.resolve().parent:
        content[0] = relinked(content[0])


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("include-read", _included)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
