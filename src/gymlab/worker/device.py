"""Which device computes the networks of a run."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, cast

from gymnasium import spaces

from gymlab.domain.devices import gains_from_accelerator
from gymlab.domain.runs import Device, RunSpec
from gymlab.errors import UnavailableError


class Accelerators(Protocol):
    """What this machine has."""

    def has_cuda(self) -> bool:
        """Whether an NVIDIA GPU can be used."""
        ...

    def has_mps(self) -> bool:
        """Whether an Apple GPU can be used."""
        ...


class TorchAccelerators:
    """What torch sees, when torch is loaded at all."""

    def has_cuda(self) -> bool:
        """Ask torch for CUDA."""
        torch = sys.modules.get("torch")
        return torch is not None and bool(torch.cuda.is_available())

    def has_mps(self) -> bool:
        """Ask torch for Metal."""
        torch = sys.modules.get("torch")
        return torch is not None and bool(torch.backends.mps.is_available())


def device_of_run(
    spec: RunSpec, observation_space: spaces.Space[Any], accelerators: Accelerators
) -> str:
    """Return the torch name of the device of a run.

    Raises:
        UnavailableError: The device that was asked for is not there.
    """
    leaves = _leaves(observation_space)
    num_inputs = sum(spaces.flatdim(leaf) for leaf in leaves if leaf.is_np_flattenable)
    gains = gains_from_accelerator(
        spec.hyperparameters,
        num_inputs=num_inputs,
        observation_shapes=[leaf.shape or () for leaf in leaves],
    )
    return resolve_device(spec.device, gains=gains, accelerators=accelerators)


def resolve_device(wanted: Device, *, gains: bool, accelerators: Accelerators) -> str:
    """Return the torch name of the device of a run.

    Args:
        wanted: What the specification asks for.
        gains: Whether the run is expected to train faster on an accelerator.
        accelerators: What the machine has.

    Raises:
        UnavailableError: The device that was asked for is not there.
    """
    if wanted is Device.CPU:
        return "cpu"
    if wanted is Device.AUTO:
        if not gains:
            return "cpu"
        if accelerators.has_cuda():
            return "cuda"
        return "mps" if accelerators.has_mps() else "cpu"
    present = accelerators.has_cuda() if wanted is Device.CUDA else accelerators.has_mps()
    if not present:
        raise UnavailableError(
            f"This run asks for the device {wanted.value}, which is not present here.",
            hint="Choose the device auto or cpu.",
        )
    return wanted.value


def _leaves(space: spaces.Space[Any]) -> list[spaces.Space[Any]]:
    parts: list[spaces.Space[Any]] = []
    if isinstance(space, spaces.Dict):
        parts = list(cast("Mapping[str, spaces.Space[Any]]", space).values())
    elif isinstance(space, spaces.Tuple):
        parts = list(cast("Iterable[spaces.Space[Any]]", space))
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [space]
