"""The real dictionary that ships, learned from handwritten digits, and what is known of it."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np

from sparsebound.checks.certify.engine import certify
from sparsebound.reports.certificate.figures import number
from sparsebound.theory.guarantees.decimals import percent
from sparsebound.theory.instance import Instance

DESCRIBED = 40
"""Codes whose recovery is certified, each at the price of a linear program."""


def digits() -> Instance:
    """Load 128 atoms of length 64, learned from 8 x 8 digits, and the codes of 100 images.

    ``examples/learn_digits.py`` made the file.

    Examples
    --------
    >>> digits().D.shape, len(digits())
    ((64, 128), 100)
    """
    with (
        as_file(files("sparsebound.checks") / "data" / "digits.npz") as path,
        np.load(path) as stored,
    ):
        return Instance(stored["D"], stored["X"])


def describe() -> list[tuple[str, str]]:
    """Say what is known of the digits dictionary, as labels and values.

    Examples
    --------
    >>> describe()[0]
    ('dictionary', '128 atoms of length 64, learned from handwritten digits')
    """
    instance = digits()
    found = certify(instance.D.data, codes=instance.X[:DESCRIBED])
    facts, codes = found.dictionary, found.codes
    first, second = facts.pair or (0, 0)
    shape = f"{facts.atoms} atoms of length {facts.length}"
    curve = ", ".join(number(vars(value), 4) for value in facts.babel[:4])
    said = [
        (
            "dictionary",
            f"{shape}, learned from handwritten digits",
        ),
        ("coherence", f"{number(vars(facts.coherence))}, of atoms {first} and {second}"),
        ("Welch bound", number(vars(facts.welch))),
        ("Babel function, k = 1..4", curve),
        ("spark", f"at least {number(vars(facts.spark))} (dictionary.spark_coherence)"),
    ]
    for guarantee in found.guarantees:
        if guarantee.theorem in ("uniqueness.coherence", "uniqueness.spark"):
            said.append(
                (
                    guarantee.theorem,
                    f"the sparsest code is unique up to {guarantee.largest} nonzero",
                )
            )
    assert codes is not None
    for share in codes.properties:
        if share.theorem in ("uniqueness.erc", "uniqueness.basis_pursuit"):
            part = percent(share.certified, codes.count)
            count = f"{part} of {codes.count} codes with {instance.sparsity.max()} nonzeros"
            said.append((share.property, f"certified for {count} ({share.theorem})"))
    return said
