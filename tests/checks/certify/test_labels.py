"""Labels of codes: against exact arithmetic, and against the worst noise there is."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.labels import CertifiedLabels
from sparsebound.checks.commands.main import main
from sparsebound.checks.oracles.lasso import feature_signs
from sparsebound.reports.certificate import document, text
from sparsebound.reports.html.certificate import certificate_page
from sparsebound.theory.errors import InputError

NORMS = (1, 1, 5, 13)
D = np.array([[1, 0, 3, 5], [0, 1, 4, -12]])
"""Atoms whose norms and inner products are rational; columns."""


def labels_of(*arguments: Any, **options: Any) -> CertifiedLabels:
    found = certify(*arguments, **options).labels
    assert found is not None
    return found


def survived(x: list[int], U: list[list[int]], c: list[int]) -> tuple[int, Fraction, Fraction]:
    """Label of a code of one nonzero, errors and noise it survives, from the definitions."""
    scores = [
        sum(u * v for u, v in zip(row, x, strict=True)) + b for row, b in zip(U, c, strict=True)
    ]
    label = max(range(len(scores)), key=lambda v: scores[v])
    (atom,) = (i for i, value in enumerate(x) if value)
    error = min(
        Fraction(scores[label] - scores[v])
        / abs(Fraction(U[label][atom] - U[v][atom], NORMS[atom]))
        for v in range(len(scores))
        if v != label and U[label][atom] != U[v][atom]
    )
    products = [
        abs(Fraction(int(D[:, atom] @ D[:, j]), NORMS[atom] * NORMS[j]))
        for j in range(4)
        if j != atom
    ]
    return label, error, error * (1 - max(products)) / 2


@pytest.mark.parametrize("seed", range(8))
def test_what_labels_survive_is_what_exact_arithmetic_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    U, c = rng.integers(-4, 5, (3, 4)).tolist(), rng.integers(-20, 21, 3).tolist()
    X = [[0] * 4 for _ in range(12)]
    for x in X:
        x[rng.integers(4)] = int(rng.choice([-3, -2, 5, 7]))
    found = labels_of(D, codes=X, classifier=(U, c), atoms="columns").each
    checked = 0
    for code, x in enumerate(X):
        scores = np.array(U) @ x + c
        if (scores == scores.max()).sum() > 1:
            assert found.noise[code] == 0
            continue
        label, error, noise = survived(x, U, c)
        assert found.label[code] == label
        for ours, true in ((found.error[code], error), (found.noise[code], noise)):
            assert Fraction(ours) <= true
            assert ours == pytest.approx(float(true), rel=1e-11)
        checked += 1
    assert checked >= 6


def soft(v: np.ndarray, lam: float) -> np.ndarray:
    return np.sign(v) * np.maximum(np.abs(v) - lam, 0)


def test_no_larger_noise_is_survived_by_orthonormal_atoms() -> None:
    """There the Lasso is a soft threshold: noise beyond what is certified changes the label."""
    U, x = np.array([[2.0, -1, 0], [0, 0.5, 1], [-1, 0, 2]]), np.array([[3.0, -1, 0]])
    c, within, beyond = [-5, 0, 0], (1 - 1e-6), (1 + 1e-6)
    nu = labels_of(np.eye(3), codes=x, classifier=(U, c), atoms="rows").each.noise[0]
    found = labels_of(np.eye(3), codes=x, classifier=(U, c), atoms="rows", noise=nu * within).each
    assert found.status[0] == 1
    assert nu * within < found.lam_below[0]
    assert found.lam_above[0] == pytest.approx(nu * within, rel=1e-11)
    signs = np.array(list(product((-1, 1), repeat=3)))
    for lam in (found.lam_above[0] * (1 + 1e-9), found.lam_below[0] * (1 - 1e-9)):
        answers = soft(x + nu * within * signs, lam)
        assert ((answers @ U.T + c).argmax(axis=1) == found.label[0]).all()
    changed = (soft(x + nu * beyond * signs, nu * beyond) @ U.T + c).argmax(axis=1) != found.label[
        0
    ]
    assert changed.any()
    again = labels_of(np.eye(3), codes=x, classifier=(U, c), atoms="rows", noise=nu * beyond)
    assert again.each.status[0] == 0
    assert again.certified == 0


def test_below_the_least_weight_the_lasso_has_a_wrong_atom() -> None:
    a, nu = 0.6, 0.1
    atoms = np.array([[1.0, a], [0, np.sqrt(1 - a * a)]])
    found = labels_of(
        atoms, codes=[[5.0, 0]], classifier=([[1.0, 0], [-1, 0]], [0, 0]), atoms="columns", noise=nu
    ).each
    least = found.lam_above[0]
    assert least == pytest.approx(nu * (1 + a) / (1 - a), rel=1e-11)
    noise = np.linalg.solve(atoms.T, [-nu, nu])
    for lam, wrong in ((least * 0.999, True), (least * 1.001, False)):
        residual = atoms[:, 0] * (nu + lam) + noise  # of the minimiser on the first atom alone
        assert (abs(atoms[:, 1] @ residual) > lam) == wrong


@pytest.mark.parametrize("seed", range(4))
def test_no_noise_that_was_tried_changes_a_certified_label(seed: int) -> None:
    rng = np.random.default_rng(seed)
    atoms = rng.standard_normal((8, 12)) + 3 * np.eye(8, 12)
    U, c = rng.standard_normal((3, 12)), rng.standard_normal(3)
    X = np.zeros((30, 12))
    for x in X:
        x[rng.choice(12, 2, replace=False)] = rng.choice([-1, 1], 2) * rng.uniform(1, 3, 2)
    nu = 0.02
    found = labels_of(atoms, codes=X, classifier=(U, c), atoms="columns", noise=nu)
    certified = np.flatnonzero(found.each.status == 1)
    assert len(certified) >= 3
    answered(found, atoms, X, U, c, nu, certified)


def test_the_signs_of_a_code_are_used_where_any_signs_ask_too_much() -> None:
    """Against the same quantities in float64, of codes of which only the own signs are found."""
    rng = np.random.default_rng(3)
    atoms = rng.standard_normal((16, 32))
    atoms /= np.linalg.norm(atoms, axis=0)
    U, c = rng.standard_normal((3, 32)), np.zeros(3)
    X = np.zeros((100, 32))
    for x in X:
        x[rng.choice(32, 4, replace=False)] = rng.choice([-1, 1], 4) * rng.uniform(1, 3, 4)
    nu = 1e-3
    found = labels_of(atoms, codes=X, classifier=(U, c), atoms="columns", noise=nu)
    each, seen = found.each, 0
    for code, x in enumerate(X):
        S = np.flatnonzero(x)
        off = np.setdiff1d(np.arange(32), S)
        inverse = np.linalg.inv(atoms[:, S].T @ atoms[:, S])
        beside = atoms[:, off].T @ atoms[:, S] @ inverse
        g = inverse @ np.sign(x[S])
        E, F = np.abs(beside).sum(axis=1).max(), np.abs(beside @ np.sign(x[S])).max()
        G, falling = np.abs(inverse).sum(axis=1).max(), g * np.sign(x[S])
        reach = (np.abs(x[S]) / np.where(falling > 0, falling, 1e-300)).min()
        if F >= 1 or E < 1:
            assert not each.own_signs[code]
            continue
        least = (1 + E) / (1 - F)
        most = min(
            1 / (least / reach + G / np.abs(x[S]).min()), each.error[code] / (G * (1 + least))
        )
        below = min(reach * (1 - G * nu / np.abs(x[S]).min()), each.error[code] / G - nu)
        assert each.own_signs[code] == (most > 0)
        assert each.noise[code] == pytest.approx(most, rel=1e-8)
        assert each.noise[code] <= most * (1 + 1e-12)
        assert each.lam_above[code] == pytest.approx(nu * least, rel=1e-8)
        assert each.lam_below[code] == pytest.approx(max(below, 0), rel=1e-8)
        assert (each.status[code] == 1) == (nu < most)
        seen += 1
    assert seen > 10
    assert found.by_signs > 3
    answered(found, atoms, X, U, c, nu, np.flatnonzero(each.own_signs & (each.status == 1))[:3])


def answered(
    found: CertifiedLabels, atoms: Any, X: Any, U: Any, c: Any, nu: float, codes: Any
) -> None:
    """The minimisers for all noise that is tried have the labels."""
    rng = np.random.default_rng(0)
    m, n = atoms.shape
    norms = np.linalg.norm(atoms, axis=0)
    unit = atoms / norms
    gram, spread = unit.T @ unit, np.linalg.pinv(unit.T)
    for code in codes:
        noise = rng.standard_normal((20, m))
        corners = rng.choice([-1, 1], (20, n)) @ spread.T
        noise = np.concatenate([noise, corners])
        noise *= nu / np.abs(noise @ unit).max(axis=1, keepdims=True)
        targets = (X[code] @ atoms.T + noise) @ unit
        for lam in (found.each.lam_above[code] * 1.01, found.each.lam_below[code] * 0.99):
            weights, signed = np.full((40, n), lam), np.ones(40, dtype=bool)
            signs = feature_signs(gram, targets, weights, signed, rounds=80)
            for target, t in zip(targets, signs, strict=True):
                on = np.flatnonzero(t)
                z = np.zeros(n)
                z[on] = np.linalg.solve(gram[np.ix_(on, on)], target[on] - lam * t[on])
                assert (np.abs(target - gram @ z) <= lam * (1 + 1e-9)).all()  # it is the minimiser
                assert (U @ (z / norms) + c).argmax() == found.each.label[code]


def test_atoms_of_any_norm_are_read_as_they_are_given() -> None:
    U, x = np.array([[1.0, 0, 2, 1], [0, 1, 1, 1]]), np.diag([3.0, 1, 2, -1])
    given = {"classifier": (U, [0, 0.5]), "atoms": "columns"}
    one = labels_of(D.astype(float), codes=x, **given).each
    scale = np.array([2.0, 1, 0.5, 4])
    given["classifier"] = (U * scale, [0, 0.5])
    two = labels_of(D * scale, codes=x / scale, **given).each
    assert (one.noise > 0).sum() >= 2
    assert two.noise == pytest.approx(one.noise, rel=1e-11)


def test_right_labels_wrong_ones_ties_and_nothing_at_all() -> None:
    X = [[2.0, 0], [2.0, 0], [1.0, 1.0], [0, 0]]
    classifier = (np.eye(2), [0.0, 0.0])
    found = labels_of(np.eye(2), codes=X, classifier=classifier, atoms="rows", labels=[0, 1, 0, 0])
    assert found.each.status.tolist() == [1, -1, 0, 0]
    assert (found.given, found.right, found.certified) == (True, 1, 1)
    assert [weak.code for weak in found.weakest] == [0]
    found = labels_of(np.eye(2), codes=X, classifier=(np.eye(2), [0.5, 0]), atoms="rows")
    assert found.each.status.tolist() == [1, 1, 1, 1]
    assert found.each.noise[3] == np.inf  # the Lasso returns nothing, of which the bias is read
    assert found.given is False


def test_one_weight_for_all_codes_is_named_where_there_is_one() -> None:
    U, c = [[1.0, 0], [-1.0, 0]], [0.0, 0.0]
    for X, lam in (([[4.0, 0], [2.0, 0]], (0.5, 1.5)), ([[4.0, 0], [1.1, 0]], (0.5, 0.6))):
        found = labels_of(np.eye(2), codes=X, classifier=(U, c), atoms="rows", noise=0.5)
        assert found.lam == pytest.approx(lam, rel=1e-11)
    a = [[1.0, 0.9, 0], [0, np.sqrt(1 - 0.81), 0], [0, 0, 1]]
    found = labels_of(
        a, codes=[[90.0, 0, 0], [0, 0, 2.0]], classifier=([[1, 0, 1], [-1, 0, -1]], c), noise=0.5,
        atoms="columns",
    )  # fmt: skip
    assert (found.certified, found.lam) == (2, None)


@pytest.mark.parametrize("names", [("V", "b"), ("coef_", "intercept_"), ("weight", "bias")])
def test_a_file_of_weights_and_biases_is_read(tmp_path: Path, names: tuple[str, str]) -> None:
    np.savez(tmp_path / "head.npz", **{names[0]: [[1.0, -1]], names[1]: [0.5]})
    found = labels_of(np.eye(2), codes=np.eye(2), classifier=tmp_path / "head.npz", atoms="rows")
    assert found.classes == 2
    assert found.each.label.tolist() == [1, 0]


def test_columns_of_atoms_that_are_left_out_are_left_out() -> None:
    atoms, X = np.array([[1.0, 0], [0, 0], [0, 1]]), np.array([[0.0, 0, 2]])
    found = labels_of(
        atoms, codes=X, classifier=([[0, 9, 1], [0, 9, -1]], [0, 0]), drop_zero_atoms=True,
        atoms="rows",
    )  # fmt: skip
    assert found.each.error[0] == pytest.approx(2)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"classifier": (np.eye(2), np.zeros(2))}, "to be used together with --codes"),
        ({"codes": np.eye(2), "classifier": (np.eye(3), np.zeros(3))}, "shape (C, 2)"),
        ({"codes": np.eye(2), "classifier": (np.eye(2), np.zeros(3))}, "as many biases"),
        ({"codes": np.eye(2), "classifier": np.eye(2)}, "or a file of both"),
        (
            {"codes": np.eye(2), "classifier": (np.eye(2), [0, 0]), "labels": [0, 2]},
            "classes from 0 to 1",
        ),
        (
            {"codes": np.eye(2), "classifier": (np.eye(2), [0, 0]), "labels": [0]},
            "one label for each of 2 codes",
        ),
        ({"codes": np.eye(2), "labels": [0, 1]}, "to be used together with"),
        (
            {"codes": np.eye(2), "signals": np.eye(2), "classifier": (np.eye(2), [0, 0])},
            "without --signals",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(options: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError) as error:
        certify(np.eye(2), atoms="rows", **options)
    assert expected in str(error.value)


def test_the_verb_writes_the_summary_and_an_entry_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "D.npy", np.eye(3))
    np.save(tmp_path / "X.npy", np.eye(3)[[0, 1, 1]])
    np.savez(tmp_path / "c.npz", V=np.eye(2, 3), b=np.zeros(2))
    np.savez(tmp_path / "y.npz", y=[0, 1, 0], other=[1])
    files = {name: str(tmp_path / name) for name in ("D.npy", "X.npy", "c.npz", "y.npz", "out")}
    status = main(
        ["certify", files["D.npy"], "--atoms", "rows", "--codes", files["X.npy"], "--classifier",
         files["c.npz"], "--labels", files["y.npz"], "--noise", "0.1", "--out", files["out"]]
    )  # fmt: skip
    assert status == 0
    said = capsys.readouterr().out
    assert "certified   2 (66.6%): whatever the noise is, up to 0.1" in said
    assert "read right  2 (66.6%)" in said
    made = json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert made["labels"]["theorem"] == "stability.classification"
    assert "each" not in made["labels"]
    with np.load(tmp_path / "out" / "codes.npz") as arrays:
        assert arrays["label"].tolist() == [0, 1, 0]
        assert arrays["label_status"].tolist() == [1, 1, -1]
        assert arrays["label_noise"][:2] == pytest.approx([0.5, 0.5])
    page = (tmp_path / "out" / "certificate.html").read_text()
    assert 'id="labels"' in page
    assert 'id="stability.classification"' in page


def test_the_page_and_the_text_say_the_same() -> None:
    made = document(
        certify(np.eye(2), codes=np.eye(2), classifier=(np.eye(2), [0, 0]), atoms="rows")
    )
    for said in (text(made), certificate_page(made)):
        assert "without noise, and for a small enough lam" in said
        assert "code 0: label 0, against class 1" in said


def test_labels_that_any_noise_leaves_are_said_to_be_so() -> None:
    atoms = [[1, 0, 0, 0.6], [0, 1, 0, 0.8], [0, 0, 1, 0]]
    codes = [[1, 0, 0, 0], [0, 0, 0, 0], [0, 2, 1, 0]]
    whole = certify(atoms, codes=codes, classifier=([[1, 0, 0, 0]], [0.5]), atoms="columns")
    found = whole.labels
    assert found is not None
    assert (found.unmoved, found.noise.largest) == (2, found.noise.least)
    assert [one.code for one in found.weakest] == [0]
    written = text(document(whole))
    assert "noise of any size: 2 of 3 labels survive it; that is of the others" in written
    assert "unknown" not in "\n".join(line for line in written.splitlines() if "label" in line)


def test_shifts_of_filters_have_a_weight_each() -> None:
    codes = np.zeros((2, 24))
    codes[0, 3], codes[1, 20] = 1, 2
    weights = np.arange(72.0).reshape(3, 24) % 7
    options: dict[str, Any] = {"filters": True, "length": (12,), "codes": codes}
    filters = np.array([[1.0, 2, 0], [0, 1, -1]])
    found = labels_of(filters, classifier=(weights, np.zeros(3)), **options)
    assert found.each.label.tolist() == (codes @ weights.T).argmax(axis=1).tolist()
    with pytest.raises(InputError, match=re.escape("(3, 2); expected weights of shape (C, 24)")):
        certify(filters, classifier=(weights[:, :2], np.zeros(3)), **options)


def test_biases_that_were_rounded_are_noted() -> None:
    biases = np.array([2**53 + 2, 2**53 + 1])
    reader = ([[0.0, 0.0], [1.5, 0.0]], biases)
    found = certify(np.eye(2), codes=[[1.0, 0.0]], classifier=reader, atoms="columns")
    assert any("--classifier: int64 was rounded" in note for note in found.notes)
