"""A few lines of Python in which a person sees what is wrong with a solver, with numpy alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.calls import BATCHED, Call
from sparsebound.theory.violations import Violation, apart

WIDEST = 400
"""Most characters of an array that is written out."""


def snippet(call: Call, code: int, violation: Violation | None = None) -> str:
    """Write the call that went wrong, for one signal.

    Parameters
    ----------
    call : Call
        It remembers what it gave to the subject.
    code : int
        Which signal of the batch.
    violation : Violation, optional
        What is wrong with what it returned.

    Returns
    -------
    str
        At most ten lines; nothing if an array is too large to be read, or of several layers.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsebound.checks.protocol import Subject
    >>> call = Call(Subject.of("numpy:cov"), "rate.ista", {"m": np.eye(2), "rowvar": True})
    >>> print(snippet(call, 0))
    import numpy as np
    from numpy import cov
    m = np.array([[1.0, 0.0], [0.0, 1.0]])
    print(cov(m=m, rowvar=True))
    """
    if not call.given or any(isinstance(value, tuple) for value in call.given.values()):
        return ""
    place, _, name = call.subject.name.rpartition(":")
    module = Path(place).stem if place.endswith(".py") else place
    first = name.partition(".")[0]
    head = f"from {module} import {first}" if call.subject.found_by_name else f"# {name}: yours"
    lines, words = ["import numpy as np", head], []
    for argument, value in call.given.items():
        if not isinstance(value, np.ndarray):
            words.append(f"{argument}={_plain(value)}")
            if call.subject.written:
                lines.append(f"{argument} = {_plain(value)}")
            continue
        rows = value[code : code + 1] if argument in BATCHED else value
        text = f"np.array({_plain(rows.tolist())})"
        if not rows.any() and len(text) > len(f"np.zeros({rows.shape})"):
            text = f"np.zeros({rows.shape})"
        if len(text) > WIDEST:
            return ""
        if len(text) > 24 or argument in ("D", "Y") or call.subject.written:
            lines.append(f"{argument} = {text}")
            text = argument
        words.append(f"{argument}={text}")
    written = call.subject.written
    called = written(call.given) if written else f"{name}({', '.join(words)})"
    at = dict(violation.place) if violation else {}
    if written or violation is None or "step" not in at:  # what it returns may have no steps
        return "\n".join([*lines, f"print({called})"])
    entry = f"[0, {at['step']}" + (f", {at['coordinate']}]" if "coordinate" in at else "]")
    wanted = ""
    if violation.expected is not None and violation.found is not None:
        unit = 2.0**call.power
        low, high = (end * unit for end in violation.expected)
        expected, found = apart(low, violation.found * unit)
        expected = expected if low == high else f"{low:.6g} to {high:.6g}"
        wanted = f"  # {found}; expected: {expected}"
    answer = ", ".join(["x", *call.beside])
    return "\n".join([*lines, f"{answer} = {called}", f"print(x{entry}){wanted}"])


def _plain(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)
