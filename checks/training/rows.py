"""The strategies, one row each: numbers of signals of norm 4 or so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingStrategy:
    """A row of the table: thresholds, and what is added to the cross entropy, with which weight.

    Attributes
    ----------
    penalty : float
        The thresholds.
    radius : float
        Of :func:`sparsebound.checks.training.margin_loss`; 0 is plain cross entropy.
    l1, hoyer, erc, coherence : float
        Weights of penalties.
    learned_thresholds : bool
    top_k : int
        If not 0, features are the k largest correlations instead of minimisers.
    ridge : float
        Of the features, in training and afterwards.
    """

    penalty: float = 0.4
    radius: float = 0.0
    l1: float = 0.0
    hoyer: float = 0.0
    erc: float = 0.0
    coherence: float = 0.0
    learned_thresholds: bool = False
    top_k: int = 0
    ridge: float = 1e-3

    @property
    def needs_labels(self) -> bool:
        """Whether it is about labels, or its features are no minimisers that could be certified."""
        return bool(self.radius or self.top_k)


STRATEGIES = {
    "plain": TrainingStrategy(),
    "plain+sparser": TrainingStrategy(penalty=0.8),
    "l1": TrainingStrategy(l1=0.1),
    "hoyer": TrainingStrategy(hoyer=0.1),
    "learned_thresholds": TrainingStrategy(learned_thresholds=True),
    "l1+margin": TrainingStrategy(l1=0.1, radius=0.2),
    "margin+sparser": TrainingStrategy(penalty=0.8, radius=0.3),
    "erc": TrainingStrategy(erc=0.3),
    "coherence": TrainingStrategy(coherence=0.1),
    "topk": TrainingStrategy(top_k=5),
}
"""By name, for signals of norm 4 or so: thresholds and radii scale with signals."""
WITHOUT_LABELS = tuple(name for name, row in STRATEGIES.items() if not row.needs_labels)
"""Those that need no labels."""
