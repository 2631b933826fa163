"""Networks of PyTorch."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from sparsebound.checks.adapters.adapted import Adapted, fresh


def torch_module(given: Any) -> Adapted | None:
    """A ``torch.nn.Module`` whose ``forward`` has arguments of the protocol, or a class of it.

    Arrays become tensors of the type of its parameters, or of float64 without any.
    """
    kind = given if isinstance(given, type) else type(given)
    if not any(base.__module__.startswith("torch.nn") for base in kind.__mro__):
        return None
    made = fresh(given) if isinstance(given, type) else given

    def run(**arguments: Any) -> Any:
        import torch

        first = next(iter(made.parameters()), None)
        dtype = torch.float64 if first is None else first.dtype

        def tensor(value: Any) -> Any:
            return torch.as_tensor(value, dtype=dtype) if isinstance(value, np.ndarray) else value

        with torch.no_grad():
            found = made(**{name: tensor(value) for name, value in arguments.items()})
        return found.detach().cpu().numpy() if isinstance(found, torch.Tensor) else found

    asked = inspect.signature(made.forward).parameters.values()
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(kind=p.KEYWORD_ONLY) for p in asked if p.kind is not p.VAR_POSITIONAL]
    )
    words = ", ".join(f"{p.name}={p.name}" for p in asked)
    return Adapted(run, lambda _: f"{kind.__name__}()({words})")
