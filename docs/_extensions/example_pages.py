"""Scripts of the examples as pages that run, and so as notebooks: a cell for each function."""

from __future__ import annotations

import ast
import textwrap
from itertools import groupby
from pathlib import Path

EXAMPLES = ("attention_floor", "long_signals")
"""Scripts that need no further package, no other process, and a few seconds."""

_HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""


def example(path: Path) -> str:
    """Write a script as a page: what it says of itself, then its cells, and what it prints.

    Parameters
    ----------
    path : Path
        A script with a docstring and a function ``main`` without arguments.

    Returns
    -------
    str
        A page in MyST, which jupytext makes a notebook of.
    """
    source = path.read_text(encoding="utf-8")
    first, _, said = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    title, _, rest = first.partition(": ")
    said = f"{rest[:1].upper()}{rest[1:]}\n\n{said.strip()}"
    offered = f"{{download}}`This page as a notebook <notebooks/{path.stem}.ipynb>`"
    cells = [f"```{{code-cell}} ipython3\n{cell}\n```" for cell in [*_cells(source), "main()"]]
    return "\n\n".join([f"{_HEAD}\n# {title.rstrip('.')}", offered, _prose(said), *cells]) + "\n"


def _cells(source: str) -> list[str]:
    """Cut a module into its functions and what stands between them, without its docstring."""
    nodes = [node for node in ast.parse(source).body[1:] if not isinstance(node, ast.If)]
    whole = (ast.FunctionDef, ast.ClassDef)
    groups = groupby(
        enumerate(nodes), key=lambda item: item[0] if isinstance(item[1], whole) else ""
    )
    parts = [[node for _, node in group] for _, group in groups]
    lines = source.splitlines()
    return ["\n".join(lines[_first(part[0]) - 1 : part[-1].end_lineno]) for part in parts]


def _first(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _prose(said: str) -> str:
    """Write paragraphs of a docstring in Markdown; those that are indented are commands."""
    parts = [part for part in said.strip().split("\n\n") if part.strip()]
    return "\n\n".join(
        f"```text\n{textwrap.dedent(part)}\n```"
        if part.startswith("    ")
        else part.replace("``", "`").replace("::", ":")
        for part in parts
    )
