"""JUnit XML of a run: one test case for each theorem and each mutant."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from sparsebound.reports.summary import HELD, headline
from sparsebound.reports.wording import replay_command

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBERS = ("max_ratio", "instances", "near_edge", "attained", "exact")


def junit(document: dict[str, Any]) -> str:
    """Write a run as JUnit XML, one suite for each theorem.

    Strict consumers take properties of suites, not of test cases.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    str
        XML. If nothing was checked, it has one test case, which fails.

    Examples
    --------
    >>> nothing = {"run": {}, "theorems": [], "not_run": [], "dictionaries": []}
    >>> 'failures="1"' in junit(nothing)
    True
    """
    root = Element("testsuites", name=_clean(headline(document)))
    settings = document["run"].get("settings", {})
    for theorem in document["theorems"]:
        suite = SubElement(root, "testsuite", name=_clean(theorem["id"]))
        _theorem(suite, theorem, settings)
        for mutant in theorem["mutants"]:
            _mutant(suite, theorem["id"], mutant)
    for entry in document["not_run"]:
        suite = SubElement(root, "testsuite", name=_clean(entry["id"]))
        _fail(_case(suite, entry["id"], "theorem", 0.0), "not run", entry["reason"])
    if not len(root):
        suite = SubElement(root, "testsuite", name="sparsebound")
        _fail(_case(suite, "sparsebound", "run", 0.0), "vacuous", "nothing was checked")
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        element.set("tests", str(len(cases)))
        element.set("failures", str(len(list(element.iter("failure")))))
        element.set("errors", "0")
        element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _theorem(suite: Element, theorem: dict[str, Any], settings: dict[str, Any]) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (
        ("status", theorem["status"]),
        *theorem["counts"].items(),
        *((name, theorem[name]) for name in _NUMBERS),
        ("proved", theorem.get("proved") or None),
    ):
        if value is not None:
            SubElement(properties, "property", name=name, value=str(value))
    case = _case(suite, theorem["id"], "theorem", theorem["seconds"])
    # that a mutant survived fails the mutant's test case
    if theorem["status"] not in (HELD, "mutant survived"):
        fault = theorem["fault"]
        if fault:
            command = fault["recipe"] and replay_command(
                theorem["id"], fault["recipe"], settings=settings
            )
            lines = (fault["said"], *fault["frames"], fault["text"], command or "")
            _fail(case, fault["kind"], *lines)
            if not theorem["violation"]:
                return
        found = theorem["violation"] or theorem["worst"]
        command = found and replay_command(theorem["id"], found["recipe"], settings=settings)
        kind = "violated" if theorem["violation"] else theorem["status"]
        cause = found["cause"] if found else ""
        _fail(case, kind, *([found["text"], command] if found else []), cause=cause)


def _mutant(suite: Element, theorem: str, mutant: dict[str, Any]) -> None:
    case = _case(suite, theorem, f"mutant {mutant['name']}", 0.0)
    if not mutant["refuted"]:
        _fail(case, "mutant survived", f"{mutant['examples']} instances were tried")


def _case(suite: Element, theorem: str, name: str, seconds: float) -> Element:
    names = {"classname": _clean(theorem), "name": _clean(name), "time": f"{seconds:.3f}"}
    return SubElement(suite, "testcase", names)


def _fail(case: Element, kind: str, *text: str, cause: str = "") -> None:
    message = f"{kind}: {cause}" if cause else kind
    failure = SubElement(case, "failure", message=_clean(message), type=_clean(kind))
    failure.text = _clean("\n".join(line for line in text if line))


def _clean(text: str) -> str:
    """Replace what XML 1.0 cannot hold, not even escaped."""
    return _UNPRINTABLE.sub("\ufffd", text)
