"""A certificate as JSON data; what it is of is computed elsewhere."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from math import isfinite
from typing import Any

SCHEMA = 1
KIND = "certificate"


def document(certificate: Any) -> dict[str, Any]:
    """Turn a certificate into JSON data; numbers that are infinite or unknown become ``None``.

    Bounds are floats on their safe side, written so that they are read as the same floats.

    Parameters
    ----------
    certificate : dataclass
        Whose fields are results of ``sparsebound.theory.guarantees``.

    Returns
    -------
    dict

    Examples
    --------
    >>> from sparsebound.theory.guarantees.figure import Figure
    >>> document(Figure(float("inf"), "upper", "uniqueness.spark"))["value"] is None
    True
    """
    if not is_dataclass(certificate) or isinstance(certificate, type):
        raise TypeError(f"certificate is {certificate!r}; expected a frozen result")
    made = {"schema": SCHEMA, "kind": KIND, **_plain(asdict(certificate))}
    made.pop("weights", None)  # arrays, which have files of their own
    for part in (
        made.get("codes"),
        made.get("nearly_sparse"),
        made.get("labels"),
        made.get("solutions"),
        made.get("predictions"),
        (made.get("encoder") or {}).get("codes"),
    ):
        if part:
            part.pop("each")
    for signal in (made.get("predictions") or {}).get("signals", ()):
        signal.pop("dual")
    if made.get("prune"):
        steps = made["prune"]
        made["prune"] = {"from": steps.pop("before"), "to": steps.pop("after"), **steps}
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
