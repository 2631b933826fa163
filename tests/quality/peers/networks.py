"""Layers and networks of public packages, built of their own parts: a few lines each, to copy."""

from __future__ import annotations

from typing import Any

import numpy as np

# --- thresholding functions ---------------------------------------------------------------------


def torch_softshrink(v: Any, theta: Any) -> Any:
    """``torch.nn.Softshrink``."""
    import torch

    return torch.nn.Softshrink(float(theta))(torch.as_tensor(v)).numpy()


def torch_hardshrink(v: Any, theta: Any) -> Any:
    """``torch.nn.Hardshrink``."""
    import torch

    return torch.nn.Hardshrink(float(theta))(torch.as_tensor(v)).numpy()


def jax_rectified_pair(v: Any, theta: Any) -> Any:
    """Two of ``jax.nn.relu``, in JAX's own float32."""
    import jax
    import jax.numpy as jnp

    x, t = jnp.asarray(v, dtype=jnp.float32), jnp.float32(theta)
    return np.asarray(jax.nn.relu(x - t) - jax.nn.relu(-x - t))


def modopt_thresh(v: Any, theta: Any) -> Any:
    """``modopt.signal.noise.thresh``, soft."""
    from modopt.signal.noise import thresh

    return thresh(v, theta, threshold_type="soft")


def sporco_prox(v: Any, theta: Any) -> Any:
    """``sporco.prox.prox_l1``."""
    from sporco.prox import prox_l1

    return prox_l1(v, theta)


def pyproximal_l1(v: Any, theta: Any) -> Any:
    """``pyproximal.L1``, its proximal operator."""
    from pyproximal import L1

    if theta == 0:  # which it refuses
        return v
    return L1().prox(v.ravel(), theta).reshape(v.shape)


for _soft in (torch_softshrink, jax_rectified_pair):
    _soft.activation = "soft"  # type: ignore[attr-defined]
for _soft in (modopt_thresh, sporco_prox, pyproximal_l1):
    _soft.activation = "soft"  # type: ignore[attr-defined]
torch_hardshrink.activation = "hard"  # type: ignore[attr-defined]


# --- heads of attention -------------------------------------------------------------------------


def _asked(X: Any, beta: Any, offset: Any) -> Any:
    """Queries, keys and values of one head: place i looks at place i + offset, around."""
    n = X.shape[1]
    return beta * np.roll(np.eye(n), offset, axis=1), np.eye(n), np.ascontiguousarray(X.T)


def torch_head(X: Any, beta: Any, offset: Any) -> Any:
    """``torch.nn.functional.scaled_dot_product_attention``."""
    import torch

    parts = (torch.as_tensor(part)[None] for part in _asked(X, beta, offset))
    found = torch.nn.functional.scaled_dot_product_attention(*parts, scale=1.0)
    return found[0].numpy().T


def jax_head(X: Any, beta: Any, offset: Any) -> Any:
    """``jax.nn.dot_product_attention``, in float64."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    query, key, value = (
        jnp.asarray(part, dtype=jnp.float64)[None, :, None] for part in _asked(X, beta, offset)
    )
    width = max(query.shape[-1], value.shape[-1])
    query, key, value = (
        jnp.pad(part, ((0, 0), (0, 0), (0, 0), (0, width - part.shape[-1])))
        for part in (query, key, value)
    )
    found = jax.nn.dot_product_attention(query, key, value, scale=1.0)
    return np.asarray(found[0, :, 0, : len(X)]).T


def flax_head(X: Any, beta: Any, offset: Any) -> Any:
    """``flax.linen.dot_product_attention``, in float64."""
    import flax.linen as nn
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    query, key, value = (
        jnp.asarray(part, dtype=jnp.float64)[:, None] for part in _asked(X, beta, offset)
    )
    scaled = query * np.sqrt(query.shape[-1])  # it divides by that
    return np.asarray(nn.dot_product_attention(scaled, key, value)[:, 0]).T


# --- unfolded networks --------------------------------------------------------------------------


def torch_lista(D: Any, W: Any, Y: Any, thresholds: Any) -> Any:
    """Layers of ``torch.nn.functional.linear``, and a pair of rectified units."""
    import torch
    from torch.nn.functional import linear, relu

    atoms, weights, y, theta = map(torch.as_tensor, (D, W, Y, thresholds))
    x = torch.zeros(len(Y), D.shape[1], dtype=y.dtype)
    states = [x]
    for k in range(theta.shape[1]):
        v = x + linear(y - linear(x, atoms), weights.T)
        x = relu(v - theta[:, k, None]) - relu(-v - theta[:, k, None])
        states.append(x)
    return torch.stack(states, dim=1).numpy()


def equinox_lista(D: Any, W: Any, Y: Any, thresholds: Any) -> Any:
    """Layers of ``equinox.nn.Linear``, in JAX's own float32."""
    import equinox as eqx
    import jax
    import jax.numpy as jnp

    def layer(matrix: Any) -> Any:
        made = eqx.nn.Linear(*matrix.shape[::-1], use_bias=False, key=jax.random.PRNGKey(0))
        weight = jnp.asarray(matrix, dtype=jnp.float32)
        return jax.vmap(eqx.tree_at(lambda linear: linear.weight, made, weight))

    back, there = layer(D), layer(W.T)
    y, theta = (jnp.asarray(part, dtype=jnp.float32) for part in (Y, thresholds))
    states = [jnp.zeros((len(Y), D.shape[1]), dtype=jnp.float32)]
    for k in range(theta.shape[1]):
        v = states[-1] + there(y - back(states[-1]))
        level = theta[:, k, None]
        states.append(jax.nn.relu(v - level) - jax.nn.relu(-v - level))
    return np.asarray(jnp.stack(states, axis=1))


torch_lista.activation = "soft"  # type: ignore[attr-defined]
equinox_lista.activation = "soft"  # type: ignore[attr-defined]
