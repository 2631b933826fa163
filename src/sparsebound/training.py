"""Training networks for sparser features, with what can be said of them; needs the extra ``torch``.

>>> import torch
>>> from sparsebound.training import SparseEncoder
>>> encoder = SparseEncoder(torch.eye(2, dtype=torch.float64), penalty=0.5)
>>> encoder(torch.tensor([[2.0, 0.25]])).codes.detach()
tensor([[1.5000, 0.0000]], dtype=torch.float64)
"""

from sparsebound.checks.training import *  # noqa: F403
from sparsebound.checks.training import __all__  # noqa: F401
