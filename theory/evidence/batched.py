"""Evidence of a batch of codes: arrays whose first axis is the batch."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from sparsebound.theory.errors import InputError


class Batched:
    """Evidence whose fields are arrays with the batch as their first axis, but for ``SHARED``."""

    SHARED: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        lengths = {}
        for item in fields(self):  # type: ignore[arg-type]
            if item.name in self.SHARED:
                continue
            value = np.asarray(getattr(self, item.name))
            if value.dtype.kind not in "biuf" or np.isnan(value).any():
                raise InputError(item.name, value, "real numbers, none of them nan")
            lengths[item.name] = len(value)
            object.__setattr__(self, item.name, value)
        if len(set(lengths.values())) != 1:
            raise InputError(f"lengths of the fields of {type(self).__name__}", lengths, "one")

    def select(self, codes: Any) -> Self:
        """Keep what belongs to some codes."""
        names = [f.name for f in fields(self) if f.name not in self.SHARED]  # type: ignore[arg-type]
        chosen = {name: getattr(self, name)[codes] for name in names}
        return replace(self, **chosen)  # type: ignore[type-var]
