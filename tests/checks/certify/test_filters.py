"""Convolutional dictionaries by their filters, against the matrix of all shifts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.filters import Layout, profile_of_filters
from sparsebound.checks.commands.main import main
from sparsebound.theory.arithmetic import Exact, precision
from sparsebound.theory.constructions.convolutional import barker
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.operators import Convolution
from sparsebound.theory.quantities import babel, neighbours

CASES = {
    "circular": ((3, 5), Layout((20,))),
    "zero": ((3, 5), Layout((20,), circular=False)),
    "stride": ((2, 6), Layout((24,), (2,))),
    "short": ((2, 5), Layout((7,), circular=False)),
    "channels": ((2, 3, 4), Layout((12,))),
    "images": ((2, 3, 3), Layout((7, 8))),
    "strided images": ((2, 2, 3, 3), Layout((8, 9), (2, 3), circular=False)),
}


@pytest.mark.parametrize("name", CASES)
def test_quantities_are_those_of_the_matrix(name: str) -> None:
    shape, layout = CASES[name]
    filters = np.random.default_rng(5).standard_normal(shape)
    found = certify(filters, filters=layout).dictionary
    assert layout.length is not None
    operator = Convolution(filters, layout.length, stride=layout.stride, circular=layout.circular)
    D = Dictionary(operator.matrix())
    expected = babel(D, np.arange(1, len(found.babel) + 1)).mid
    assert [figure.value for figure in found.babel] == pytest.approx(expected, abs=1e-12)
    assert found.pair is not None
    assert abs(D.gram.mid[found.pair]) == pytest.approx(found.coherence.value, abs=1e-12)
    degrees = D.interactions(np.ones(D.shape[1], dtype=bool))
    assert found.neighbours.value >= degrees.max()


def test_barker_filters_of_any_length_without_a_matrix() -> None:
    found = certify(barker(13)[None, :], filters=Layout((1_000_000,)))
    assert found.dictionary.coherence.value == pytest.approx(1 / 13, abs=1e-12)
    assert found.dictionary.neighbours.value == 25
    largest = {g.theorem: g.largest for g in found.guarantees}
    assert largest["uniqueness.local"] == 6


@pytest.mark.parametrize("circular", [True, False])
def test_neighbours_are_those_of_the_filter_that_has_most(circular: bool) -> None:
    """Filters of one tap, of two far taps and of five; none of them meets as many as the last."""
    filters = np.array([[0, 0, 1, 0, 0], [1, 0, 0, 0, -1], [1, 2, 3, 2, 1.0]])
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        layout = Layout((40,), circular=circular)
        found = certify(filters[order], filters=layout).dictionary
        matrix = Convolution(filters[order], (40,), circular=circular).matrix()
        counts = neighbours(Dictionary(matrix)).sum(axis=1)
        assert found.neighbours.value == counts.max()
        assert certify(matrix, atoms="columns").dictionary.neighbours.value == counts.max()
        assert counts.max() > 2 * counts.min()


@pytest.mark.parametrize("seed", range(6))
def test_filters_of_mixed_norms(seed: int) -> None:
    """From the least to the largest that can be squared and beyond, against exact arithmetic."""
    rng = np.random.default_rng(seed)
    filters = rng.integers(-3, 4, (3, 4)) + np.eye(3, 4) * 5
    powers = rng.choice([-1070, -540, -200, 0, 200, 510, 1010], 3)
    operator = Convolution(np.ldexp(filters, powers[:, None]), 11, circular=bool(seed % 2))
    found = profile_of_filters(operator)
    plain = profile_of_filters(operator.with_filters(filters))
    with precision(200):
        true = Exact.of(babel(Dictionary(operator.matrix()).exact(), np.arange(len(found.babel))))
        assert ((true - found.babel.lower).sign != -1).all()
        assert ((Exact.of(found.babel.upper) - true).sign != -1).all()
    assert found.babel.rad.max() <= 1e-12
    assert (found.pair, found.neighbours) == (plain.pair, plain.neighbours)


def test_orthogonal_filters_are_no_pair_of_one_atom() -> None:
    found = profile_of_filters(Convolution([[1, 1], [1, -1]], 8, stride=2))
    assert not found.babel.upper.any()
    assert found.pair is not None
    assert found.pair[0] != found.pair[1]
    assert profile_of_filters(Convolution([[2]], 3)).pair == (0, 1)


def test_the_picture_of_few_atoms_is_of_all_of_them() -> None:
    filters = np.random.default_rng(0).standard_normal((3, 5))
    assert certify(filters, filters=Layout((10,))).dictionary.gram is None  # of 3 of 30 atoms
    found = certify(filters, filters=Layout((5,), circular=False)).dictionary
    assert found.atoms == 3
    assert found.gram == certify(filters, atoms="rows").dictionary.gram


def test_codes_and_weights_of_short_signals() -> None:
    filters = np.random.default_rng(5).standard_normal((1, 4))
    X = np.zeros((1, 12))
    X[0, 3] = 1
    found = certify(filters, filters=Layout((12,)), codes=X, weights="dictionary")
    assert found.codes is not None
    assert found.codes.properties[1].certified == 1
    with pytest.raises(InputError, match="--length"):
        certify(filters, filters=Layout((100_000,)), weights="dictionary")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--filters", "--length", "2"], "length is"),
        (["--filters", "--length", "9", "--stride", "2"], "stride"),
        (["--length", "9"], "together with --filters"),
        (["--filters", "--atoms", "rows"], "left out with --filters"),
    ],
)
def test_what_cannot_be_placed_is_said(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "f.npy", np.ones((2, 4)))
    assert main(["certify", str(tmp_path / "f.npy"), *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_what_cannot_be_placed_is_one_line() -> None:
    bank = np.random.default_rng(0).standard_normal((3, 4, 4))
    bank[1] = 0
    expected = "filter 1 of FILE is 'zero throughout'; expected a filter that is not zero"
    with pytest.raises(InputError, match=f"^{expected}$"):
        certify(bank, filters=True, filter_axis="first")
    bank[1, 0, 0] = 1
    for given, name in (({"stride": [0]}, "--stride is 0"), ({"length": 1.5}, "--length is 1.5")):
        with pytest.raises(InputError, match=f"{name}; expected integers that are at least 1"):
            certify(bank, filters=True, filter_axis="first", **given)
    with pytest.raises(InputError, match="--filters is 'yes'"):
        certify(bank, filters="yes")  # type: ignore[arg-type]
