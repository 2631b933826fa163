"""The plan of a run, ``run.json``: what it has to say."""

from __future__ import annotations

from typing import Any

from sparsebound.reports.fields import Fields
from sparsebound.theory.errors import InputError

SCHEMA = 8
PLAN = "run.json"


def check_plan(plan: Any, where: str) -> None:
    """Refuse a plan that is malformed, or of another version.

    Parameters
    ----------
    plan : object
        From JSON.
    where : str
        What it is called in messages.

    Raises
    ------
    InputError
        If it is.
    """
    fields = Fields(where, plan)
    fields.take("schema", f"{SCHEMA}, a run of this version: check again", lambda v: v == SCHEMA)
    fields.mapping("provenance")
    fields.mapping("settings")
    fields.items("not_run")
    for index, entry in enumerate(plan["not_run"]):
        Fields(f"{where}.not_run[{index}]", entry).text("id")
        Fields(f"{where}.not_run[{index}]", entry).text("reason")
    theorems = fields.mapping("theorems")
    for name, entry in theorems.items():
        theorem = Fields(f"{where}.theorems[{name!r}]", entry)
        theorem.text("title")
        theorem.flag("sharp")
        theorem.flag("equality")
        theorem.flag("conjecture")
        theorem.texts("mutants")
        if "explained" in entry:
            theorem.mapping("explained")
    fields.mapping("shards")
    shards = Fields(f"{where}.shards", plan["shards"])
    shards.integer("block", 1)
    shards.mapping("examples")
    if "open_ended" in shards.value:
        shards.flag("open_ended")
    for name in plan["shards"]["examples"]:
        Fields(f"{where}.shards.examples", plan["shards"]["examples"]).integer(name, 1)
        if name not in theorems:
            raise InputError(f"{where}.shards.examples", name, "a theorem of the run")
    shards.done()
    if "asked" in plan:
        fields.texts("asked")
    fields.done()
