"""The device is the cheapest one that gains."""

import numpy as np
import pytest
from gymnasium import spaces

from gymlab.domain.devices import GAIN_PARAMETERS, estimate_parameters
from gymlab.domain.runs import Device, RunSpec
from gymlab.errors import UnavailableError
from gymlab.worker.device import TorchAccelerators, device_of_run
from tests.unit.worker.shim_end import run_spec

VECTOR = spaces.Box(-1, 1, (8,))
IMAGES = spaces.Box(0, 255, (84, 84, 4), dtype=np.uint8)


class Machine:
    """A machine with or without accelerators."""

    def __init__(self, *, cuda: bool = False, mps: bool = False) -> None:
        self._cuda, self._mps = cuda, mps

    def has_cuda(self) -> bool:
        """Whether there is an NVIDIA GPU."""
        return self._cuda

    def has_mps(self) -> bool:
        """Whether there is an Apple GPU."""
        return self._mps


def device(
    wanted: Device, machine: Machine, space: spaces.Space[object] = VECTOR, arch: object = (64, 64)
) -> str:
    """Return the device of a run with these layers."""
    hyperparameters = {"net_arch": list(arch) if isinstance(arch, tuple) else arch}
    spec = RunSpec.model_validate(run_spec(device=wanted, hyperparameters=hyperparameters))
    return device_of_run(spec, space, machine)


@pytest.mark.parametrize(
    ("machine", "space", "arch", "expected"),
    [
        (Machine(), IMAGES, (64, 64), "cpu"),
        (Machine(cuda=True), VECTOR, (64, 64), "cpu"),
        (Machine(cuda=True), VECTOR, (1024, 1024), "cuda"),
        (Machine(cuda=True), VECTOR, {"pi": [64], "vf": [1024, 1024]}, "cuda"),
        (Machine(cuda=True), IMAGES, (64, 64), "cuda"),
        (Machine(mps=True), IMAGES, (64, 64), "mps"),
        (Machine(cuda=True), spaces.Dict({"a": VECTOR, "b": IMAGES}), (64, 64), "cuda"),
        (Machine(cuda=True), spaces.Tuple((VECTOR, VECTOR)), (64, 64), "cpu"),
        (Machine(cuda=True), spaces.Text(5), (64, 64), "cpu"),
    ],
)
def test_auto_takes_an_accelerator_only_where_it_gains(
    machine: Machine, space: spaces.Space[object], arch: object, expected: str
) -> None:
    """Small networks are faster on one core than on a GPU."""
    assert device(Device.AUTO, machine, space, arch) == expected


@pytest.mark.parametrize("wanted", [Device.CUDA, Device.MPS])
def test_a_device_that_was_asked_for_is_taken_or_refused(wanted: Device) -> None:
    """Nobody trains for hours on another device than they chose."""
    assert device(wanted, Machine(cuda=True, mps=True)) == wanted.value
    with pytest.raises(UnavailableError, match=wanted.value):
        device(wanted, Machine())


def test_the_cpu_is_always_there() -> None:
    """Also on a machine with a GPU."""
    assert device(Device.CPU, Machine(cuda=True), IMAGES) == "cpu"


def test_weights_are_counted_layer_by_layer() -> None:
    """Inputs times first layer, first times second, for every network."""
    assert estimate_parameters({"net_arch": [64, 32]}, 10) == 10 * 64 + 64 * 32
    assert estimate_parameters({"net_arch": {"pi": [4], "vf": [8]}}, 10) == 10 * 12
    assert estimate_parameters({"net_arch": None, "num_envs": 4096}, 10) == 0
    assert estimate_parameters({"net_arch": [1024, 1024]}, 4) > GAIN_PARAMETERS
    layers = [{"type": "dense", "units": 64}, {"type": "layer_norm"}, {"type": "dense", "units": 8}]
    network = {"layers": layers, "critic_layers": None}
    assert estimate_parameters({"network": network}, 10) == 10 * 64 + 64 * 8


def test_without_torch_there_is_no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runners without torch are not asked to import it."""
    monkeypatch.delitem(__import__("sys").modules, "torch", raising=False)
    machine = TorchAccelerators()
    assert (machine.has_cuda(), machine.has_mps()) == (False, False)
