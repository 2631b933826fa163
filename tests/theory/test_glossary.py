"""Every symbol of a statement is explained, and every name of an inequality is typeset."""

from __future__ import annotations

import re

import pytest

from sparsebound.reports.explanation import entry
from sparsebound.reports.html.formula import mathml
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.glossary import OWN, SYMBOLS, symbols
from sparsebound.theory.notation import typeset
from sparsebound.theory.theorem import Theorem

EVERY = pytest.mark.parametrize("theorem", catalogue().values(), ids=list(catalogue()))


@EVERY
def test_every_symbol_of_a_statement_is_explained(theorem: Theorem) -> None:
    found = symbols(theorem.statement, theorem.id)
    assert found
    assert not [symbol for symbol, meaning in found.items() if not meaning]
    assert entry(theorem)["symbols"] == found
    for symbol in found:
        mathml(symbol)


@EVERY
def test_every_name_of_an_inequality_is_typeset(theorem: Theorem) -> None:
    lines = [*entry(theorem)["premises"], *entry(theorem)["claims"]]
    names = [line[2:] for line in lines if line.startswith("- ")]
    assert names
    for name in names:
        latex = typeset(name)
        mathml(latex)
        inside = " ".join(re.findall(r"\\text\{([^}]*)\}", latex))
        for word in ("mu", "lam", "theta_k", "eps", "<=", "||x||_0", "x_hat"):
            assert word not in inside.split(), (name, latex)


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
        ("||x_hat - x||_inf <= 1", r"\|\hat{x}\, -\, x\|_{\infty}"),
        ("what <b>is</b> no formula {", ""),
    ],
)
def test_how_names_are_typeset(name: str, latex: str) -> None:
    assert latex in typeset(name)
