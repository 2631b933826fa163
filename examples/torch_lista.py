"""A network of one's own: LISTA as a plain PyTorch module, checked layer by layer.

sparsebound check rate.unfolded rate.lista_cp --subject examples.torch_lista:states
sparsebound check rate.unfolded --subject examples.torch_lista:states_in_single_precision
"""

from __future__ import annotations

from typing import Any

import torch


class Lista(torch.nn.Module):
    """K layers ``x -> soft(x + W^T (y - D x), theta_k)`` from 0, as one would train them.

    The dictionary and the weights are shared by all layers; each has its own thresholds.
    """

    def __init__(self, D: torch.Tensor, W: torch.Tensor, thresholds: torch.Tensor) -> None:
        super().__init__()
        self.decoder = torch.nn.Linear(*reversed(D.shape), bias=False, dtype=D.dtype)
        self.encoder = torch.nn.Linear(*W.shape, bias=False, dtype=W.dtype)
        self.decoder.weight = torch.nn.Parameter(D)
        self.encoder.weight = torch.nn.Parameter(W.T)
        self.thresholds = torch.nn.Parameter(thresholds)

    def forward(self, y: torch.Tensor) -> torch.Tensor:
        """States of all layers, shape (B, K + 1, n)."""
        x = torch.zeros(len(y), self.encoder.out_features, dtype=y.dtype)
        states = [x]
        for threshold in self.thresholds.unbind(-1):
            v = x + self.encoder(y - self.decoder(x))
            x = torch.sign(v) * torch.relu(torch.abs(v) - threshold[..., None])
            states.append(x)
        return torch.stack(states, dim=1)


@torch.no_grad()
def states(D: Any, W: Any, Y: Any, thresholds: Any, dtype: torch.dtype = torch.float64) -> Any:
    """Build the network from what a theorem gives, and run it."""
    D, W, Y, thresholds = (torch.as_tensor(given, dtype=dtype) for given in (D, W, Y, thresholds))
    return Lista(D, W, thresholds)(Y).numpy()


def states_in_single_precision(D: Any, W: Any, Y: Any, thresholds: Any) -> Any:
    """The same network in float32: it returns float32, and is judged by its rounding."""
    return states(D, W, Y, thresholds, torch.float32)
