"""A network of a certificate, and what an attack found, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sparsebound.reports.certificate.figures import LISTED, shown, table
from sparsebound.theory.guarantees.decimals import given, up


def lines(network: dict[str, Any]) -> Iterator[str]:
    """Say what holds for the network."""
    verdict = "certified" if network["certified"] else "not certified"
    yield f"Your network: {verdict}, for coefficients of the atoms as given"
    if network["reason"] is not None:
        yield f"  because     {network['reason']}"
    crossed = network["cross_coherence"]
    yield f"  others      |<w_i, d_j>| is up to {shown(crossed)}  [{crossed['theorem']}]"
    yield (
        f"  diagonal    |1 - <w_i, d_i>| is {shown(network['diagonal'])}, "
        f"largest at column {network['diagonal_column']}"
    )
    layers = network["layers"]
    listed = [*layers[:LISTED], *(layers[-1:] if len(layers) > LISTED else [])]
    rows = [
        (
            str(layer["layer"]),
            "yes" if layer["certified"] else "no",
            shown(layer["bound"]),
            given(layer["threshold"]),
            shown(layer["needed"], layer["threshold"]),
            "-" if layer["short"] == 0 else up(layer["short"]),
            str(layer["column"]),
        )
        for layer in listed
    ]
    head = ("layer", "certified", "error after it", "threshold", "needed", "short by", "column")
    yield from table(head, rows)


def attack_lines(attack: dict[str, Any]) -> Iterator[str]:
    """Say what an attack found."""
    yield f"Attack: {attack['tried']} codes tried, {attack['layers']} layers"
    yield f"  largest error found  {shown(attack['found'])}"
    yield f"  certified bound      {shown(attack['bound'])}"
    entries = zip(attack["support"], attack["values"], strict=True)
    yield f"  at the code          {', '.join(f'x[{i}] = {given(v)}' for i, v in entries)}"
    if attack.get("beaten"):
        yield f"  REFUTED              {refuted(attack['beaten'])}"


def refuted(layers: Sequence[int]) -> str:
    """Say that an attack has beaten certified bounds.

    Examples
    --------
    >>> refuted([0, 2])
    'the certificate is false: the error after layers 0, 2 is above its bound'
    """
    where = f"layer{'' if len(layers) == 1 else 's'} {', '.join(map(str, layers))}"
    return f"the certificate is false: the error after {where} is above its bound"
