"""How close a transformer comes to the true code: the floor of its error falls like e^-beta.

Thirteen tokens, the Barker code of length 13 as the filter, a code with two entries, no noise.
The transformer runs 40 layers at growing inverse temperature beta. Thresholds are those of
``network.transformer``, whose bound is printed beside the error::

    python examples/attention_floor.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sparsebound.checks.subjects.realised import transformed
from sparsebound.theory.analysis.unfolding import unfolded_bounds
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import BARKER_13, circular
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, decide

LAYERS = 40


def rows(betas: Sequence[float]) -> Iterator[tuple[float, float, float, str]]:
    """Give, for each beta: it, the error after the last layer, its bound, the verdict."""
    theorem = catalogue()["network.transformer"]
    code = np.zeros((1, 13))
    code[0, [2, 7]] = 1.0, -1.0
    for beta in betas:
        codes = Instance(circular(BARKER_13, 13), code)
        found = transformed(Experiment(codes, {"beta": beta, "layers": LAYERS}))
        error = np.abs(found.unfolding.iterates[0, -1] - code[0]).max()
        bound = unfolded_bounds(codes, found.unfolding).mid[0, -1]
        verdict = decide(theorem, codes, {"transformed": found})
        yield beta, float(error), float(bound), str(Status(int(verdict.status[0])))


def main() -> None:
    """Print the table."""
    print("beta   error after 40 layers   bound      error e^beta   theorem")
    for beta, error, bound, status in rows(range(6, 29, 2)):
        scaled = error * np.exp(beta)
        print(f"{beta:4}   {error:12.3e}            {bound:9.3e}  {scaled:9.3f}      {status}")


if __name__ == "__main__":
    main()
