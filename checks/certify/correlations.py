"""Products of vectors in the span of each code's atoms with all other atoms, many codes at a time.

The Gram matrix is held if there is memory for it, else a block of its columns at a time; what is
kept of a product of a code's vectors with a block of atoms are its largest entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import error_of_products, error_of_unit_products
from sparsebound.checks.certify.one_side import Side
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.guarantees.supports import UNIT, Supports, spanned

WIDTH = 2048
"""Atoms of a block of the Gram matrix."""

HELD = 0.5
"""Share of the memory that the Gram matrix may take."""


class Gram:
    """Inner products of normalised atoms, whole or a block at a time.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    memory : int
        Bytes that may be used.
    single : bool, optional
        Whether products are of float32; by default where those of float64 cannot be held.
    side : Side, optional
        To which all atoms are, where there is one.
    """

    def __init__(
        self, atoms: Atoms, memory: int, single: bool | None = None, side: Side | None = None
    ) -> None:
        n, m = len(atoms), atoms.length
        self.atoms, self.side = atoms, side
        single = 8 * n * n > HELD * memory if single is None else single
        self.kind = np.dtype(np.float32 if single else np.float64)
        self.unit = np.empty((n, m), dtype=self.kind)
        for start in range(0, n, WIDTH):
            part = slice(start, start + WIDTH)
            scale = 1 / atoms.scaled_norms(part).mid[:, None]
            self.unit[part] = atoms.scaled(part).mid * scale
        self.exact_error = error_of_unit_products(m)
        self.error = error_of_products(m) if single else self.exact_error
        held = self.kind.itemsize * n * n <= HELD * memory
        self.whole = self.unit @ self.unit.T if held else None

    def __len__(self) -> int:
        return len(self.unit)

    def rows(self, codes: Supports) -> IntArray:
        """Atoms whose products are needed, in increasing order: all, if they are held."""
        if self.whole is not None:
            return np.arange(len(self))
        return np.unique(codes.index[codes.used])

    def blocks(self, rows: IntArray) -> Iterator[tuple[int, FloatArray]]:
        """Columns of some rows of the Gram matrix, and at which atom they start."""
        some = self.whole if self.whole is not None else self.unit[rows]
        for start in range(0, len(self) if len(rows) else 0, WIDTH):
            part = slice(start, start + WIDTH)
            yield start, some[:, part] if self.whole is not None else some @ self.unit[part].T

    def inner(self, index: IntArray) -> FloatArray:
        """Products within supports, in float64, shape (B, s, s)."""
        if self.whole is not None and self.kind == np.float64:
            return np.asarray(self.whole[index[:, :, None], index[:, None, :]])
        rows = self.atoms.unit(index.ravel()).reshape(*index.shape, -1)
        return np.asarray(rows @ rows.swapaxes(1, 2))


@dataclass
class Off:
    """The largest products off each support, and the atoms that attain them.

    Attributes
    ----------
    fuchs, one_sided : ndarray, shape (B,)
        Of the dual certificate of Fuchs: largest size, and largest value.
    sided : ndarray, shape (B,)
        Of the projection of a vector that all atoms are on one side of: largest value, each in
        units of the product of its atom with that vector.
    recovery : ndarray, shape (B,)
        Largest sum of sizes of the products with the rows of the inverse.
    outside : ndarray, shape (B,)
        Largest sum of sizes of the products with the atoms of the support.
    pursued : ndarray, shape (B, s)
        Largest size of a product with the residual before each step.
    fuchs_atom, one_sided_atom, sided_atom, recovery_atom, outside_atom, pursued_atom : ndarray
        Where; -1 where there is no atom off the support.
    """

    fuchs: FloatArray
    one_sided: FloatArray
    sided: FloatArray
    recovery: FloatArray
    outside: FloatArray
    pursued: FloatArray
    fuchs_atom: IntArray
    one_sided_atom: IntArray
    sided_atom: IntArray
    recovery_atom: IntArray
    outside_atom: IntArray
    pursued_atom: IntArray

    @classmethod
    def none(cls, codes: Supports) -> Off:
        """Before any atom was looked at."""
        batch, s = codes.used.shape
        least, nowhere = np.full(batch, -np.inf), np.full(batch, -1)
        return cls(
            least.copy(),
            least.copy(),
            least.copy(),
            least.copy(),
            least.copy(),
            np.full((batch, s), -np.inf),
            nowhere.copy(),
            nowhere.copy(),
            nowhere.copy(),
            nowhere.copy(),
            nowhere.copy(),
            np.full((batch, s), -1),
        )


class Batch:
    """Codes of similar sparsity, and what has been seen off their supports."""

    def __init__(self, gram: Gram, codes: Supports, rows: IntArray) -> None:
        self.codes, self.rows = codes, rows
        norm_error = (gram.atoms.length + 8) * UNIT
        self.spanned = spanned(gram.inner(codes.index), gram.exact_error, norm_error, codes)
        self.off = Off.none(codes)
        found = self.spanned
        parts = [found.fuchs[:, None], found.residuals, found.inverse]
        self.side = gram.side
        if self.side is not None:
            own = np.where(codes.used, self.side.products[codes.index], 0.0)
            self.sided = found.inverse @ own[:, :, None]
            parts.append(self.sided[:, None, :, 0])
        stacked = np.concatenate(parts, axis=1)
        self.vectors = np.nan_to_num(stacked, posinf=0, neginf=0).astype(gram.kind)

    def look(self, start: int, block: FloatArray, rows: IntArray) -> None:
        """Take a block of atoms into account.

        Parameters
        ----------
        start : int
            Its first atom.
        block : ndarray, shape (R, J)
            Inner products of some atoms, those of the supports among them, with the block's.
        rows : ndarray of int, shape (R,)
            Which they are, in increasing order.
        """
        index, used = self.codes.index, self.codes.used
        s = used.shape[1]
        width = block.shape[1]
        taken = block[np.searchsorted(rows, np.where(used, index, rows[0]))]
        if not used.all():
            taken *= used[:, :, None]
        products = self.vectors @ taken
        own = index - start
        codes, places = np.nonzero(used & (own >= 0) & (own < width))
        columns = own[codes, places]
        signed = products[:, 0].copy()
        signed[codes, columns] = -np.inf
        self._keep("one_sided", signed, start)
        if self.side is not None:
            sided = products[:, -1] / self.side.products[start : start + width]
            sided[codes, columns] = -np.inf
            self._keep("sided", sided, start)
        np.abs(products, out=products)
        products[codes, :, columns] = -np.inf
        self._keep("fuchs", products[:, 0], start)
        self._keep("pursued", products[:, 1 : s + 1], start)
        self._keep("recovery", products[:, s + 1 : 2 * s + 1].sum(axis=1), start)
        np.abs(taken, out=taken)
        sums = taken.sum(axis=1)
        sums[codes, columns] = -np.inf
        self._keep("outside", sums, start)

    def _keep(self, name: str, values: FloatArray, start: int) -> None:
        place = values.argmax(axis=-1)
        largest = np.take_along_axis(values, place[..., None], axis=-1)[..., 0]
        best, where = getattr(self.off, name), getattr(self.off, f"{name}_atom")
        better = largest > best
        best[better] = largest[better]
        where[better] = start + place[better]

    def errors(self, gram: Gram) -> dict[str, FloatArray]:
        """Bounds of the errors of what was seen, of each kind."""
        found, s = self.spanned, self.codes.used.shape[1]
        unit = 2.0**-24 if gram.kind == np.float32 else UNIT
        each = (gram.error + (s + 4) * unit) * (1 + 2.0**-9)
        with np.errstate(over="ignore", invalid="ignore"):
            fuchs = found.fuchs_error + each * np.abs(found.fuchs).sum(axis=1)
            summed = np.abs(found.inverse).sum(axis=(1, 2))
            recovery = found.inverse_error + (each + (s + 2) * unit) * summed
            sizes = np.abs(found.residuals).sum(axis=2)
            pursued = found.residual_error + each * sizes
            within = found.residual_error + (gram.exact_error + (s + 4) * UNIT) * sizes
            sided = np.full(len(fuchs), np.inf)
            if self.side is not None:
                least = self.side.products.min() - self.side.error
                inner = recovery + summed * (self.side.error + (s + 4) * UNIT)
                inner = inner + each * np.abs(self.sided).sum(axis=(1, 2))
                relative = self.side.error / least + 4 * unit
                sided = (inner / least + np.abs(self.off.sided.clip(-1)) * relative) * (1 + 2.0**-9)
        sums = np.full(len(fuchs), (gram.error + (s + 2) * unit) * s * (1 + 2.0**-9))
        return {
            "fuchs": _known(fuchs),
            "sided": _known(sided),
            "recovery": _known(recovery),
            "pursued": _known(pursued),
            "within": _known(within * (1 + 2.0**-9)),
            "outside": sums,
        }


def _known(errors: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isnan(errors), np.inf, errors))
