"""Which device computes the networks of a run."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from gymnasium import spaces

from gymlab.domain.runs import Device, RunSpec
from gymlab.errors import UnavailableError

GAIN_PARAMETERS = 1_000_000
"""Weights from which a network gains from an accelerator; below, copying costs more."""
MIN_IMAGE_PIXELS = 32 * 32


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
    return resolve_device(
        spec.device,
        num_parameters=estimate_parameters(spec.hyperparameters, num_inputs),
        sees_images=sees_images([leaf.shape or () for leaf in leaves]),
        accelerators=accelerators,
    )


def resolve_device(
    wanted: Device, *, num_parameters: int, sees_images: bool, accelerators: Accelerators
) -> str:
    """Return the torch name of the device of a run.

    Args:
        wanted: What the specification asks for.
        num_parameters: Estimated weights of the network.
        sees_images: Whether observations are pictures, which convolutions read.
        accelerators: What the machine has.

    Raises:
        UnavailableError: The device that was asked for is not there.
    """
    if wanted is Device.CPU:
        return "cpu"
    if wanted is Device.AUTO:
        if num_parameters < GAIN_PARAMETERS and not sees_images:
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


def sees_images(observation_shapes: Sequence[Sequence[int]]) -> bool:
    """Tell whether any part of an observation is a picture."""
    return any(
        len(shape) == 3 and sorted(shape)[1] * sorted(shape)[2] >= MIN_IMAGE_PIXELS
        for shape in observation_shapes
    )


def estimate_parameters(hyperparameters: Mapping[str, Any], num_inputs: int) -> int:
    """Estimate the weights of a fully connected network from its layer widths.

    Args:
        hyperparameters: The run's; any list of whole numbers under a name with `arch` or
            `layers`, also inside a mapping, counts as one network's hidden layers.
        num_inputs: Length of a flattened observation.
    """
    return sum(
        sum(a * b for a, b in zip((num_inputs, *widths), widths, strict=False))
        for name, value in hyperparameters.items()
        if "arch" in name or "layers" in name
        for widths in _width_lists(value)
    )


def _width_lists(value: Any) -> list[list[int]]:
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).values()
        return [widths for item in items for widths in _width_lists(item)]
    if isinstance(value, list):
        widths = [item for item in cast("list[Any]", value) if isinstance(item, int)]
        return [widths] if widths else []
    return []


def _leaves(space: spaces.Space[Any]) -> list[spaces.Space[Any]]:
    parts: list[spaces.Space[Any]] = []
    if isinstance(space, spaces.Dict):
        parts = list(cast("Mapping[str, spaces.Space[Any]]", space).values())
    elif isinstance(space, spaces.Tuple):
        parts = list(cast("Iterable[spaces.Space[Any]]", space))
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [space]
