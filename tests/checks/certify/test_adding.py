"""Certificates of parts of the codes: added, they are that of all codes."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.adding import add_codes
from sparsebound.checks.certify.codes import CertifiedCodes
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.statistics import BINS, MarginDistribution, distribution
from sparsebound.reports.certificate import document
from sparsebound.theory.errors import InputError

RNG = np.random.default_rng(0)
D = RNG.standard_normal((8, 12))
X = RNG.standard_normal((30, 12)) * (RNG.random((30, 12)) < 0.2)
X[:, 0] += X.any(axis=1) == 0
LARGEST, TINY = float(np.finfo(np.float64).max), 5e-324
ODD = [0.0, TINY, -TINY, 1e-310, LARGEST, -LARGEST, 1.0, -2.0]


def write(path: Path, codes: np.ndarray, **options: Any) -> CertifiedCodes:
    path.mkdir()
    made = certify(D, codes=codes, **options)
    (path / "certificate.json").write_text(json.dumps(document(made)))
    assert made.codes is not None
    return made.codes


def binned(made: MarginDistribution) -> MarginDistribution:
    """Without its median, which is of one certificate alone."""
    return replace(made, median=None)


def test_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    whole = certify(D, codes=X).codes
    assert whole is not None
    names = [tmp_path / name for name in "abc"]
    parts = [write(*one) for one in zip(names, (X[:7], X[7:8], X[8:]), strict=True)]
    found = add_codes([names[0], names[1] / "certificate.json", names[2]])
    assert found == add_codes(reversed(names))
    assert (found.parts, found.count, found.sparsity) == (3, 30, whole.sparsity)
    growth = np.concatenate([part.each.growth for part in parts])  # last digits are of batches
    assert found.growth == binned(distribution(growth))
    reach = np.concatenate([part.each.lasso_reach for part in parts])
    assert found.lasso_reach == binned(distribution(reach[reach > 0]))
    for mine, one in zip(found.properties, whole.properties, strict=True):
        assert replace(mine, margins=one.margins) == one
        known = np.concatenate([part.each.of_property(one.property)[1] for part in parts])
        assert mine.margins == binned(distribution(known))


def drawn(rng: np.random.Generator) -> np.ndarray:
    count = int(rng.integers(1, 40))
    kinds = [
        rng.uniform(-1, 1, count),
        np.exp(rng.uniform(-700, 700, count)),
        rng.integers(-3, 4, count).astype(float),
        rng.choice(ODD, count),
        np.full(count, rng.choice(ODD)),
        1 + rng.standard_normal(count) * 1e-15,
        np.ldexp(rng.integers(-70, 70, count).astype(float), int(rng.integers(-1070, 1000))),
    ]
    return np.asarray(kinds[int(rng.integers(len(kinds)))])


@pytest.mark.filterwarnings("ignore:overflow")  # of the median between the largest numbers
@pytest.mark.parametrize("seed", range(60))
def test_distributions_add_exactly_whatever_the_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = drawn(rng), drawn(rng)
    whole = distribution(np.concatenate([one, other]))
    made = distribution(one) + distribution(other)
    assert made == binned(whole) == distribution(other) + distribution(one)
    assert 1 <= len(made.counts) <= BINS
    assert np.isfinite(made.edges).all()
    ends = np.array(made.edges)
    values = np.sort(np.concatenate([one, other]))
    ends[0] = -np.inf if ends[0] == -LARGEST else ends[0]  # no number is below that
    within = [((values > a) & (values <= b)).sum() for a, b in pairwise(ends)]
    assert within == [*made.counts]
    assert np.array(made.counts)[ends[1:] <= 0].sum() == (values <= 0).sum()
    for share in (0.0, 0.1, 0.5, 1.0):
        low, high = made.quantile(share)
        assert low <= values[max(1, int(np.ceil(share * len(values)))) - 1] <= high
        wide = high / 2 - low / 2
        range_, size = values[-1] / 2 - values[0] / 2, np.abs(values).max() / 2
        assert wide <= max(range_ / 31, size / 512, TINY)


def test_nothing_is_added_to_nothing() -> None:
    nothing, one = distribution(np.array([np.nan])), distribution(np.array([0.5]))
    assert nothing + one == one == one + nothing
    with pytest.raises(ValueError, match="of no values"):
        (nothing + nothing).quantile(0.5)


def test_what_cannot_be_added_is_refused(tmp_path: Path) -> None:
    one, louder = tmp_path / "one", tmp_path / "louder"
    write(one, X[:3])
    write(louder, X[3:6], noise=0.1)
    with pytest.raises(InputError, match=r"louder.*the same properties and settings"):
        add_codes([one, louder])
    made = json.loads((one / "certificate.json").read_text())
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**made, "dictionary": {**made["dictionary"], "atoms": 13}}))
    with pytest.raises(InputError, match=r"other.json.*one of the same dictionary"):
        add_codes([one, other])
    growth = {**made["codes"]["growth"], "edges": [1.0, 2.0, 3.0], "counts": [1, 2]}
    other.write_text(json.dumps({**made, "codes": {**made["codes"], "growth": growth}}))
    with pytest.raises(InputError, match="one whose bins add up"):
        add_codes([other])
    for text in ("[]", "{}", json.dumps({**made, "codes": None})):
        other.write_text(text)
        with pytest.raises(InputError, match="a certificate of codes"):
            add_codes([other])
    with pytest.raises(InputError, match="at least one"):
        add_codes([])
    with pytest.raises(InputError, match="readable JSON"):
        add_codes([tmp_path / "none.json"])
