"""ISTA in JAX, compiled once for each shape of what it is given, as a subject.

``padded = True`` says so: shapes are filled up to a few sizes, and what was there is cut out of the
answer. JAX computes in float32 unless it is told otherwise, and is judged as that.

    sparsebound check rate.ista --subject examples.jax_ista:ista

How often it is compiled, with and without: ``python examples/jax_ista.py``.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

STATIC = "steps"
"""Compiled anew for each value of it: always the same in a run."""


def plain(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: int) -> Any:
    """ISTA, not compiled: all iterates, the start first."""
    theta = lam[:, None] / L

    def step(x: Any, _: None) -> tuple[Any, Any]:
        v = x + (Y - x @ D.T) @ D / L
        after = jnp.sign(v) * jnp.maximum(jnp.abs(v) - theta, 0)
        return after, after

    _, points = jax.lax.scan(step, start, None, length=steps)
    return jnp.concatenate([start[None], points]).swapaxes(0, 1)


ista = partial(jax.jit, static_argnames=STATIC)(plain)
ista.padded = True  # type: ignore[attr-defined]


def compilations(*, padded: bool, examples: int) -> int:
    """Count how often ISTA is compiled in a run of so many instances."""
    from sparsebound import check_subject

    compiled = jax.jit(plain, static_argnames=STATIC)
    compiled.padded = padded  # type: ignore[attr-defined]
    assert check_subject(compiled, "rate.ista", examples=examples).passed
    return int(compiled._cache_size())  # type: ignore[attr-defined]


def main() -> None:
    """Print both counts."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--examples", type=int, default=250)
    examples = parser.parse_args().examples
    for padded in (True, False):
        count = compilations(padded=padded, examples=examples)
        print(f"padded = {padded}: compiled {count} times for {examples} instances")


if __name__ == "__main__":
    main()
