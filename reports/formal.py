"""The formal statement of a theorem that is proved by machine, as its file has it."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
"""Where ``proofs/`` is: beside this package, in a checkout and in a wheel."""
PIECE = re.compile(r"(?P<comment>\(\*.*?\*\))|\S.*?\.(?=\s|\Z)", re.S)
"""A comment; or a sentence, which ends with a full stop before a space."""
GIVEN = ("Variable", "Variables", "Hypothesis", "Hypotheses", "Implicit")
NAMING = ("Let", "Definition", "Fixpoint")
STATED = ("Theorem", "Lemma", "Corollary")


def formal(place: str) -> str:
    """Read the statement of what is proved from the files that are installed.

    Parameters
    ----------
    place : str
        A file, a colon, and the name of a theorem in it, as ``Theorem.proof`` has them.

    Returns
    -------
    str
        Empty where nothing is named, and where the file is not there.

    Examples
    --------
    >>> print(formal("proofs/training/threshold_nested.v:threshold_nested"))
    Variables (R : realFieldType) ...
    Hypothesis raised : ...
    Theorem threshold_nested ...
    """
    file, _, name = place.partition(":")
    path = HOME / file
    return stated(path.read_text("utf-8"), name) if name and path.is_file() else ""


def stated(text: str, name: str) -> str:
    """Take a statement out of a file, after what its sections assume and name for it.

    Proofs, lemmas on the way, and what other sections and files define are left out.

    Parameters
    ----------
    text : str
        Of the file.
    name : str
        Of a theorem in it.

    Returns
    -------
    str
        Empty where there is none of that name.

    Examples
    --------
    >>> text = "Section A. Variable n : nat. Let m := n. Let k := n. Lemma a : n = n. Proof. by []."
    >>> print(stated(f"{text} Qed. Theorem b : 0 <= m. Proof. by []. Qed. End A.", "b"))
    Variable n : nat.
    Let m := n.
    Theorem b : 0 <= m.
    """
    sections: list[list[tuple[str, str, str]]] = [[]]
    remarks = ""
    for piece in PIECE.finditer(text):
        if piece["comment"]:
            remarks += f"{piece[0]}\n"
            continue
        kind, named, *_ = [*re.findall(r"[\w']+", piece[0]), ""]
        if kind == "Section":
            sections.append([])
        elif kind == "End":
            sections.pop()
        elif kind in STATED and named == name:
            return _needed([*chain(*sections[1:]), (kind, named, remarks + piece[0])])
        elif kind in (*GIVEN, *NAMING):
            sections[-1].append((kind, named, remarks + piece[0]))
        remarks = ""
    return ""


def _needed(sentences: list[tuple[str, str, str]]) -> str:
    """Leave out names that nothing after them speaks of."""
    kept = ""
    for kind, named, text in reversed(sentences):
        if kind not in NAMING or re.search(rf"(?<![\w.']){named}(?![\w'])", kept):
            kept = f"{text}\n{kept}"
    return kept.rstrip("\n")
