"""Statements in LaTeX as MathML that flows: one formula for each part that may go on a new line."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup, escape

from sparsebound.theory.errors import InputError

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_DECLARED = ' xmlns="http://www.w3.org/1998/Math/MathML" display="inline"'
_ELEMENTS = {
    *("math", "mrow", "mstyle", "mspace", "mpadded", "mphantom", "mtable", "mtr", "mtd"),
    *("mi", "mn", "mo", "mtext", "mfrac", "msqrt", "mroot", "mover", "munder", "munderover"),
    *("msub", "msup", "msubsup"),
}
_ATTRIBUTES = {
    *("accent", "columnalign", "depth", "display", "displaystyle", "fence", "form", "height"),
    *("linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
    *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "width"),
}
_REFERENCE = re.compile("&#x([0-9A-F]+);")
_CONCLUSION = ("\\implies", "\\iff")


def mathml(latex: str) -> Markup:
    r"""Write a statement as MathML, without scripts or fonts of its own.

    A row of MathML is never broken by browsers, so a statement becomes several formulas, broken
    where it has space or an arrow outside of braces.

    Parameters
    ----------
    latex : str
        In math mode.

    Returns
    -------
    Markup
        Safe to put into HTML.

    Raises
    ------
    InputError
        If braces do not balance, or a macro is not known: the converter lets both through.

    Examples
    --------
    >>> mathml(r"a < b \implies b").count("<math")
    2
    >>> mathml(r"\nosuchmacro x")
    Traceback (most recent call last):
        ...
    sparsebound.InputError: statement is '\\nosuchmacro x'; expected LaTeX that has a MathML form
    """
    if not _balanced(latex):
        raise InputError("statement", latex, "LaTeX with balanced braces")
    parts = [Markup(_convert(part, latex)) for part in _parts(latex)]
    return Markup(" ").join(parts)


def formula(latex: str) -> Markup:
    """Write a statement as MathML or, where it has none, as the text that it is.

    Parameters
    ----------
    latex : str
        In math mode; from whoever wrote the theorem.

    Returns
    -------
    Markup

    Examples
    --------
    >>> formula("<b>{")
    Markup('<code>&lt;b&gt;{</code>')
    """
    try:
        return mathml(latex)
    except InputError:
        return Markup("<code>{}</code>").format(latex)


def _balanced(latex: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _parts(latex: str) -> list[str]:
    """Cut at spaces and before arrows, outside of braces and of fences that grow."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"\\[A-Za-z]+|\\.|[{}]", latex):
        token = found[0]
        depth += (token in ("{", "\\left")) - (token in ("}", "\\right"))
        if depth == 0 and token in ("\\;", "\\quad", *_CONCLUSION):
            parts.append(latex[start : found.start()])
            start = found.start() if token in _CONCLUSION else found.end()
    parts.append(latex[start:])
    return [part.strip() for part in parts if part.strip()]


def _convert(part: str, latex: str) -> str:
    """Convert one part, and look at the result: what is unknown is passed on as it is."""
    refused = InputError("statement", latex, "LaTeX that has a MathML form")
    try:
        made = str(convert(re.sub(r"\\arg(?![A-Za-z])", r"\\operatorname{arg}", part)))
        elements = list(ElementTree.fromstring(made).iter())
    except Exception as error:  # the converter raises many kinds
        raise refused from error
    made = made.replace(_DECLARED, "")  # HTML knows what <math> is
    for element in elements:
        known = (
            element.tag.removeprefix(_NAMESPACE) in _ELEMENTS and set(element.attrib) <= _ATTRIBUTES
        )
        if not known or "\\" in (element.text or ""):
            raise refused
    return _REFERENCE.sub(lambda found: escape(chr(int(found[1], 16))), made)  # half as long
