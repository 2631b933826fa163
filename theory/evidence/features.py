"""Features of signals: where minimisers live, with one threshold for each atom.

Nothing is trusted, as in :mod:`sparsebound.theory.evidence`: values are worked out from supports.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.batched import Batched, Selectable
from sparsebound.theory.evidence.layers import Points


@dataclass(frozen=True)
class Features(Batched):
    """Where a minimiser of ``1/2 ||y - D z||^2 + sum_j lam_j |z_j|`` lives.

    Attributes
    ----------
    thresholds : ndarray, shape (B, n)
        The weights ``lam_j``, positive.
    signs : ndarray, shape (B, n)
        Signs of the entries that the optimality conditions determine, on independent atoms; 0
        elsewhere.
    given : ndarray, shape (B, n)
        Further entries, on atoms that depend on these; mostly 0.
    signed : ndarray of bool, shape (B,)
        Whether entries may be negative.
    """

    thresholds: FloatArray
    signs: FloatArray
    given: FloatArray
    signed: Mask

    @property
    def basis(self) -> Mask:
        """The atoms whose entries the optimality conditions determine, shape (B, n)."""
        found: Mask = self.signs != 0
        return found

    @property
    def support(self) -> Mask:
        """Where the minimiser is not zero, shape (B, n)."""
        found: Mask = self.basis | (self.given != 0)
        return found


@dataclass(frozen=True)
class FeaturePair(Selectable):
    """The features of the signals of an instance, and those of other signals.

    Attributes
    ----------
    features : Features
        Of the signals of the instance.
    signals : Points
        The other signals, shape (B, m).
    moved : Features
        Theirs, with the same thresholds.
    """

    features: Features
    signals: Points
    moved: Features


@dataclass(frozen=True)
class DriftedFeatures(Selectable):
    """The features of signals for a dictionary, and for another one near it.

    Attributes
    ----------
    features : Features
        For the dictionary of the instance.
    atoms : ndarray, shape (m, n)
        The other dictionary.
    drifted : Features
        For that one, with the same thresholds.
    """

    features: Features
    atoms: FloatArray
    drifted: Features

    SHARED = ("atoms",)


@dataclass(frozen=True)
class ApproximateFeatures(Selectable):
    """An approximate minimiser and a dual point beside exact features, and a linear read-out.

    Attributes
    ----------
    features : Features
        Exact ones.
    points : Points
        The approximate ones, shape (B, n).
    duals : Points
        Points of the dual polytope, shape (B, m).
    readout : Points
        ``v``, of which ``<v, z>`` is read, shape (B, n); zeros where the atoms are dependent.
    """

    features: Features
    points: Points
    duals: Points
    readout: Points


@dataclass(frozen=True)
class Returned(Batched):
    """What a solver returned, and the tolerance that it states.

    Attributes
    ----------
    points : ndarray, shape (B, n)
        Its points, in float64 or float32; exact data.
    tolerance : ndarray, shape (B,)
        ``eps``: the value exceeds the least one by at most ``eps`` times that at 0.
    """

    points: FloatArray
    tolerance: FloatArray


@dataclass(frozen=True)
class SolverResult(Selectable):
    """An exact minimiser, and what a solver of the same problem returned.

    Attributes
    ----------
    features : Features
        Exact ones.
    returned : Returned
        The solver's.
    """

    features: Features
    returned: Returned


@dataclass(frozen=True)
class Head(Batched):
    """A linear classifier of features.

    Attributes
    ----------
    weights : ndarray, shape (B, C, n)
        One row a class.
    biases : ndarray, shape (B, C)
        One a class.
    labels : ndarray of int, shape (B,)
        The class of the features.
    """

    weights: FloatArray
    biases: FloatArray
    labels: IntArray


@dataclass(frozen=True)
class RadiusCertificate(Batched):
    """Dual points that bound how far a signal has to move until its label changes.

    Any values give a bound; good ones give a good one. Atoms off the support have a level, from 0
    on. At a level, all atoms of that level and of those below may enter.

    Attributes
    ----------
    multipliers : ndarray, shape (B, C, L + 1)
        ``tau`` for each class, without entering atoms and at each level.
    free : ndarray of bool, shape (B, C, L + 1, n)
        Where the nearest features with another label are free, on independent atoms.
    levels : ndarray of int, shape (B, n)
        The level of each atom.
    lengths : ndarray, shape (B, n)
        ``beta``, which bounds the price of an atom.
    projected : ndarray of bool, shape (B, n)
        Whether the atom is priced beside the span of the support.
    near : ndarray of int, shape (B, n)
        Levels of the closed form.
    independent : ndarray of int, shape (B,)
        The level up to which the atoms of the closed form are independent.
    """

    multipliers: FloatArray
    free: Mask
    levels: IntArray
    lengths: FloatArray
    projected: Mask
    near: IntArray
    independent: IntArray


@dataclass(frozen=True)
class LabelChange(Selectable):
    """A head on features, a certificate of its label, and a signal with another label.

    Attributes
    ----------
    pair : FeaturePair
        Features, and those of a signal with another label.
    head : Head
        What reads the label.
    certificate : RadiusCertificate
        What bounds the distance of the two signals.
    seen : Points
        A signal near that of the instance, of which the latter's features are approximate ones.
    """

    pair: FeaturePair
    head: Head
    certificate: RadiusCertificate
    seen: Points
