"""What a certificate holds: a part for each thing that was asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from sparsebound.checks.certify.attack import Attack
from sparsebound.checks.certify.codes import CertifiedCodes
from sparsebound.checks.certify.encoder import CertifiedEncoder
from sparsebound.checks.certify.facts import DictionaryFacts, Input
from sparsebound.checks.certify.labels import CertifiedLabels
from sparsebound.checks.certify.nearly_sparse import NearlySparse
from sparsebound.checks.certify.pairs import ClosestPairs
from sparsebound.checks.certify.predictions import Predictions
from sparsebound.checks.certify.prune import Pruned
from sparsebound.checks.certify.settings import Settings
from sparsebound.checks.certify.solutions import Solutions
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.guarantees.dictionary import AtSparsity, Guarantee
from sparsebound.theory.guarantees.network import Network
from sparsebound.theory.guarantees.unfolded import Depth


@dataclass(frozen=True)
class Certificate:
    """What the theorems guarantee for a dictionary, a network and codes.

    ``sparsebound.reports.certificate.document`` turns it into JSON data, and ``text`` into text. In
    a notebook it shows its page.

    Examples
    --------
    >>> from sparsebound.checks.certify import certify
    >>> certify([[1, 0, 3], [0, 1, 4]]).guarantees[0].largest
    1
    """

    input: Input
    notes: tuple[str, ...]
    settings: Settings
    dictionary: DictionaryFacts
    guarantees: tuple[Guarantee, ...]
    by_sparsity: tuple[AtSparsity, ...]
    unfolded: Depth
    pairs: ClosestPairs | None = None
    network: Network | None = None
    codes: CertifiedCodes | None = None
    nearly_sparse: NearlySparse | None = None
    labels: CertifiedLabels | None = None
    predictions: Predictions | None = None
    solutions: Solutions | None = None
    encoder: CertifiedEncoder | None = None
    prune: Pruned | None = None
    attack: Attack | None = None
    weights: FloatArray | None = field(default=None, repr=False, compare=False)

    def _repr_html_(self) -> str:
        from sparsebound.reports.certificate import document
        from sparsebound.reports.html.certificate import certificate_page
        from sparsebound.reports.html.notebook import framed

        return framed(certificate_page(document(self)))
