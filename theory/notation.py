r"""How the names of premises and claims are typeset: as the statement is, from plain text."""

from __future__ import annotations

import itertools
import re

_WORDS = {
    "mu1": r"\mu_1", "mu": r"\mu", "lam": r"\lambda", "eps": r"\varepsilon", "theta": r"\theta",
    "nu": r"\nu", "rho": r"\rho", "tau_out": r"\tau_{out}", "tau_in": r"\tau_{in}",
    "kappa": r"\kappa", "kappa_out": r"\kappa_{out}", "kappa_in": r"\kappa_{in}", "phi": r"\varphi",
    "delta": r"\delta", "beta": r"\beta", "alpha": r"\alpha", "sigma": r"\sigma", "psi": r"\psi",
    "eta": r"\eta", "lambda": r"\lambda",
    "gamma": r"\gamma", "omega": r"\omega", "Omega": r"\Omega", "spark": r"\operatorname{spark}",
    "ERC": r"\operatorname{ERC}", "supp": r"\operatorname{supp}", "soft": r"\operatorname{soft}",
    "relu": r"\operatorname{relu}", "lrelu_a": r"\operatorname{lrelu}_a",
    "pinv": r"\operatorname{pinv}", "x_hat": r"\hat{x}", "ehat": r"\hat{e}", "s_loc": "s_{loc}",
    "p0": "p^0", "pS": "p^S", "l1": r"\ell_1", "Phi": r"\Phi", "log": r"\log",
    "span": r"\operatorname{span}", "sqrt": r"\operatorname{sqrt}",
    "max": r"\max", "min": r"\min", "sum": r"\sum",
    "log_p": r"\log_p", "ceil": r"\operatorname{ceil}", "inf": r"\infty", "tol": "tol",
    "min_W": r"\min_W",
}  # fmt: skip
_SIGNS = {
    "+-": r"\pm ", "->": r"\to ",
    "<=": r"\le ", ">=": r"\ge ", "!=": r"\ne ", "||": r"\|", "|": "|", "<": "<", ">": ">",
    "=": "=", "*": "*", "+": "+", "-": "-", "/": "/", "(": "(", ")": ")", "[": "[", "]": "]",
    ",": ",", ":": ":", "{": r"\{", "}": r"\}", ".": ".",
}  # fmt: skip
_ANGLE = r"<(?=[^\s<>=])[^<>]*,[^<>]*>"
"""An inner product; as a relation, the same sign has space around it."""
_PIECE = re.compile(
    rf"(?P<angle>{_ANGLE})"
    r"|(?P<dots>\.\.\.)|(?P<least>F\*)"
    r"|(?P<symbol>x_hat|s_loc|(?:tau|kappa)_(?:out|in)|log_p|lrelu_a|min_W|[A-Za-z]+\d?)"
    r"(?P<prime>(?:'(?![A-Za-z]))?)(?P<rest>(?:[_^](?:\{[^{}]*\}|-?\w+))*)"
    r"|(?P<index>[_^](?:\{[^{}]*\}|-?\w+))"
    r"|(?P<sign>\+-|->|<=|>=|!=|\|\||[|<>=*+\-/(),:{}.[\]])|(?P<number>\d+(?:\.\d+)?)|(?P<space>\s+)"
)


_WORD = re.compile(rf"(?:\{{[^{{}}]*\}}|{_ANGLE}|\S)+")
"""What no space divides, outside of braces and of inner products."""


def typeset(name: str) -> str:
    r"""Typeset the name of a premise or of a claim as the statement is: LaTeX, and text.

    Parameters
    ----------
    name : str
        As a theorem gives it.

    Returns
    -------
    str
        LaTeX in math mode.

    Examples
    --------
    >>> typeset("(2 ||x||_0 - 1) mu < 1")
    '(2\\, \\|x\\|_0\\, -\\, 1)\\, \\mu\\; <\\; 1'
    >>> typeset("F(x^k) does not increase")
    'F(x^k)\\; \\text{does not increase}'
    >>> typeset("12 h (1 - h) (3 + h) n - 27 h^2 - 2964 h^3 + n")
    '12\\, h\\, (1\\, -\\, h)\\, (3\\, +\\, h)\\, n\\, -\\, 27\\, h^2\\; -\\; 2964\\, h^3\\, +\\, n'
    """
    made: list[str] = []
    words = _WORD.findall(name)
    for word, following in itertools.zip_longest(words, words[1:], fillvalue=""):
        latex = None if word in _EITHER and _is_plain(following) else _typeset(word)
        if latex is not None:
            made.append(latex)
        elif made and made[-1].startswith(r"\text{"):
            made[-1] = f"{made[-1][:-1]} {word}}}"
        else:
            made.append(rf"\text{{{word}}}")
    parts, room = made[:1], _SHORT
    for before, part in itertools.pairwise(made):
        room -= len(_GLYPH.findall(before))
        breaks = any(one.strip() in _RELATIONS or one[0:6] == r"\text{" for one in (before, part))
        breaks = breaks or (room < 0 and (before in _TERMS or part in _TERMS))
        parts += [r"\; " if breaks else r"\, ", part]
        if breaks and part not in _TERMS:
            room = _SHORT
    return "".join(parts)


_RELATIONS = (r"\le", r"\ge", r"\ne", "<", ">", "=")
"""Where a line may be broken."""

_TERMS = ("+", "-")
"""Where one may be broken, too, if it is long: a phone is narrow."""

_SHORT = 12
"""Glyphs, but for those signs, of what is not broken there."""

_GLYPH = re.compile(r"\\[A-Za-z]+|[^\s{}^_\\+-]")


_EITHER = ("a", "sum", "min", "max", "log", "span")
"""Words of English if a word of English follows, otherwise symbols."""


def _is_plain(word: str) -> bool:
    """Say whether it is a word of English, and no symbol."""
    bare = word.rstrip(",.;")
    return re.fullmatch(r"[A-Za-z]['-]?[a-z][a-z'-]*", bare) is not None and bare not in _WORDS


def _typeset(word: str) -> str | None:
    """Typeset a formula without spaces; None if it is a word."""
    if _is_plain(word):
        return None
    made, place = [], 0
    while place < len(word):
        piece = _PIECE.match(word, place)
        if piece is None:
            return None
        place = piece.end()
        if piece["dots"]:
            made.append(r"\cdots ")
        elif piece["least"]:
            made.append(r"F^\star ")
        elif piece["angle"]:
            inner = typeset(piece["angle"][1:-1])
            made.append(rf"\langle {inner} \rangle ")
        elif symbol := piece["symbol"]:
            if not (symbol in _WORDS or re.fullmatch("[A-Za-z][0-9]?", symbol)):
                return None
            made.append(_WORDS.get(symbol, symbol) + piece["prime"] + _indices(piece["rest"]))
        elif piece["index"]:
            made.append(_indices(piece["index"]))
        elif piece["sign"]:
            made.append(_SIGNS[piece["sign"]])
        else:
            made.append(piece["number"] or " ")
    return "".join(made)


def _indices(rest: str) -> str:
    """Write indices in braces, with symbols for what is a word in plain text."""

    def one(found: re.Match[str]) -> str:
        inner = found[2].strip("{}")
        for said, sign in {"not in ": r"\notin ", **_SIGNS}.items():
            inner = inner.replace(said, sign) if len(said) > 1 else inner
        inner = re.sub(r"(?<!\\)\b[A-Za-z]+\b", lambda word: _WORDS.get(word[0], word[0]), inner)
        return f"{found[1]}{{{inner}}}" if len(inner) > 1 else f"{found[1]}{inner}"

    return re.sub(r"([_^])(\{[^{}]*\}|-?\w+)", one, rest)
