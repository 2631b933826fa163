"""Pages that nobody writes: the atlas from the catalogue, symbols, the command line.

Nothing here needs Sphinx, so that tests write them everywhere.
"""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path

from theorem_pages import named_in_proofs, page
from theory_map import drawn

from sparsebound.checks.commands.arguments import made
from sparsebound.checks.commands.main import RUNS
from sparsebound.reports.gate.baseline import Baseline
from sparsebound.reports.html.environment import render
from sparsebound.reports.run_folder import RunFolder
from sparsebound.reports.summary import recall
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.glossary import OWN, SYMBOLS
from sparsebound.theory.theorem import Theorem

TEMPLATES = Path(__file__).parent / "templates"
TOPICS = {
    "dictionary": ("Dictionaries", "coherence, spark, spectrum"),
    "uniqueness": ("Uniqueness", "when a code is the only one, or the sparsest"),
    "stability": ("Stability", "how far a code moves when the signal does"),
    "rate": ("Rates", "how fast solvers and networks come close"),
    "network": ("Networks", "what layers compute"),
    "model": ("Maps", "what a network is, as a map"),
    "training": ("Training", "what it does to codes and dictionaries"),
    "selection": ("Selection", "which atoms to keep"),
    "coding": ("Coding", "what sparse codes say, and how often"),
    "conjecture": ("Conjectures", "what is open"),
}
"""Families of theorems, in the order of the map; a topic that is not here comes last."""


def told(topic: str) -> tuple[str, str]:
    """Say what a family is called, and what it is about."""
    return TOPICS.get(topic, (topic.capitalize(), ""))


def families() -> dict[str, list[Theorem]]:
    """Sort the catalogue by families, in the order of the map."""
    known = sorted(catalogue().values(), key=lambda theorem: theorem.id)
    found = {topic: list(members) for topic, members in groupby(known, lambda t: t.topic)}
    ordered = [topic for topic in TOPICS if topic in found]
    return {topic: found[topic] for topic in [*ordered, *sorted(set(found) - set(ordered))]}


def reviewed(place: Path) -> Baseline:
    """Read the run that pages quote: a baseline of the gate, or the folder of a run."""
    if place.is_dir():
        return Baseline.of(recall(RunFolder.open(place)))
    return Baseline.read(place)


def described(name: str, run: Baseline) -> str:
    """Write the page of a theorem, and how tight it was in a run."""
    theorem = catalogue()[name]
    quoted = {
        "command": run.provenance.get("command", ""),
        "commit": str(run.provenance.get("commit", ""))[:12],
    }
    return render(
        TEMPLATES / "theorem.md",
        quoted=quoted,
        topic_title=told(theorem.topic)[0],
        **page(theorem, run.theorems.get(name)),
    )


def atlas(folder: Path, place: Path) -> dict[Path, str]:
    """Write the page of each theorem, of each family, and the map."""
    run = reviewed(place)
    known = families()
    pages = {folder / f"{name}.md": described(name, run) for name in catalogue()}
    for topic, members in known.items():
        values = {"topic": topic, "told": told(topic), "members": members}
        pages[folder / f"{topic}.md"] = render(TEMPLATES / "family.md", **values)
    pages[folder / "index.md"] = render(
        TEMPLATES / "atlas.md",
        map=drawn(
            {topic: [t.id for t in members] for topic, members in known.items()}, named_in_proofs()
        ),
        topics={topic: (*told(topic), len(members)) for topic, members in known.items()},
        theorems=len(catalogue()),
        proved=sum(bool(theorem.proof) for theorem in catalogue().values()),
        named=sum(map(len, named_in_proofs().values())),
        implied=sum(len(theorem.implies) for theorem in catalogue().values()),
    )
    return pages


def symbols() -> str:
    """Write the glossary of symbols."""
    topics = {name: own for name, own in OWN.items() if "." not in name}
    single = {name: own for name, own in OWN.items() if "." in name}
    tables = {"Everywhere": SYMBOLS, **{f"In {name}": own for name, own in sorted(topics.items())}}
    return render(TEMPLATES / "symbols.md", tables=tables, single=dict(sorted(single.items())))


def command_line() -> str:
    """Write the reference of the command from its parser."""
    parser = made(RUNS)
    (chosen,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    helps = {action.dest: action.help for action in chosen._choices_actions}
    commands = [
        {
            "name": name,
            "summary": helps[name],
            "usage": command.format_usage().removeprefix("usage: ").rstrip(),
            "options": [_option(action) for action in command._actions],
        }
        for name, command in chosen.choices.items()
    ]
    general = [_option(a) for a in parser._actions if a is not chosen]
    return render(TEMPLATES / "command_line.md", general=general, commands=commands)


def _option(action: argparse.Action) -> tuple[str, str]:
    value = ""
    if action.nargs != 0:
        given = action.metavar or action.dest.upper()
        value = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else str(given)
        value += " ..." if action.nargs in ("+", "*") else ""
    names = ", ".join(action.option_strings)
    said = (action.help or "").replace("%%", "%")
    return " ".join(part for part in (names, value) if part), said


def written(source: Path, place: Path) -> dict[Path, str]:
    """Write all of them: texts by their places."""
    return {
        **atlas(source / "atlas", place),
        source / "concepts" / "symbols.md": symbols(),
        source / "reference" / "command-line.md": command_line(),
    }
