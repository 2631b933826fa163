"""Every symbol of a statement is explained, and every name of an inequality is typeset."""

from __future__ import annotations

import re

import pytest

from sparsebound.reports.explanation import entry, proof
from sparsebound.reports.html.formula import mathml
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.glossary import OWN, SYMBOLS, symbols
from sparsebound.theory.notation import typeset
from sparsebound.theory.theorem import Theorem


def _names(theorem: Theorem) -> list[str]:
    lines = [*entry(theorem)["premises"], *entry(theorem)["claims"]]
    return [line[2:] for line in lines if line.startswith("- ")]


LONGEST = 20
"""Letters and digits of a formula that is not broken."""
EVERY = pytest.mark.parametrize("theorem", catalogue().values(), ids=list(catalogue()))


@EVERY
def test_every_symbol_of_a_statement_is_explained(theorem: Theorem) -> None:
    found = symbols(theorem.statement, theorem.id)
    assert found
    assert not [symbol for symbol, meaning in found.items() if not meaning]
    assert list(entry(theorem)["symbols"])[: len(found)] == list(found)
    assert all(entry(theorem)["symbols"].values())
    for symbol in found:
        mathml(symbol)


@EVERY
def test_every_name_of_an_inequality_is_typeset(theorem: Theorem) -> None:
    names = _names(theorem)
    assert names
    for name in names:
        latex = typeset(name)
        mathml(latex)
        inside = " ".join(re.findall(r"\\text\{([^}]*)\}", latex))
        for word in ("mu", "lam", "theta_k", "eps", "<=", "||x||_0", "x_hat"):
            assert word not in inside.split(), (name, latex)


@EVERY
def test_every_symbol_of_an_inequality_is_explained(theorem: Theorem) -> None:
    for name in _names(theorem):
        found = symbols(typeset(name), theorem.id)
        assert not [symbol for symbol, meaning in found.items() if not meaning], name


@EVERY
def test_every_formula_of_a_proof_is_typeset(theorem: Theorem) -> None:
    for piece in proof(theorem).split("``")[1::2]:
        if not re.fullmatch(r"[a-z]+\.[a-z_0-9]+", piece):  # the name of a theorem
            latex = typeset(piece)
            mathml(latex)
            assert set(re.findall(r"\\text\{([^}]*)\}", latex)) <= {"on", "off"}, piece
            for part in latex.split(
                r"\; "
            ):  # a phone shows a row that is not broken as far as this
                assert len(re.findall(r"\\[A-Za-z|]+|[^\W_]", part)) <= LONGEST, part


def test_every_explanation_is_of_something() -> None:
    meant: set[tuple[str, str]] = set()
    for theorem in catalogue().values():
        for latex in (theorem.statement, *map(typeset, _names(theorem))):
            for symbol in symbols(latex, theorem.id):
                own = (name for name in (theorem.id, theorem.topic) if symbol in OWN.get(name, {}))
                meant.add((next(own, ""), symbol))
    assert {("", symbol) for symbol in SYMBOLS} <= meant
    assert {(name, symbol) for name, own in OWN.items() for symbol in own} <= meant


def test_what_stands_in_an_index_is_explained_and_a_transpose_is_not() -> None:
    assert list(symbols(r"\max\limits_{|S| = s} \|h_S\|_1")) == ["S", "s", "h"]
    assert list(symbols(r"W^T D^{\mathsf{T}} |x|_{max} + |x|_{\min} + p^S_{k+1}")) == [
        *("W", "D", "x", "p^S", "k")
    ]


def test_an_unknown_symbol_is_found_out() -> None:
    assert symbols(r"\zeta(x) \le 1")[r"\zeta"] == ""
    assert symbols("R + D")["R"] == ""


def test_what_a_letter_means_elsewhere_does_not_leak() -> None:
    assert symbols("h", "network.thresholding")["h"] != symbols("h", "uniqueness.null_space")["h"]
    known = {theorem.topic for theorem in catalogue().values()} | set(catalogue())
    assert set(OWN) <= known
    for own in OWN.values():
        assert all(SYMBOLS.get(symbol) != meaning for symbol, meaning in own.items())


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("0 <= <w_i, d_i>", r"\langle w_i,"),
        ("min {k : mu1(k-1) >= 1} <= spark", r"\{k : \mu_1(k-1) \ge  1\}"),
        ("F(x^k) - F* <= L R^2/(4k)", r"F^\star"),
        ("tau_out b_k + kappa_out p0_k <= theta_k", r"\kappa_{out}\, p^0_k"),
        ("a step, up to rounding", r"\text{a step, up to rounding}"),
        ("a (1 - mu) < lam", r"a\, (1"),
        ("rows of A sum to 1", r"\text{sum to}"),
        ("4 sum t_i", r"\sum\, t_i"),
        ("of the l1 norm", r"\ell_1"),
        ("mu(W, D)", r"\mu(W,\, D)"),
        ("|x|_min - |x_j|_max", r"|x|_{\min}\, -\, |x_j|_{\max}"),
        ("psi(u') = pS_{k+1}", r"\psi(u')\; =\; p^S_{k+1}"),
        ("e^beta + sum_{j not in S} h_j", r"e^{\beta}\, +\, \sum_{j \notin S}\, h_j"),
        ("sum_{j != i} |h_j|", r"\sum_{j \ne  i}"),
        ("lam + <D^T (y - D x), z - x>", r"\langle D^T\, (y\, -\, D\, x),\, z\, -\, x \rangle"),
        ("||A||_{inf->inf}", r"\|A\|_{\infty\to \infty}"),
        ("a solver's loss of x's", r"\text{a solver's loss of x's}"),
        ("||x_hat - x||_inf <= 1", r"\|\hat{x}\, -\, x\|_{\infty}"),
        ("what <b>is</b> no formula {", ""),
    ],
)
def test_how_names_are_typeset(name: str, latex: str) -> None:
    assert latex in typeset(name)
