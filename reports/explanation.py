"""A theorem in words, and as an entry of a list."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import Any, get_type_hints

from sparsebound.reports.formal import formal
from sparsebound.theory.catalogue import implied_by
from sparsebound.theory.glossary import symbols
from sparsebound.theory.notation import typeset
from sparsebound.theory.sources import INDEPENDENT, OPEN
from sparsebound.theory.theorem import Mutant, Theorem

WIDTH = 92


def entry(theorem: Theorem) -> dict[str, Any]:
    """Describe a theorem for JSON.

    Parameters
    ----------
    theorem : Theorem
        Of the catalogue, or a user's.

    Returns
    -------
    dict

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> entry(catalogue()["uniqueness.spark"])["needs"]
    ['alternative']
    """
    return {
        "id": theorem.id,
        "title": theorem.title,
        "statement": theorem.statement,
        "source": {"text": _source(theorem), "link": theorem.source.link},
        "about": theorem.about,
        "needs": list(theorem.needs),
        "sharp": theorem.sharp is not None,
        "proved": theorem.proof,
        "equality": theorem.equality,
        "mutants": [mutant.name for mutant in theorem.mutants],
        "conjecture": theorem.conjecture,
        "symbols": every_symbol(theorem),
        "premises": _inequalities(theorem.premises),
        "claims": _inequalities(theorem.claims),
        "proof": proof(theorem),
        "implies": [found._asdict() for found in theorem.implies],
        "sharpness": _sharpness(theorem),
    }


def proof(theorem: Theorem) -> str:
    """Give the proof that a theorem carries: the paragraph of its module that begins with "Why:".

    Parameters
    ----------
    theorem : Theorem
        Of the catalogue, or a user's.

    Returns
    -------
    str
        Empty where there is none; what is open has none, whatever its module says.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> proof(catalogue()["uniqueness.spark"])[:30]
    'if ``D z = D x``, ``z - x`` is'
    """
    if theorem.conjecture:
        return ""
    found = [part for part in _paragraphs(theorem) if part.startswith("Why: ")]
    return " ".join(part.removeprefix("Why: ") for part in found)


def _paragraphs(theorem: Theorem) -> list[str]:
    """What the module says in words: its paragraphs, without the examples, each in one line."""
    module = sys.modules.get(theorem.claims.__module__)
    if module is None or theorem.id.partition(".")[2] != module.__name__.rpartition(".")[2]:
        return []  # it builds on the claims of another theorem
    text = (inspect.getdoc(module) or "").partition(">>>")[0]
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def explain(theorem: Theorem) -> str:
    """Explain a theorem: statement, source, premises, claims, sharpness, mutants, its module.

    Parameters
    ----------
    theorem : Theorem
        Of the catalogue, or a user's.

    Returns
    -------
    str
        Plain text of several paragraphs.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> print(explain(catalogue()["uniqueness.spark"]))  # doctest: +ELLIPSIS
    uniqueness.spark: Uniqueness by spark
    <BLANKLINE>
    Statement (LaTeX)
        y = D x, ...
    """
    kind = " (a conjecture)" if theorem.conjecture else ""
    module = theorem.claims.__module__
    sections: list[tuple[str, list[str]]] = [
        ("Statement (LaTeX)", [textwrap.fill(theorem.statement, WIDTH, break_long_words=False)]),
        ("In words", [textwrap.fill(part, WIDTH) for part in words(theorem)]),
        ("Symbols", _symbols(theorem)),
        ("Source", [textwrap.fill(_source(theorem), WIDTH), theorem.source.link]),
        ("Premises", _inequalities(theorem.premises) or ["none"]),
        ("Claims", _inequalities(theorem.claims) or ["see the module"]),
        ("Why", [textwrap.fill(_why(theorem), WIDTH)]),
        ("Proved", [proved(theorem.proof)]),
        ("Formal statement (Coq)", [formal(theorem.proof)]),
        ("Implies", [f"{found.id}: {found.how}" for found in theorem.implies]),
        ("Follows from", list(implied_by(theorem.id))),
        ("Sharp", _sharpness(theorem)),
        ("Mutants", _mutants(theorem) or ["none"]),
        ("Needs", _needs(theorem) or ["nothing but the instance"]),
        ("Module", [module]),
    ]
    parts = [f"{theorem.id}: {theorem.title}{kind}"]
    for title, lines in sections:
        shown = [textwrap.indent(line, "    ") for line in lines if line]
        parts += ["\n".join([title, *shown])] if shown else []
    return "\n\n".join(parts).replace("``", "")


def proved(place: str) -> str:
    """Say where a theorem is proved by machine; nothing where it is not.

    Parameters
    ----------
    place : str
        A file, a colon, and the name of a lemma in it.

    Returns
    -------
    str

    Examples
    --------
    >>> proved("proofs/rate/unfolded.v:unfolded")
    'by machine (Coq), in proofs/rate/unfolded.v: unfolded'
    """
    file, _, lemma = place.partition(":")
    return f"by machine (Coq), in {file}: {lemma}" if lemma else ""


def every_symbol(theorem: Theorem) -> dict[str, str]:
    r"""List the symbols of a statement, of its premises and of its claims, and what they mean.

    Parameters
    ----------
    theorem : Theorem
        Of the catalogue, or a user's.

    Returns
    -------
    dict
        Meanings by LaTeX, those of the statement first; an unknown symbol has an empty one.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> list(every_symbol(catalogue()["uniqueness.spark"]))
    ['y', 'D', 'x', '\\operatorname{spark}', 'z']
    """
    found = symbols(theorem.statement, theorem.id)
    for line in [*_inequalities(theorem.premises), *_inequalities(theorem.claims)]:
        if line.startswith("- "):
            found |= symbols(typeset(line[2:]), theorem.id)  # which leaves the order as it is
    return found


def _source(theorem: Theorem) -> str:
    """Cite the source; what is open was proved nowhere, whatever it was taken from."""
    text = theorem.source.text
    return text.replace(INDEPENDENT.text, OPEN.text) if theorem.conjecture else text


def _why(theorem: Theorem) -> str:
    if theorem.conjecture:
        return "open: nothing is proved"
    return proof(theorem) or "see the source"


def words(theorem: Theorem) -> list[str]:
    """Say a theorem in words: the paragraphs of its module that are shown nowhere else.

    Parameters
    ----------
    theorem : Theorem
        Of the catalogue, or a user's.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> words(catalogue()["uniqueness.coherence"])[1:2]
    ['Problem: ``y = D x`` without noise.']
    """
    return [
        part
        for part in _paragraphs(theorem)
        if not part.startswith(("Why: ", "Source: ", "Sharp: ", "Sharp for"))
    ]


def _symbols(theorem: Theorem) -> list[str]:
    known = {name: said for name, said in every_symbol(theorem).items() if said}
    width = max(map(len, known), default=0)
    return [
        textwrap.fill(f"{name:<{width}}  {said}", WIDTH, subsequent_indent=" " * (width + 2))
        for name, said in known.items()
    ]


def _first(value: Any) -> str:
    return (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ")


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _sharpness(theorem: Theorem) -> list[str]:
    if theorem.sharp is None:
        return ["an equality" if theorem.equality else "not known to be sharp"]
    said = (inspect.getdoc(theorem.sharp) or "").partition("\n>>>")[0].strip()
    return [_name(theorem.sharp), said or "no description"]


def _mutants(theorem: Theorem) -> list[str]:
    lines = []
    for mutant in theorem.mutants:
        found = refutation(theorem, mutant)
        line = f"{mutant.name}; {found}" if found else mutant.name
        lines.append(textwrap.fill(line, WIDTH, subsequent_indent="  "))
    return lines


def refutation(theorem: Theorem, mutant: Mutant) -> str:
    """Say which construction refutes a mutant; nothing where none is named.

    Parameters
    ----------
    theorem : Theorem
        Of the catalogue, or a user's.
    mutant : Mutant
        One of its mutants.

    Returns
    -------
    str

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> theorem = catalogue()["uniqueness.coherence"]
    >>> refutation(theorem, theorem.mutants[0])
    'refuted by halved_simplex: A simplex with odd ``m = 2 size + 1``, and one half of ...'
    """
    witness = mutant.witness or theorem.sharp
    return f"refuted by {_name(witness)}: {_first(witness)}" if witness else ""


def _needs(theorem: Theorem) -> list[str]:
    hints: dict[str, Any] = {}
    for function in (theorem.premises, theorem.claims):
        try:
            hints |= get_type_hints(function)
        except (NameError, TypeError):
            continue
    return [f"{name}: {_first(hints[name])}" if name in hints else name for name in theorem.needs]


def _inequalities(function: Callable[..., Any]) -> list[str]:
    """List what a generator of premises or claims says of itself, and the names it gives."""
    if _name(function) == "<lambda>":
        return []
    lines = [_first(function)] if inspect.getdoc(function) else []
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return lines
    for node in ast.walk(tree):  # what it takes over from another theorem
        if isinstance(node, ast.YieldFrom) and isinstance(node.value, ast.Call):
            taken = _resolved(node.value.func, getattr(function, "__globals__", {}))
            lines += [line for line in _inequalities(taken) if line[:2] == "- "] if taken else []
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Premise", "Claim", "equal")
        and node.args
    ]
    for call in sorted(calls, key=lambda node: node.lineno):
        given = call.args[0]  # a text, or a variable that holds one
        name = _assigned(tree, given) if isinstance(given, ast.Name) else given
        if name is None:
            continue
        text = str(name.value) if isinstance(name, ast.Constant) else _formatted(name)
        if f"- {text}" not in lines:
            lines.append(f"- {text}")
    return lines


def _resolved(name: ast.expr, scope: dict[str, Any]) -> Callable[..., Any] | None:
    """Find the function that ``function`` or ``module.function`` means; ours name themselves."""
    if isinstance(name, ast.Name) and name.id != "equal":
        return scope.get(name.id)
    if isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name):
        return getattr(scope.get(name.value.id), name.attr, None)
    return None


def _assigned(tree: ast.AST, variable: ast.Name) -> ast.expr | None:
    """Find the text that a variable was last set to before it is used."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant | ast.JoinedStr)
        and any(isinstance(one, ast.Name) and one.id == variable.id for one in node.targets)
    ]
    before = [node for node in found if node.lineno < variable.lineno]
    return max(before, key=lambda node: node.lineno).value if before else None


def _formatted(name: ast.expr) -> str:
    """Write a formatted string as in the source, without its quotes; the number of a layer is j."""
    text = ast.unparse(name).removeprefix("f").strip("'\"")
    text = text.replace("{index + 1}", "j") if "{index + 1}" in text else text
    for written, meant in (("{index - 1}", "{j-1}"), ("{index}", "j"), ("{name}", "z")):
        text = text.replace(written, meant)
    return text
