"""Watches log to any callable; networks come back from files."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

training = import_module("sparsebound.checks.training")
drift = import_module("sparsebound.checks.training.drift")
InputError = import_module("sparsebound").InputError
NAMES = {
    *("accuracy", "active_share", "hoyer", "certified_share", "coherence", "certified_sparsity"),
    *("atoms_turned", "coherence_bound"),
}


def network() -> dict[str, Any]:
    """An encoder, a head, inputs and labels, as a watch wants them."""
    encoder = training.SparseEncoder((8, 6), penalty=0.3)
    head = torch.nn.Linear(6, 3).double()
    inputs = torch.randn(9, 8)
    labels = head(encoder(inputs).codes).argmax(1)
    return {"encoder": encoder, "head": head, "inputs": inputs, "labels": labels}


class SummaryWriter:
    """TensorBoard's, as far as its signature goes."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float, int]] = []

    def add_scalar(
        self,
        tag: str,
        scalar_value: float,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,
    ) -> None:
        assert global_step is not None
        assert walltime is None
        self.calls.append((tag, scalar_value, global_step))


def test_tensorboard() -> None:
    writer = SummaryWriter()
    watch = training.Watch(**network(), radius=0.1, every=5, to=writer.add_scalar)
    for step in range(11):
        watch(step)
    assert {(name, step) for name, _, step in writer.calls} >= {
        (name, step) for name in NAMES for step in (0, 5, 10)
    }
    assert all(isinstance(value, float) for _, value, _ in writer.calls)
    assert {step for _, _, step in writer.calls} == {0, 5, 10}


def test_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    training.Watch(**network(), radius=0.1, every=1, to=print, prefix="test/")(3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "test/accuracy 1.0 3"
    assert {line.split()[0].removeprefix("test/") for line in lines} == NAMES


def test_lightning() -> None:
    """``self.log(name, value, prog_bar, logger, ...)`` counts steps itself."""

    class Module:
        global_step = 0
        logged: dict[str, float]

        def log(self, name: str, value: float, prog_bar: bool = False) -> None:
            assert prog_bar is False
            self.logged[name] = value

        def on_train_start(self) -> None:
            def to(name: str, value: float, step: int) -> None:
                self.log(name, value)

            self.logged = {}
            self.watch = training.Watch(**network(), radius=0.1, every=2, to=to)

        def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
            self.watch(self.global_step)

    module = Module()
    module.on_train_start()
    module.on_train_batch_end(None, None, 0)
    assert set(module.logged) == NAMES


def test_a_callback_of_a_trainer() -> None:
    logged = []

    class Trainer:
        def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
            logged.append(logs)

    trainer = Trainer()

    def to(name: str, value: float, step: int) -> None:
        trainer.log({name: value})

    watch = training.Watch(**network(), radius=0.1, every=2, to=to)

    class Watching:
        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            watch(state.global_step)

    state = type("TrainerState", (), {"global_step": 4})()
    Watching().on_step_end(None, state, None, model=None)
    assert {name for logs in logged for name in logs} == NAMES


def test_what_is_logged() -> None:
    """The certified share is that of exact features; training and its gradients are left alone."""
    given, radius = network(), 0.05
    watch = training.Watch(**given, radius=radius, every=1, to=print)
    found = watch.measured(0)
    features = given["encoder"](given["inputs"])
    assert found["active_share"] == float(features.support.double().mean())
    assert 0 < found["certified_share"] <= found["accuracy"] == 1
    none = training.Watch(**given, radius=1e9, every=1, to=print).measured(0)
    assert none["certified_share"] == 0
    assert given["encoder"].atoms.grad is None


def test_a_certificate_is_kept_until_atoms_have_turned_too_far() -> None:
    given = network()
    encoder = given["encoder"]
    with torch.no_grad():  # orthogonal: every support is unique
        encoder.atoms.copy_(torch.linalg.qr(torch.randn(8, 6).double()).Q)
    watch = training.Watch(**given, radius=0.1, every=1, to=print)
    first = watch.measured(0)
    assert first["certified_sparsity"] > 1
    assert first["coherence"] < 1e-12
    assert "certificate_steps_left" not in first
    left, turned = [], []
    for step in range(1, 40):
        with torch.no_grad():
            encoder.atoms[:, 0] += 0.02 * encoder.atoms[:, 1]
        encoder.normalise()
        found = watch.measured(step)
        turned.append(found["atoms_turned"])
        left.append(found["certificate_steps_left"])
        assert found["coherence"] <= found["coherence_bound"] + 1e-12
        limit = 1 / (2 * found["certified_sparsity"] - 1) if left[-1] else 1.0
        assert found["coherence"] <= limit
    renewed = left.index(0.0)
    assert all(a > b for a, b in pairwise(left[: renewed + 1]))
    assert turned[renewed + 1] < turned[renewed]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"radius": -1.0}, "radius is -1.0"),
        ({"every": 0}, "every is 0"),
        ({"to": None}, "to is None; expected a callable"),
        ({"labels": [0]}, r"labels.shape is \(1,\)"),
        ({"inputs": torch.zeros(0, 8), "labels": []}, r"labels.shape is \(0,\)"),
    ],
)
def test_what_cannot_be_watched(change: dict[str, Any], message: str) -> None:
    arguments = network() | {"radius": 0.1, "every": 1, "to": print} | change
    with pytest.raises(InputError, match=message):
        training.Watch(**arguments)


def test_a_network_comes_back_from_its_file(tmp_path: Any) -> None:
    given = network()
    encoder, head, inputs = given["encoder"], given["head"], given["inputs"]
    training.save(tmp_path / "network.npz", encoder, head)
    with np.load(tmp_path / "network.npz") as arrays:
        assert set(arrays) == {"D", "lam", "V", "b", "ridge"}
        back, read = training.from_numpy(arrays)
    expected = head(encoder(inputs).codes).detach()
    np.testing.assert_allclose(read(back(inputs).codes).detach(), expected, atol=1e-12)
    bare = training.to_numpy(encoder, torch.nn.Linear(6, 3, bias=False))
    assert not bare["b"].any()
    with pytest.raises(InputError, match=r"head.weight.shape is \(3, 5\)"):
        training.to_numpy(encoder, torch.nn.Linear(5, 3))
    with pytest.raises(InputError, match="expected an array lam"):
        training.from_numpy({"D": np.eye(2)})
    with torch.no_grad():
        head.bias[0] = torch.nan
    with pytest.raises(InputError, match=r"b is .*finite"):
        training.to_numpy(encoder, head)
