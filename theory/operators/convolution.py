"""A convolutional dictionary as a linear operator: direct or by FFT, never as a matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from math import prod
from typing import Any, Literal, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.operators.arguments import bank, sizes

Method = Literal["auto", "direct", "fft"]
Values = TypeVar("Values", NDArray[Any], Number)

LARGEST_MATRIX = 4096
"""Most atoms of which a matrix is made."""

SMALL = 2**14
"""Most entries of a matrix that is cheaper, for numbers with an enclosure, than direct sums."""


class Convolution:
    """The dictionary of all shifts of some filters, as an operator.

    With a circular boundary filters wrap around; otherwise a filter is placed wherever it fits
    entirely, and the signal is zero-padded: all atoms are complete.

    Signals and codes are flat, so that an operator stands where a matrix stood: a signal of
    length ``m = prod(length) * channels`` lists the channels of each position in turn, a code of
    length ``n = prod(grid) * filters`` the filters of each shift, positions and shifts in C order.

    Parameters
    ----------
    filters : array_like, shape (filters, *kernel) or (filters, channels, *kernel)
        The filters, none of them zero; floats are exact data. The number of spatial dimensions is
        that of ``length``; the axis of channels may be left out for one channel.
    length : int or tuple of int
        Positions of the signal in each dimension, at least those of the kernel.
    stride : int or tuple of int
        Distance between shifts in each dimension; it divides the length if the boundary is
        circular.
    circular : bool
        Whether filters wrap around.

    Attributes
    ----------
    filters : ndarray, shape (filters, channels, *kernel)
        The filters.
    length, stride, grid : tuple of int
        Positions, distance of shifts and number of shifts, in each dimension.
    circular : bool
        The boundary.

    Raises
    ------
    InputError
        If the arguments do not fit each other, or a filter is zero.

    References
    ----------
    V. Papyan, J. Sulam and M. Elad (2017), "Working locally thinking globally", IEEE Transactions
    on Signal Processing 65.

    Examples
    --------
    >>> D = Convolution([[1, 2]], 3)
    >>> D.matrix().astype(int)
    array([[1, 0, 2],
           [2, 1, 0],
           [0, 2, 1]])
    >>> D.synthesis(np.array([[1.0, 0, 1]])), D.analysis(np.array([[1.0, 0, 0]]))
    (array([[3., 2., 1.]]), array([[1., 0., 2.]]))

    Two filters of 2 x 2 taps over three channels, on images of 5 x 4 positions:

    >>> images = Convolution(np.ones((2, 3, 2, 2)), (5, 4), circular=False)
    >>> images.shape, images.grid
    ((60, 24), (4, 3))
    """

    def __init__(
        self,
        filters: Any,
        length: int | tuple[int, ...],
        *,
        stride: int | tuple[int, ...] = 1,
        circular: bool = True,
    ) -> None:
        self.length = sizes("length", length)
        self.stride = sizes("stride", stride)
        if len(self.stride) == 1:
            self.stride *= len(self.length)
        self.circular = circular
        self.filters = bank(filters, len(self.length))
        if len(self.stride) != len(self.length):
            raise InputError("stride", stride, f"{len(self.length)} numbers, as length has")
        kernel = self.kernel
        for N, k, step in zip(self.length, kernel, self.stride, strict=True):
            if k > N:
                raise InputError("length", length, f"at least {kernel}, as the filters have")
            if circular and N % step:
                raise InputError("stride", stride, f"a divisor of length = {length}")
        self.grid = tuple(
            N // step if circular else (N - k) // step + 1
            for N, k, step in zip(self.length, kernel, self.stride, strict=True)
        )

    def __repr__(self) -> str:
        return (
            f"Convolution({self.filters.tolist()!r}, {self.length!r}, stride={self.stride!r}, "
            f"circular={self.circular!r})"
        )

    def with_filters(self, filters: Any) -> Convolution:
        """Put other filters of the same shape in the place of these."""
        return Convolution(filters, self.length, stride=self.stride, circular=self.circular)

    @property
    def kernel(self) -> tuple[int, ...]:
        """Taps of a filter in each dimension."""
        return self.filters.shape[2:]

    @property
    def channels(self) -> int:
        """Channels of a signal."""
        return int(self.filters.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """Length m of a signal and number n of atoms."""
        return prod(self.length) * self.channels, prod(self.grid) * len(self.filters)

    @cached_property
    def offsets(self) -> IntArray:
        """Positions at which some filter is not zero, shape (T, dimensions)."""
        return np.argwhere((self.filters != 0).any(axis=(0, 1)))

    @property
    def terms(self) -> tuple[int, int]:
        """Most products that one entry of a synthesis, and of an analysis, sums directly."""
        taps = len(self.offsets)
        return taps * len(self.filters), taps * self.channels

    def absolute(self) -> Convolution:
        """The entrywise absolute value, for error bounds."""
        return self.with_filters(np.abs(self.filters))

    def tap(self, offset: IntArray) -> FloatArray:
        """What the filters have at a position of the kernel, shape (filters, channels)."""
        return np.asarray(self.filters[(slice(None), slice(None), *offset)])

    def synthesis(self, codes: Values, *, method: Method = "auto") -> Values:
        """``D x`` for a batch of codes.

        Parameters
        ----------
        codes : ndarray or Number, shape (..., n)
            In float32 if they are, in float64 otherwise; numbers with an enclosure are summed
            directly, or by a small matrix, in their own arithmetic.
        method : {"auto", "direct", "fft"}
            ``auto`` takes what the sizes make cheaper.

        Returns
        -------
        ndarray or Number, shape (..., m)
            Rounding errors of the direct sums are bounded entry by entry, with ``terms``; those
            of the FFT are relative to the norm of the whole signal.

        Raises
        ------
        InputError
            If the codes have another length, or there is no such method.

        Examples
        --------
        >>> D = Convolution([[1, 2]], 4, stride=2)
        >>> D.synthesis(np.array([1.0, 10])), D.synthesis(np.array([1.0, 10]), method="fft")
        (array([ 1.,  2., 10., 20.]), array([ 1.,  2., 10., 20.]))
        """
        return self._batched("codes", codes, 1, method)

    def analysis(self, signals: Values, *, method: Method = "auto") -> Values:
        """``D^T y`` for a batch of signals, of shape (..., m); see :meth:`synthesis`.

        Returns
        -------
        ndarray or Number, shape (..., n)

        Examples
        --------
        >>> Convolution([[1, 2]], 4, stride=2).analysis(np.array([1.0, 1, 0, 1]))
        array([3., 2.])
        """
        return self._batched("signals", signals, 0, method)

    def matrix(self) -> FloatArray:
        """The same as a matrix, shape (m, n).

        Raises
        ------
        InputError
            If there are more than ``LARGEST_MATRIX`` atoms.

        Examples
        --------
        >>> Convolution([[1, 2]], 4, stride=2, circular=False).matrix().astype(int)
        array([[1, 0],
               [2, 0],
               [0, 1],
               [0, 2]])
        """
        m, n = self.shape
        if n > LARGEST_MATRIX:
            raise InputError("number of atoms", n, f"at most {LARGEST_MATRIX} for a matrix")
        shifts = prod(self.grid)
        atoms = np.zeros((prod(self.length), self.channels, shifts, len(self.filters)))
        for offset in self.offsets:
            atoms[self._targets(offset), :, np.arange(shifts)] = self.tap(offset).T
        return atoms.reshape(m, n)

    @cached_property
    def _kept_matrix(self) -> FloatArray:
        return self.matrix()

    def _batched(self, name: str, values: Values, axis: int, method: Method) -> Values:
        """Run a synthesis (axis 1) or an analysis (axis 0) on a batch, in a chosen way."""
        if method not in ("auto", "direct", "fft"):
            raise InputError("method", method, "'auto', 'direct' or 'fft'")
        if values.ndim < 1 or values.shape[-1] != self.shape[axis]:
            raise InputError(f"{name}.shape", values.shape, f"(..., {self.shape[axis]})")
        flat = (-1, self.shape[axis] // self._width(axis), self._width(axis))
        out = (*values.shape[:-1], self.shape[1 - axis])
        if isinstance(values, Number):
            if method == "fft":
                raise InputError("method", method, "'direct' for numbers with an enclosure")
            if method == "auto" and prod(self.shape) <= SMALL:
                return values @ (self._kept_matrix.T if axis else self._kept_matrix)
            enclosed = self._enclosed_synthesis if axis else self._enclosed_analysis
            return enclosed(values.reshape(*flat)).reshape(*out)
        kind = np.float32 if values.dtype == np.float32 else np.float64
        spatial = self.grid if axis else self.length
        grid = values.astype(kind, copy=False).reshape(-1, *spatial, self._width(axis))
        if method == "auto":
            method = "fft" if self._fft_is_cheaper else "direct"
        ways: dict[tuple[int, str], Callable[[NDArray[Any]], NDArray[Any]]] = {
            (1, "direct"): self._direct_synthesis,
            (0, "direct"): self._direct_analysis,
            (1, "fft"): self._fft_synthesis,
            (0, "fft"): self._fft_analysis,
        }
        return ways[axis, method](grid).reshape(out)

    def _width(self, axis: int) -> int:
        return len(self.filters) if axis else self.channels

    # Directly: a small matrix product for each position of the kernel.

    def _places(self, offset: IntArray) -> tuple[slice, ...]:
        """Where a tap falls at each shift, before wrapping."""
        return tuple(
            slice(o, o + (S - 1) * step + 1, step)
            for o, S, step in zip(offset.tolist(), self.grid, self.stride, strict=True)
        )

    def _direct_synthesis(self, codes: NDArray[Any]) -> NDArray[Any]:
        reach = [N + k - 1 for N, k in zip(self.length, self.kernel, strict=True)]
        signal = np.zeros((len(codes), *reach, self.channels), dtype=codes.dtype)
        for offset in self.offsets:
            tap = self.tap(offset).astype(codes.dtype)
            signal[(slice(None), *self._places(offset))] += codes @ tap
        for axis, N in enumerate(self.length, start=1):  # what sticks out wraps around
            rest = np.take(signal, np.arange(N, signal.shape[axis]), axis)
            signal = np.take(signal, np.arange(N), axis)
            first = (*(slice(None),) * axis, slice(rest.shape[axis]))
            signal[first] += rest
        return signal

    def _direct_analysis(self, signals: NDArray[Any]) -> NDArray[Any]:
        if self.circular:
            margins = [(0, 0), *((0, k - 1) for k in self.kernel), (0, 0)]
            signals = np.pad(signals, margins, mode="wrap")
        codes = np.zeros((len(signals), *self.grid, len(self.filters)), dtype=signals.dtype)
        for offset in self.offsets:
            tap = self.tap(offset).astype(signals.dtype)
            codes += signals[(slice(None), *self._places(offset))] @ tap.T
        return codes

    # By FFT: of the length itself if filters wrap around, of any length from it on otherwise.

    @cached_property
    def _fft_length(self) -> tuple[int, ...]:
        if self.circular:
            return self.length
        return tuple(scipy.fft.next_fast_len(N, real=True) for N in self.length)

    @cached_property
    def _fft_is_cheaper(self) -> bool:
        """Compare costs, in passes over the data: products are cheap, and FFTs are not far off.

        The factors fit 13 sizes from 64 to 20,000 samples, in one and in two dimensions: of two
        choices that differ by more than a factor of two, the cheaper one was taken each time.
        """
        f, c = self.filters.shape[:2]
        points = prod(self._fft_length)
        direct = prod(self.grid) * len(self.offsets) * (f + c + f * c / 10)
        transforms = points * (0.6 * (f + c) * np.log2(max(points, 2)) + 3.4 * f * c)
        return bool(transforms < direct)

    def _spectra(self, dtype: Any) -> NDArray[Any]:
        """Spectra of the filters in a type, shape (*frequencies, filters, channels)."""
        key = np.dtype(dtype).name
        if key not in self._kept_spectra:
            taps = np.moveaxis(self.filters, (0, 1), (-2, -1)).astype(dtype)
            axes = range(len(self.length))
            self._kept_spectra[key] = scipy.fft.rfftn(taps, self._fft_length, axes=axes)
        return self._kept_spectra[key]

    @cached_property
    def _kept_spectra(self) -> dict[str, NDArray[Any]]:
        return {}

    @property
    def _spread(self) -> tuple[slice, ...]:
        """Positions of the shifts."""
        return self._places(np.zeros(len(self.length), dtype=np.int64))

    def _fft_synthesis(self, codes: NDArray[Any]) -> NDArray[Any]:
        axes = range(1, 1 + len(self.length))
        if prod(self.stride) > 1:
            spread = np.zeros((len(codes), *self._fft_length, codes.shape[-1]), dtype=codes.dtype)
            spread[(slice(None), *self._spread)] = codes
            codes = spread
        frequencies = scipy.fft.rfftn(codes, self._fft_length, axes=axes)
        sums = np.einsum("b...f,...fc->b...c", frequencies, self._spectra(codes.dtype))
        signal: NDArray[Any] = scipy.fft.irfftn(sums, self._fft_length, axes=axes)
        return signal[(slice(None), *(slice(N) for N in self.length))]

    def _fft_analysis(self, signals: NDArray[Any]) -> NDArray[Any]:
        axes = range(1, 1 + len(self.length))
        frequencies = scipy.fft.rfftn(signals, self._fft_length, axes=axes)
        spectra = self._spectra(signals.dtype).conj()
        sums = np.einsum("b...c,...fc->b...f", frequencies, spectra)
        codes: NDArray[Any] = scipy.fft.irfftn(sums, self._fft_length, axes=axes)
        return codes[(slice(None), *self._spread)]

    # In ball and in exact arithmetic, on batches of shape (b, positions or shifts, width).

    def _targets(self, offset: IntArray) -> IntArray:
        """Position on which a tap falls at each shift, shape (shifts,)."""
        places = [
            (np.arange(S) * step + o) % N
            for S, step, o, N in zip(self.grid, self.stride, offset, self.length, strict=True)
        ]
        return np.ravel_multi_index(np.meshgrid(*places, indexing="ij"), self.length).ravel()

    def _sources(self, offset: IntArray) -> tuple[IntArray, Mask]:
        """Shift whose tap falls on each position, shape (positions,), and where there is one."""
        shift = np.zeros(prod(self.length), dtype=np.int64)
        found = np.zeros(len(shift), dtype=bool)
        targets = self._targets(offset)
        shift[targets], found[targets] = np.arange(len(targets)), True
        return shift, found

    def _enclosed_synthesis(self, codes: Number) -> Number:
        def parts() -> Iterator[Number]:
            for offset in self.offsets:
                shift, found = self._sources(offset)
                yield codes[:, shift].where(found[:, None], 0) @ self.tap(offset)

        return _total(parts())

    def _enclosed_analysis(self, signals: Number) -> Number:
        return _total(
            signals[:, self._targets(offset)] @ self.tap(offset).T for offset in self.offsets
        )


def _total(parts: Iterator[Number]) -> Number:
    """Sum of at least one part."""
    total = next(parts)
    for part in parts:
        total = total + part
    return total
