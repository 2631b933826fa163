"""What a theorem is checked against: points, certificates and runs, from whoever found them.

Evidence is plain float or integer data. What it proves is worked out by
``sparsebound.theory.quantities`` and ``sparsebound.theory.analysis`` in the arithmetic of the
instance, so that nothing here has to be trusted. Only exhaustive searches (:class:`Alternative`)
carry numbers that were decided exactly where they were found.
"""

from sparsebound.theory.evidence.batched import Batched, OfDictionary, Selectable
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.evidence.certificates import (
    Alternative,
    Estimate,
    LassoPath,
    LayerAlternatives,
    Minimiser,
    Optimum,
    RecoveryCertificate,
    Weights,
    no_certificate,
)
from sparsebound.theory.evidence.coding import Rotations, SampledCodes
from sparsebound.theory.evidence.encoders import EncoderStep, OneLayer
from sparsebound.theory.evidence.feature_rates import (
    FeatureIterates,
    LabelledRuns,
    ReadOut,
    UnfoldedFeatures,
)
from sparsebound.theory.evidence.features import (
    ApproximateFeatures,
    DriftedFeatures,
    FeaturePair,
    Features,
    Head,
    LabelChange,
    RadiusCertificate,
    Returned,
    SolverResult,
)
from sparsebound.theory.evidence.kernels import LayerGraph, LayerKernel
from sparsebound.theory.evidence.layers import (
    Displacement,
    LayerDisplacements,
    LayerEstimates,
    LayerMinimisers,
    Points,
)
from sparsebound.theory.evidence.least_norms import LeastNorm
from sparsebound.theory.evidence.networks import (
    Activated,
    Attended,
    ChangedWeights,
    Convolved,
    Encoded,
    Factors,
    Rectified,
    Transformed,
)
from sparsebound.theory.evidence.nonnegative import OneSidedCertificate, OneSidedRival, OnlySolution
from sparsebound.theory.evidence.peers import PeerNetwork, PeerRuns
from sparsebound.theory.evidence.runs import (
    BlockUnfolding,
    LargestKept,
    MomentumRun,
    Pursuit,
    SelectiveUnfolding,
    StoppedPursuit,
    Trajectory,
    Unfolding,
)
from sparsebound.theory.evidence.selection import KeptAtoms, Removal
from sparsebound.theory.evidence.steps import CodedSignals, LayerStep, PowerStep
from sparsebound.theory.evidence.training import (
    AlternatingStep,
    BlockStep,
    FactoredStep,
    LearningStep,
    NearbyBasis,
    OrthogonalisationStep,
    ParameterRun,
    RescaledUnits,
    ThresholdedLayers,
    TurnedAtoms,
)

__all__ = [
    "Activated",
    "AlternatingStep",
    "Alternative",
    "ApproximateFeatures",
    "Attended",
    "Batched",
    "BlockStep",
    "BlockUnfolding",
    "Cascade",
    "ChangedWeights",
    "CodedSignals",
    "Convolved",
    "Displacement",
    "DriftedFeatures",
    "Encoded",
    "EncoderStep",
    "Estimate",
    "FactoredStep",
    "Factors",
    "FeatureIterates",
    "FeaturePair",
    "Features",
    "Head",
    "KeptAtoms",
    "LabelChange",
    "LabelledRuns",
    "LargestKept",
    "LassoPath",
    "LayerAlternatives",
    "LayerDisplacements",
    "LayerEstimates",
    "LayerGraph",
    "LayerKernel",
    "LayerMinimisers",
    "LayerStep",
    "LearningStep",
    "LeastNorm",
    "Minimiser",
    "MomentumRun",
    "NearbyBasis",
    "OfDictionary",
    "OneLayer",
    "OneSidedCertificate",
    "OneSidedRival",
    "OnlySolution",
    "Optimum",
    "OrthogonalisationStep",
    "ParameterRun",
    "PeerNetwork",
    "PeerRuns",
    "Points",
    "PowerStep",
    "Pursuit",
    "RadiusCertificate",
    "ReadOut",
    "RecoveryCertificate",
    "Rectified",
    "Removal",
    "RescaledUnits",
    "Returned",
    "Rotations",
    "SampledCodes",
    "Selectable",
    "SelectiveUnfolding",
    "SolverResult",
    "StoppedPursuit",
    "ThresholdedLayers",
    "Trajectory",
    "Transformed",
    "TurnedAtoms",
    "UnfoldedFeatures",
    "Unfolding",
    "Weights",
    "no_certificate",
]
