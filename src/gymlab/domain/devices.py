"""When a network gains from an accelerator: one rule for the server, which plans, and the worker."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

GAIN_PARAMETERS = 1_000_000
"""Weights from which a network gains from an accelerator; below, copying costs more."""
MIN_IMAGE_PIXELS = 32 * 32
_NAMES_OF_NETWORKS = ("arch", "layers", "network")


def gains_from_accelerator(
    hyperparameters: Mapping[str, Any],
    *,
    num_inputs: int,
    observation_shapes: Sequence[Sequence[int]],
) -> bool:
    """Tell whether a run is expected to train faster on an accelerator.

    Args:
        hyperparameters: The run's.
        num_inputs: Length of a flattened observation.
        observation_shapes: Shape of every part of an observation.
    """
    if sees_images(observation_shapes):
        return True
    return estimate_parameters(hyperparameters, num_inputs) >= GAIN_PARAMETERS


def sees_images(observation_shapes: Sequence[Sequence[int]]) -> bool:
    """Tell whether any part of an observation is a picture, which convolutions read."""
    return any(
        len(shape) == 3 and sorted(shape)[1] * sorted(shape)[2] >= MIN_IMAGE_PIXELS
        for shape in observation_shapes
    )


def estimate_parameters(hyperparameters: Mapping[str, Any], num_inputs: int) -> int:
    """Estimate the weights of a fully connected network from its layer widths.

    Args:
        hyperparameters: The run's. Any list of whole numbers under a name with `arch` or `layers`,
            also inside a mapping, counts as one network's hidden layers; so does a list of layers
            that have `units`.
        num_inputs: Length of a flattened observation.
    """
    return sum(
        sum(a * b for a, b in zip((num_inputs, *widths), widths, strict=False))
        for name, value in hyperparameters.items()
        if any(part in name for part in _NAMES_OF_NETWORKS)
        for widths in _width_lists(value)
    )


def _width_lists(value: Any) -> list[list[int]]:
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).values()
        return [widths for item in items for widths in _width_lists(item)]
    if isinstance(value, list | tuple):
        items = [_width(item) for item in cast("Sequence[Any]", value)]
        widths = [width for width in items if width is not None]
        return [widths] if widths else []
    return []


def _width(layer: Any) -> int | None:
    units = cast("Mapping[str, Any]", layer).get("units") if isinstance(layer, Mapping) else layer
    return units if isinstance(units, int) else None
