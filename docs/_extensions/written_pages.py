"""Before sources are read: pages that nobody writes, and tutorials and examples as notebooks.

They are put beside the sources, and only where they changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupytext
from example_pages import EXAMPLES, example
from sphinx.application import Sphinx
from writing import written


def notebook(page: str) -> str:
    """Write a page as a notebook; cells are numbered, so that it is the same each time."""
    made = jupytext.reads(page, fmt="md:myst")
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return str(jupytext.writes(made, fmt="ipynb"))


def _write(app: Sphinx) -> None:
    source = Path(app.srcdir)
    texts = written(source, Path(app.config.atlas_run))
    for gone in set((source / "atlas").glob("*.md")) - set(texts):
        gone.unlink()
    scripts = source.parent / "examples"
    texts |= {source / "examples" / f"{n}.md": example(scripts / f"{n}.py") for n in EXAMPLES}
    tutorials = set((source / "tutorials").glob("*.md")) - {source / "tutorials" / "index.md"}
    running = {page: page.read_text(encoding="utf-8") for page in sorted(tutorials)}
    running |= {page: text for page, text in texts.items() if page.parent.name == "examples"}
    for page, text in running.items():
        texts[page.parent / "notebooks" / f"{page.stem}.ipynb"] = notebook(text)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("atlas_run", "", "env")
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
