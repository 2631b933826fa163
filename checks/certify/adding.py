"""Certificates of parts of the codes, added: parts may be certified anywhere, one after another.

A certificate keeps some 150 bytes a code while it is made. What is added here are counts and
distributions in bins, which take the same memory for any number of codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sparsebound.checks.certify.certificate import Certificate
from sparsebound.checks.certify.codes import Share
from sparsebound.checks.certify.statistics import MarginDistribution, edges_between
from sparsebound.reports.certificate import document
from sparsebound.reports.fields import read_json
from sparsebound.theory.errors import InputError

SAME = ("atoms", "length", "pair", "independent")
"""What certificates of one dictionary have in common, whatever they were made on."""

Document = dict[str, Any]


@dataclass(frozen=True)
class AddedCodes:
    """What holds for the codes of several certificates.

    Medians are known to a bin: ``margins.quantile(0.5)`` has its ends.

    Attributes
    ----------
    parts, count : int
        How many certificates there are, and how many codes.
    sparsity : (int, int)
        The fewest and the most nonzeros.
    growth, lasso_reach : MarginDistribution
        As in :class:`~sparsebound.checks.certify.codes.CertifiedCodes`.
    properties : tuple of Share
        How many codes have each property, of all of them.
    """

    parts: int
    count: int
    sparsity: tuple[int, int]
    growth: MarginDistribution
    lasso_reach: MarginDistribution
    properties: tuple[Share, ...]

    def __add__(self, other: AddedCodes) -> AddedCodes:
        """Add the codes of other certificates, with the same properties."""
        least, largest = zip(self.sparsity, other.sparsity, strict=True)
        return AddedCodes(
            self.parts + other.parts,
            self.count + other.count,
            (min(least), max(largest)),
            self.growth + other.growth,
            self.lasso_reach + other.lasso_reach,
            tuple(_both(*pair) for pair in zip(self.properties, other.properties, strict=True)),
        )


def add_codes(certificates: Iterable[Certificate | str | Path]) -> AddedCodes:
    """Add what certificates say of their codes; each code has to be in one of them alone.

    Parameters
    ----------
    certificates : iterable of Certificate, str or Path
        Or the files ``certificate.json``, or the folders that have them.

    Raises
    ------
    InputError
        If one cannot be read, is of no codes, or of another dictionary, or was asked otherwise.

    Examples
    --------
    >>> from sparsebound.checks.certify import certify
    >>> parts = [[1, 0, 0]], [[0, 2, 0], [1, 0, 0]]
    >>> added = add_codes(certify([[4, 0, 1], [0, 4, 1]], codes=part) for part in parts)
    >>> added.parts, added.count
    (2, 3)
    """
    total: AddedCodes | None = None
    first: Document = {}
    for number, one in enumerate(certificates):
        if isinstance(one, Certificate):
            path, made = f"number {number}", json.loads(json.dumps(document(one)))
        else:
            path = str(Path(one) / "certificate.json" if Path(one).is_dir() else one)
            made = read_json(Path(path))
        found = _of(made, path)
        if total is None:
            total, first = found, made
            continue
        facts, others = made["dictionary"], first["dictionary"]
        if [facts[name] for name in SAME] != [others[name] for name in SAME]:
            raise InputError("certificate", path, "one of the same dictionary")
        if made["settings"] != first["settings"] or _asked(found) != _asked(total):
            raise InputError("certificate", path, "one of the same properties and settings")
        total += found
    if total is None:
        raise InputError("certificates", "none", "at least one")
    return total


def _asked(codes: AddedCodes) -> list[tuple[str, str]]:
    return [(share.property, share.theorem) for share in codes.properties]


def _of(made: Any, path: str) -> AddedCodes:
    """What one certificate says."""
    try:
        codes = made["codes"]
        return AddedCodes(
            1,
            codes["count"],
            tuple(codes["sparsity"]),
            _distribution(codes["growth"], path),
            _distribution(codes["lasso_reach"], path),
            tuple(
                Share(**{**share, "margins": _distribution(share["margins"], path)})
                for share in codes["properties"]
            ),
        )
    except (KeyError, TypeError) as error:
        raise InputError("certificate", path, "a certificate of codes") from error


def _distribution(made: Document, path: str) -> MarginDistribution:
    edges, counts = tuple(made["edges"]), tuple(made["counts"])
    if counts and edges != edges_between(made["least"], made["largest"]):
        expected = "one whose bins add up: certify these codes again"
        raise InputError("certificate", path, expected)
    return MarginDistribution(made["least"], made["median"], made["largest"], edges, counts)


def _both(one: Share, other: Share) -> Share:
    names = ("asked", "certified", "refuted", "unknown")
    sums = {name: getattr(one, name) + getattr(other, name) for name in names}
    share = sums["certified"] / sums["asked"] if sums["asked"] else 0.0
    return replace(one, **sums, share=share, margins=one.margins + other.margins)
