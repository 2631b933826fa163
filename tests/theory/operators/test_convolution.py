"""Convolution operators against the matrices that they stand for."""

from itertools import product

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Ball, Exact
from sparsebound.theory.constructions import BARKER_13, circular, dilated_filters, full_length
from sparsebound.theory.errors import InputError
from sparsebound.theory.operators import LARGEST_MATRIX, Convolution

RNG = np.random.default_rng(0)


def bank(*shape):
    """Small integers, some of them zero, so that exact arithmetic stays quick."""
    filters = RNG.integers(-2, 3, shape).astype(float)
    filters[(slice(None),) + (0,) * (len(shape) - 1)] = 1
    return filters


OPERATORS = {
    "one filter": Convolution(bank(1, 3), 7),
    "as long as the signal": Convolution(bank(2, 5), 5),
    "complete atoms": Convolution(bank(2, 3), 8, circular=False),
    "complete atoms, stride": Convolution(bank(2, 4), 9, stride=2, circular=False),
    "one shift": Convolution(bank(3, 4), 4, circular=False),
    "stride": Convolution(bank(2, 5), 12, stride=3),
    "stride above the kernel": Convolution(bank(2, 2), 12, stride=4),
    "channels": Convolution(bank(2, 3, 4), 9),
    "channels, complete atoms, stride": Convolution(bank(2, 2, 3), 10, stride=3, circular=False),
    "image": Convolution(bank(2, 2, 3), (4, 5)),
    "image, channels, strides": Convolution(bank(2, 3, 2, 3), (4, 6), stride=(2, 3)),
    "image, complete atoms": Convolution(bank(2, 2, 3, 2), (6, 5), stride=(2, 1), circular=False),
    "dilated": Convolution(dilated_filters(3, 2, signs=1), 20),
}
CASES = pytest.mark.parametrize("D", OPERATORS.values(), ids=OPERATORS.keys())


def by_definition(D):
    """Each atom placed by hand, one tap at a time."""
    grids = (D.length, (D.channels,), D.grid, (len(D.filters),))
    atoms = np.zeros(sum(grids, ()))
    for shift in product(*map(range, D.grid)):
        for f, c, *tap in product(*map(range, D.filters.shape)):
            at = [(s * step + t) for s, step, t in zip(shift, D.stride, tap, strict=True)]
            if D.circular:
                at = [a % N for a, N in zip(at, D.length, strict=True)]
            atoms[(*at, c, *shift, f)] += D.filters[(f, c, *tap)]
    return atoms.reshape(D.shape)


def of_fft(length, unit=2.0**-53):
    """Relative error of a transform, its product and the transform back, in the norm.

    Each stage of a transform has a relative error of a few roundings (Higham 2002, section 24.1);
    there are three transforms of ``log2`` of the length as many stages.
    """
    return 3 * 8 * np.log2(length) * unit


@CASES
def test_matrix_is_the_definition(D):
    assert (D.matrix() == by_definition(D)).all()


@CASES
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_direct_and_fft_are_the_matrix(D, dtype):
    matrix = D.matrix()
    m, n = D.shape
    codes, signals = RNG.standard_normal((2, 3, n)), RNG.standard_normal((2, 3, m))
    codes, signals = codes.astype(dtype), signals.astype(dtype)
    unit = float(np.finfo(dtype).eps) / 2
    for method in ("direct", "fft", "auto"):
        synthesis = D.synthesis(codes, method=method)
        analysis = D.analysis(signals, method=method)
        assert synthesis.dtype == analysis.dtype == dtype
        for found, values, A, terms in (
            (synthesis, codes, matrix.T, D.terms[0]),
            (analysis, signals, matrix, D.terms[1]),
        ):
            exact = values.astype(float)
            error = np.abs(found - exact @ A)
            if method == "direct":  # entry by entry, for any order of summation
                bound = np.abs(exact) @ np.abs(A) * (terms + n + m) * unit
                assert (error <= bound).all()
            else:
                size = np.linalg.norm(exact) * np.linalg.norm(A)
                assert np.linalg.norm(error) <= of_fft(m + n, unit) * size


@CASES
@pytest.mark.parametrize("method", ["auto", "direct"])
@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_enclosures_are_exact_on_integers(D, arithmetic, method):
    m, n = D.shape
    codes, signals = RNG.integers(-9, 10, (2, n)), RNG.integers(-9, 10, (2, m))
    synthesis = D.synthesis(arithmetic.of(codes.astype(float)), method=method)
    analysis = D.analysis(arithmetic.of(signals.astype(float)), method=method)
    assert not synthesis.rad.any()
    assert not analysis.rad.any()
    assert (synthesis.mid == codes @ D.matrix().T).all()
    assert (analysis.mid == signals @ D.matrix()).all()


def test_enclosures_contain_the_exact_result():
    D = Convolution(RNG.standard_normal((2, 3)), 9)
    codes = RNG.standard_normal((2, 18))
    exact = D.synthesis(Exact.of(codes))
    for method in ("auto", "direct"):
        ball = D.synthesis(Ball.of(codes), method=method)
        inside = abs(exact - Exact.of(ball.mid)) - Exact.of(ball.rad)
        assert (inside.sign <= 0).all()


def test_adjoint_of_large_operators():
    D = Convolution(dilated_filters(11, 3, signs=2), 20_000)
    x, y = RNG.standard_normal(D.shape[1]), RNG.standard_normal(D.shape[0])
    largest = np.abs(D.filters).sum()  # above the spectral norm
    size = of_fft(sum(D.shape)) * largest * np.linalg.norm(x)
    for method in ("direct", "fft"):
        left, right = D.synthesis(x, method=method) @ y, x @ D.analysis(y, method=method)
        assert abs(left - right) <= 2 * size * np.linalg.norm(y)
    difference = D.synthesis(x, method="direct") - D.synthesis(x, method="fft")
    assert np.linalg.norm(difference) <= size


def test_two_channels_are_one_signal_of_interleaved_channels():
    filters = dilated_filters(2, 2, stride=2, signs=3)
    interleaved = np.pad(filters, ((0, 0), (0, filters.shape[1] % 2)))
    channels = interleaved.reshape(2, -1, 2).swapaxes(1, 2)
    assert (circular(interleaved, 40, 2) == Convolution(channels, 20).matrix()).all()
    complete = Convolution(channels, 20, circular=False).matrix()
    assert (full_length(interleaved, 40, 2) == complete).all()


def test_no_matrix_of_many_atoms():
    D = Convolution(BARKER_13, LARGEST_MATRIX + 1)
    with pytest.raises(InputError, match=r"number of atoms is 4097; expected at most 4096"):
        D.matrix()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Convolution([[1, 2]], 1), r"length is 1; expected at least \(2,\)"),
        (lambda: Convolution([[1, 2]], 5, stride=2), r"stride is 2; expected a divisor of length"),
        (lambda: Convolution([[1, 2]], 5, stride=0), r"stride is 0; expected an integer"),
        (lambda: Convolution([[1, 2]], 4.5), r"length is 4.5; expected an integer"),
        (lambda: Convolution([[1, 2]], (4, 4)), r"filters.shape is \(1, 2\); expected"),
        (lambda: Convolution([[[1]]], (4, 4), stride=(1, 1, 1)), r"stride is \(1, 1, 1\)"),
        (lambda: Convolution([[[1, 2]]], 4, stride=(1, 2)), r"stride is \(1, 2\); expected 1"),
        (lambda: Convolution([[1], [0]], 4), r"filters\[1\] is array\(\[\[0\.\]\]\)"),
        (lambda: Convolution([[np.nan]], 4), r"filters is .*; expected finite numbers"),
        (lambda: Convolution([["a"]], 4), r"filters is .*; expected real numbers"),
        (lambda: Convolution([[1]], 4).synthesis(np.ones(3)), r"codes.shape is \(3,\)"),
        (lambda: Convolution([[1]], 4).analysis(np.ones((2, 3))), r"signals.shape is \(2, 3\)"),
        (
            lambda: Convolution([[1]], 4).synthesis(np.ones(4), method="winograd"),
            r"method is 'winograd'",
        ),
        (
            lambda: Convolution([[1]], 4).synthesis(Ball(np.ones(4)), method="fft"),
            r"method is 'fft'; expected 'direct'",
        ),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(InputError, match=message):
        call()
