"""Scripts of the examples as pages that run, and so as notebooks: a cell for each function."""

from __future__ import annotations

import ast
import json
import re
import shlex
import textwrap
from itertools import groupby
from pathlib import Path

EXAMPLES = (
    "small_autoencoder",
    "overcomplete_cosines",
    "coordinate_descent",
    "extension",
    "peers",
    "attention_floor",
    "long_signals",
    "certified_bounds",
)
"""Scripts that run in a few seconds, and without PyTorch."""
ELSEWHERE = {
    "by_a_hair": "the tutorial that refutes a conjecture runs it",
    "template": "the tutorial that gates a regression runs it",
    "jax_ista": "needs JAX",
    "learn_digits": "takes half a minute, for a file that ships",
    "radius_again": "the guide to certify says what it is for; it needs a certificate of signals",
    "measure_gate": "takes hours",
    "measure_verdicts": "takes minutes, and says nothing on a machine that builds a site",
    "torch_lista": "needs PyTorch",
}
"""Scripts that are no pages, and why."""

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
_PLACE = """:tags: [remove-cell]

from pathlib import Path

import sparsebound as sb

if not Path("examples").exists():
    Path("examples").symlink_to(Path(sb.__file__).parents[2] / "examples")"""
_CALL = re.compile(r"^    ((?:python|sparsebound) .*)$", re.MULTILINE)


def example(path: Path) -> str:
    """Write a script as a page: what it says of itself, its parts, and the calls that it names.

    A script with a function ``main`` becomes cells. One without is called as the file that it is,
    by a command or by its own processes: it is shown, and only the calls are cells.

    Parameters
    ----------
    path : Path
        A script whose docstring shows how it is called, in lines that are indented.

    Returns
    -------
    str
        A page in MyST, which jupytext makes a notebook of.
    """
    source = path.read_text(encoding="utf-8")
    module = ast.parse(source)
    first, _, said = (ast.get_docstring(module) or "").partition("\n")
    title, _, rest = first.partition(": ")
    said = f"{rest[:1].upper()}{rest[1:]}\n{said}"
    offered = f"{{download}}`This page as a notebook <notebooks/{path.stem}.ipynb>`"
    mains = any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in module.body)
    calls = [_called(call, path, mains) for call in _CALL.findall(said.replace("\\\n", ""))]
    place = [_PLACE] * any("examples" in call for call in calls)
    language = "{code-cell} ipython3" if mains else "python"
    parts = [f"```{language}\n{part}\n```" for part in _parts(source)]
    cells = [f"```{{code-cell}} ipython3\n{call}\n```" for call in [*place, *calls]]
    head = f"{_HEAD}\n# {title.rstrip('.')}"
    return "\n\n".join([head, offered, _prose(said), *parts, *cells]) + "\n"


def _called(call: str, path: Path, mains: bool) -> str:
    """Write a call as a cell: of ``main``, or of a command."""
    python, script, *words = shlex.split(call)
    if (python, Path(script).name) == ("python", path.name) and mains:
        return f"main({', '.join(map(json.dumps, words))})"
    return f"!{' '.join(call.split())}"


def _parts(source: str) -> list[str]:
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
    parts = [part for part in said.split("\n\n") if part.strip() not in ("", "::")]
    return "\n\n".join(
        f"```text\n{textwrap.dedent(part)}\n```"
        if part.startswith("    ")
        else part.replace("``", "`").replace("::", ":")
        for part in parts
    )
