"""Training networks for sparser features, against certificates; needs the extra ``torch``.

Five lines of one's own, and the rest is a training loop like any other:

>>> import torch
>>> _ = torch.manual_seed(0)
>>> images, labels = torch.rand(8, 16), torch.arange(8) % 2
>>> encoder, head = SparseEncoder((16, 8), penalty=0.1), torch.nn.Linear(8, 2).double()
>>> features = encoder(images)
>>> loss = margin_loss(features, head, labels, radius=0.1) + 0.1 * penalties.l1(features)
>>> loss.backward()
>>> encoder.normalise()  # after each step of the optimiser
>>> sorted(to_numpy(encoder, head))
['D', 'V', 'b', 'lam', 'ridge']
"""

from __future__ import annotations

from sparsebound.checks.training import penalties
from sparsebound.checks.training.encoder import SparseEncoder, encode
from sparsebound.checks.training.exporting import from_numpy, save, to_numpy
from sparsebound.checks.training.features import EncodedFeatures
from sparsebound.checks.training.layers import ThresholdLayer, TopK
from sparsebound.checks.training.losses import margin_loss, sensitivities
from sparsebound.checks.training.watch import TrainingWatch as Watch

__all__ = [
    "EncodedFeatures",
    "SparseEncoder",
    "ThresholdLayer",
    "TopK",
    "Watch",
    "encode",
    "from_numpy",
    "margin_loss",
    "penalties",
    "save",
    "sensitivities",
    "to_numpy",
]
