"""Evidence of a batch of codes, of which some can be chosen: once for all that holds evidence."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from sparsebound.theory.errors import InputError


class Selectable:
    """Evidence of which what belongs to some codes can be kept.

    A field is an array whose first axis is the batch, or evidence, or a tuple of evidence, one for
    each layer; or it is named in ``SHARED``, and belongs to all codes.

    Examples
    --------
    >>> from sparsebound.theory.evidence import LayerEstimates, Points
    >>> signals, estimates = Points([[1], [2]]), Points([[3, 0], [4, 0]])
    >>> LayerEstimates(signals, (estimates,)).select([1])
    LayerEstimates(signals=Points(values=array([[2]])), layers=(Points(values=array([[4, 0]])),))
    """

    SHARED: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def batched_fields(cls) -> tuple[str, ...]:
        """Fields that belong to codes, in their order.

        Examples
        --------
        >>> from sparsebound.theory.evidence import Encoded
        >>> Encoded.batched_fields()
        ('signals', 'outputs')
        """
        names = (item.name for item in fields(cls))  # type: ignore[arg-type]
        return tuple(name for name in names if name not in cls.SHARED)

    def select(self, codes: Any) -> Self:
        """Keep what belongs to some codes.

        Parameters
        ----------
        codes : slice, or sequence of int or bool
            Which codes, as numpy takes it for the first axis.

        Returns
        -------
        Selectable
            Of the same type.
        """
        chosen = {name: _chosen(getattr(self, name), codes) for name in self.batched_fields()}
        return replace(self, **chosen)  # type: ignore[type-var]


class Batched(Selectable):
    """Evidence whose fields are arrays with the batch as their first axis, but for ``SHARED``."""

    def __post_init__(self) -> None:
        lengths = {}
        for name in self.batched_fields():
            value = np.asarray(getattr(self, name))
            if value.dtype.kind not in "biuf" or np.isnan(value).any():
                raise InputError(name, value, "real numbers, none of them nan")
            lengths[name] = len(value)
            object.__setattr__(self, name, value)
        if len(set(lengths.values())) != 1:
            raise InputError(f"lengths of the fields of {type(self).__name__}", lengths, "one")


class OfDictionary:
    """Evidence on the dictionary alone: it belongs to all codes."""

    def select(self, codes: Any) -> Self:
        """Keep all of it, whatever the codes."""
        return self


def _chosen(value: Any, codes: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(layer.select(codes) for layer in value)
    return value.select(codes) if isinstance(value, Selectable) else value[codes]
