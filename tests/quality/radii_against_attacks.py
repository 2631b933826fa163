"""Attacked signals against the radii within which their labels are certified: is any inside?

    OPENBLAS_NUM_THREADS=1 python -m tests.quality.radii_against_attacks --jobs 2

A case is a small dictionary, and signals with thresholds and a classifier each. An attack looks for
the nearest signal with another label; that it has another one is decided exactly, from where its
features live. Such a *pair* is held against the radius of ``training.certified_radius``, whose dual
points a solver finds for it, and against the one that ``certify`` states. The seed and the number
of a case determine it, so that ``--first N --count 1`` repeats one. With ``--kept FILE`` what was
found is kept there, and the same command goes on after an interruption; ``--minutes`` ends a run
early. The exit status is 1 if a signal with another label was inside a radius.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.checks.certify.signals import certified_signals
from sparsebound.checks.oracles.label_change import label_change
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import LabelChange
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.training.certified_radius import THEOREM
from sparsebound.theory.verdict import Status, decide
from tests.quality.brute_force.dictionaries import SHARES, draw
from tests.quality.certificates_against_brute_force import Found, run

SIGNALS = 40
"""How many signals a case has."""
BY_THEOREM, BY_COMMAND = "no label changes within R", "no label changes within what certify states"


@dataclass(frozen=True)
class Pair:
    """A signal, another one with another label, and whether that is outside both radii.

    ``None`` where it is not decided.
    """

    code: int
    by_theorem: bool | None
    by_command: bool | None


def case(seed: int, number: int) -> Experiment:
    """Draw a dictionary with signals."""
    rng = np.random.default_rng([seed, number])
    D = np.asarray(draw(rng, str(rng.choice(list(SHARES), p=list(SHARES.values())))), dtype=float)
    n = D.shape[1]
    X = rng.integers(0, 5, (SIGNALS, n)) * (rng.random((SIGNALS, n)) < rng.choice([0.2, 0.5, 1.0]))
    noise = np.abs(D).max() * rng.integers(-8, 9, (SIGNALS, len(D))) / rng.choice([4, 64])
    weight = float(rng.choice([0.5, 0.25, 0.125, 0.0625]))
    instance = Instance(D, np.zeros(X.shape), X @ D.T + noise)
    return Experiment(instance, {"weight": weight, "seed": number})


def pairs(experiment: Experiment) -> Iterator[Pair]:
    """Attack the signals of a case, and judge what was found."""
    change = label_change(experiment)
    verdict = decide(THEOREM, experiment, {"label_change": change})
    stated = _outside_what_is_stated(experiment, change)
    for code, status in enumerate(verdict.status):
        if status == Status.VACUOUS:  # no other label was found, or none was there
            continue
        if status == Status.UNDECIDED:
            yield Pair(code, None, None)
        else:
            yield Pair(code, bool(status == Status.HOLDS), stated[code])


def _outside_what_is_stated(experiment: Experiment, change: LabelChange) -> list[bool]:
    """Whether signals with another label are outside the radii that ``certify`` states."""
    codes, head = experiment.codes, change.head
    thresholds = change.pair.features.thresholds
    found = certified_signals(codes.D, codes.E, thresholds, head.weights, head.biases)
    return [
        _is_outside(y, moved, entry.radius or 0.0)
        for y, moved, entry in zip(codes.E, change.pair.signals.values, found, strict=True)
    ]


def _is_outside(y: FloatArray, moved: FloatArray, radius: float) -> bool:
    steps = zip(y, moved, strict=True)
    square = sum((Fraction(float(a)) - Fraction(float(b))) ** 2 for a, b in steps)
    return not np.isinf(radius) and Fraction(radius) ** 2 <= square


def check_part(seed: int, first: int, count: int) -> Found:
    """Check some cases."""
    found = Found()
    for number in range(first, first + count):
        found.cases += 1
        judged = list(pairs(case(seed, number)))
        found.false += any(False in (pair.by_theorem, pair.by_command) for pair in judged)
        for pair in judged:
            again = f"radii_against_attacks --seed {seed} --first {number} --count 1"
            for kind, holds in ((BY_THEOREM, pair.by_theorem), (BY_COMMAND, pair.by_command)):
                found.state(kind, holds, number, f"signal {pair.code}", again)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; by default, on as many cases as give 100,000 pairs."""
    return run(arguments, check_part, __doc__, count=2_700)


if __name__ == "__main__":
    sys.exit(main())
