"""What a page of the atlas says: the catalogue, and instances that are decided anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup, escape
from theory_map import around

from sparsebound.checks.describe import describe
from sparsebound.checks.examine import Examination, examine
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.recipes.recipe import CONSTRUCTION
from sparsebound.checks.supplies import what_is_asked
from sparsebound.reports.explanation import entry, proof, refutation, words
from sparsebound.reports.formal import formal
from sparsebound.reports.gate.baseline import Record
from sparsebound.reports.html.formula import formula
from sparsebound.reports.html.pictures import bar
from sparsebound.reports.html.run import picture
from sparsebound.reports.wording import replay_command, tightness, without_tightness
from sparsebound.theory.catalogue import catalogue, implied_by
from sparsebound.theory.instance import Instance
from sparsebound.theory.notation import typeset
from sparsebound.theory.theorem import Mutant, Theorem

SIZES = (1, 2, 3)
"""Of constructions: the first one that does what it is for is shown."""
_ROLE = re.compile(r":(?:mod|func|class|meth|data):`~?\.?([\w.]+)`")
_NAMED = re.compile(r"``([a-z]+\.[a-z_0-9]+)``")


@dataclass(frozen=True)
class Shown:
    """An instance of a construction, decided; as a person would write it down."""

    text: str
    command: str
    reached: bool
    picture: dict[str, Any] | None


def shown(theorem: Theorem, mutant: Mutant | None = None) -> Shown | None:
    """Decide a theorem on what attains it, or a mutant on what refutes it; smallest first."""
    construction = mutant.witness if mutant and mutant.witness else theorem.sharp
    if construction is None:
        return None
    name = getattr(construction, "__name__", "construction")
    found: list[Examination] = []
    for size in SIZES:
        recipe = Recipe(CONSTRUCTION, {"name": name, "size": size})
        found.append(examine(theorem, recipe, mutant))
        if _reached(found[-1]):
            break
    reached = _reached(found[-1])
    chosen = found[-1 if reached else 0]
    changed = mutant.name if mutant else ""
    command = replay_command(theorem.id, chosen.recipe.to_json(), mutant=changed)
    return Shown(describe(chosen), command, reached, _picture(chosen))


def _reached(found: Examination) -> bool:
    return found.violated if found.mutant else bool(found.verdict.attained.any())


def _picture(found: Examination) -> dict[str, Any] | None:
    if not isinstance(found.instance, Instance):
        return None
    codes = found.instance.X
    code = codes[found.verdict.worst].tolist() if len(codes) else []
    return picture({"dictionary": found.instance.D.data.tolist(), "code": code})


def in_words(text: str) -> Markup:
    """Typeset what stands between double backquotes; what is partly English stays as it is."""
    pieces = _without_roles(text).split("``")
    return Markup("").join(
        _set(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces)
    )


def _set(piece: str) -> Markup:
    if piece in catalogue():
        return Markup('<a href="{0}.html"><code>{0}</code></a>').format(piece)
    latex = typeset(piece)
    return Markup("<code>{}</code>").format(piece) if r"\text{" in latex else formula(latex)


def _without_roles(text: str) -> str:
    """Name a theorem where its module is meant, and any other module or function as code."""

    def one(found: re.Match[str]) -> str:
        short = ".".join(found[1].split(".")[-2:])
        return f"``{short if short in catalogue() else found[1]}``"

    return _ROLE.sub(one, text)


@cache
def named_in_proofs() -> Mapping[str, tuple[str, ...]]:
    """For each theorem, the theorems that its proof names."""
    known = catalogue()
    return {
        name: tuple(sorted(set(_NAMED.findall(proof(theorem))) & set(known) - {name}))
        for name, theorem in known.items()
    }


IMPLIES, IMPLIED = "it implies", "it follows from"
USES, USED = "its proof names", "proofs that name it"
BESIDE = "its text names"


def neighbours(name: str) -> dict[str, dict[str, str]]:
    """List what a theorem implies and follows from, as declared; then what proofs and texts name.

    Each theorem is listed once, in the first list that has it, with what is said of the link.
    """
    known = catalogue()
    listed = {
        IMPLIES: dict(known[name].implies),
        IMPLIED: {
            other: dict(known[other].implies)[name] for other in implied_by(name) if other in known
        },
        USES: dict.fromkeys(named_in_proofs()[name], ""),
        USED: {other: "" for other, named in named_in_proofs().items() if name in named},
        BESIDE: dict.fromkeys(
            sorted(set(_NAMED.findall(" ".join(words(known[name])))) & set(known)), ""
        ),
    }
    seen = {name}
    found: dict[str, dict[str, str]] = {}
    for said, others in listed.items():
        found[said] = {other: how for other, how in others.items() if other not in seen}
        seen |= set(others)
    return found


def page(theorem: Theorem, record: Record | None) -> dict[str, Any]:
    """Gather what the template of a page fills in."""
    file, _, lemma = theorem.proof.partition(":")
    told, near = entry(theorem), neighbours(theorem.id)
    return {
        **told,
        "theorem": theorem,
        "known": set(catalogue()),
        "proof": _without_roles(told["proof"]),
        "words": [in_words(part) for part in words(theorem)],
        "meanings": {name: said for name, said in told["symbols"].items() if said},
        "told": {part: told[part] for part in ("premises", "claims")},
        "proof_file": file,
        "lemma": lemma,
        "formal": formal(theorem.proof),
        "instance": shown(theorem),
        "refuted": [
            (mutant.name, refutation(theorem, mutant), shown(theorem, mutant))
            for mutant in theorem.mutants
        ],
        "asked": what_is_asked(theorem),
        "promised": sorted({promise.property for promise in theorem.promises}),
        "neighbours": near,
        "around": around(
            theorem.id, {**near[IMPLIED], **near[USES]}, {**near[IMPLIES], **near[USED]}
        ),
        "tight": _tight(theorem, record) if record else None,
    }


def _tight(theorem: Theorem, record: Record) -> dict[str, Any]:
    counts = {**record.counts, "violated": 0}  # a run with one is not reviewed
    facts = {"equality": theorem.equality, "max_ratio": record.max_ratio, "counts": counts}
    return {
        "ratio": tightness(facts),
        "bar": Markup("") if theorem.equality else bar(record.max_ratio),
        "why": without_tightness(facts),
        "counts": record.counts,
    }
