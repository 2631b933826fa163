"""What training does to sparsity and certificates, logged to wherever one logs.

A watch calls ``to(name, value, step)``, which is all that it knows of a logger. On the terminal:

    watch = Watch(encoder, head, radius=0.2, every=50, to=print, inputs=images, labels=labels)
    for step, batch in enumerate(batches):
        ...  # train
        watch(step)

TensorBoard's ``add_scalar(tag, scalar_value, global_step)`` is such a callable as it is:

    writer = SummaryWriter()
    watch = Watch(encoder, head, radius=0.2, every=50, to=writer.add_scalar, inputs=x, labels=y)

In a module of Lightning, which counts steps itself:

    def on_train_start(self):
        to = lambda name, value, step: self.log(name, value)
        self.watch = Watch(self.encoder, self.head, radius=0.2, every=50, to=to, inputs=x, labels=y)
    def on_train_batch_end(self, *_):
        self.watch(self.global_step)

As a callback of a Trainer of Hugging Face:

    class Watching(TrainerCallback):
        def on_step_end(self, args, state, control, **rest):
            watch(state.global_step)
    to = lambda name, value, step: trainer.log({name: value})
    trainer.add_callback(Watching())
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from sparsebound.checks.training.certified import certified_radii, hoyer_sparsity
from sparsebound.checks.training.drift import (
    allowed_turn,
    coherence_of,
    drifted_coherence,
    sparsity_of,
    turned,
)
from sparsebound.checks.training.encoder import SparseEncoder
from sparsebound.checks.training.exporting import to_numpy
from sparsebound.theory.errors import InputError


class TrainingWatch:
    """Log accuracy, sparsity, coherence and certified share while an encoder is trained.

    Logged are, each by its name:

    - ``accuracy``, ``active_share`` (of atoms), ``hoyer``, of the given inputs;
    - ``certified_share``: right, and no input within the radius changes the label, by the closed
      form of ``training.certified_radius``, in float64;
    - ``coherence``, and ``certified_sparsity``: so many nonzeros are unique for every signal
      (``uniqueness.coherence``), by the last full certificate;
    - ``atoms_turned``: the largest angle in radians since that certificate; ``coherence_bound``:
      what the coherence is at most, by that angle alone (``training.certificate_drift``);
    - ``certificate_steps_left``: for how many steps that certificate stays valid at this pace; once
      it may no longer be, there is a new one, and the angle starts at 0.

    Parameters
    ----------
    encoder : SparseEncoder
    head : torch.nn.Linear
    radius : float
        At least 0.
    every : int
        Steps from one log to the next.
    to : callable
        ``to(name, value, step)``.
    inputs : tensor or array_like, shape (B, m)
        Signals to be measured, better not those of training.
    labels : tensor or array_like of int, shape (B,)
    prefix : str
        In front of all names.

    Raises
    ------
    InputError
        If an argument cannot be used.

    Examples
    --------
    >>> encoder, head = SparseEncoder(np.eye(2), penalty=0.5), torch.nn.Linear(2, 2).double()
    >>> head.weight.data, head.bias.data = torch.eye(2).double(), torch.zeros(2).double()
    >>> inputs, labels = [[2.0, 0.0], [0.0, 0.6]], [0, 1]
    >>> watch = TrainingWatch(
    ...     encoder, head, radius=0.2, every=10, to=print, inputs=inputs, labels=labels
    ... )
    >>> watch(0)
    accuracy 1.0 0
    active_share 0.5 0
    hoyer 1.0 0
    certified_share 0.5 0
    coherence 0.0 0
    certified_sparsity 2.0 0
    atoms_turned 0.0 0
    coherence_bound 0.0 0
    >>> watch(5)
    """

    def __init__(
        self,
        encoder: SparseEncoder,
        head: Any,
        *,
        radius: float,
        every: int,
        to: Callable[[str, float, int], Any],
        inputs: Any,
        labels: Any,
        prefix: str = "",
    ) -> None:
        if not (math.isfinite(radius) and radius >= 0):
            raise InputError("radius", radius, "a finite number that is at least 0")
        if every < 1:
            raise InputError("every", every, "an integer that is at least 1")
        if not callable(to):
            raise InputError("to", to, "a callable of name, value and step")
        self.inputs = torch.as_tensor(inputs, dtype=encoder.atoms.dtype)
        self.labels = np.asarray(labels, dtype=int)
        if not len(self.inputs) or self.labels.shape != (len(self.inputs),):
            raise InputError("labels.shape", self.labels.shape, "(B,), one an input, B at least 1")
        self.encoder, self.head = encoder, head
        self.radius, self.every, self.to, self.prefix = radius, every, to, prefix
        self._certificate: tuple[Any, float, int, int] | None = None

    def __call__(self, step: int) -> None:
        """Log, if it is time to."""
        if step % self.every == 0:
            for name, value in self.measured(step).items():
                self.to(self.prefix + name, value, step)

    def measured(self, step: int) -> dict[str, float]:
        """Compute all that is logged."""
        with torch.no_grad():
            features = self.encoder(self.inputs)
            codes, gaps = features.codes.double().numpy(), features.gaps.double().numpy()
        a = to_numpy(self.encoder, self.head)
        D, V, b, ridge = a["D"], a["V"], a["b"], float(a["ridge"])
        radii = certified_radii(codes, gaps, D, V, b, self.labels, ridge=ridge)
        right = (codes @ V.T + b).argmax(axis=1) == self.labels
        return {
            "accuracy": float(right.mean()),
            "active_share": float((codes != 0).mean()),
            "hoyer": hoyer_sparsity(codes),
            "certified_share": float((radii > self.radius).mean()),
            **self._drift(D, step),
        }

    def _drift(self, D: Any, step: int) -> dict[str, float]:
        mu, n = coherence_of(D), D.shape[1]
        here = (D, mu, sparsity_of(mu, n), step)
        reference, start, sparsity, since = self._certificate or here
        angle, allowed = turned(reference, D), allowed_turn(start, sparsity)
        if self._certificate is None or angle >= allowed:
            self._certificate = here
        found = {
            "coherence": mu,
            "certified_sparsity": float(sparsity),
            "atoms_turned": angle,
            "coherence_bound": drifted_coherence(start, angle),
        }
        if angle > 0 and step > since:
            left = max(0.0, allowed / angle - 1) * (step - since)
            found["certificate_steps_left"] = left
        return found
