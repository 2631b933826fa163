"""JUnit XML of a run: one test case for each theorem and each mutant."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from sparsebound.reports.failures import failures
from sparsebound.reports.summary import UNFINISHED, headline, plural

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
    cases = {
        mutant["name"]: _case(suite, theorem["id"], f"mutant {mutant['name']}", 0.0)
        for mutant in theorem["mutants"]
    }
    for failure in failures(theorem, settings):
        found = failure.found or {}
        lines = failure.detail, *found.get("frames", ()), found.get("text", "")
        lines = *lines, failure.command, failure.advice
        failed = cases[failure.mutant] if failure.mutant else case
        _fail(failed, failure.status, *lines, cause=found.get("cause", ""))
    if theorem["status"] == UNFINISHED:
        for mutant in theorem["mutants"]:
            if not mutant["refuted"]:
                tried = plural(mutant["examples"], "instance")
                _fail(cases[mutant["name"]], UNFINISHED, f"{tried} tried so far")


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
