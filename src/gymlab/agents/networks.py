"""Layers as data -> torch modules with a plain state dict.

T timesteps, B episodes side by side, N rows. `gymlab.domain.network_shapes` says the same shapes
without torch; a test compares.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from gymlab.domain.network_shapes import Shape, report_network
from gymlab.domain.networks import (
    Activation,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    Gru,
    Layer,
    LayerNorm,
    Lstm,
    NetworkSpec,
)
from gymlab.errors import InvalidInputError

ACTIVATIONS: Mapping[Activation, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
}

Memory = dict[str, Tensor]
"""Name of a recurrent layer -> its state, (S, B, U): S = 2 for lstm (hidden, cell), 1 for gru."""

_PIXEL_RANGE = 255.0


def build_layers(layers: Sequence[Layer], input_shape: Shape) -> tuple["Trunk", int]:
    """Build hidden layers.

    Args:
        layers: What `report_network` found possible.
        input_shape: Shape of one observation.

    Returns:
        The module, and the width of what comes out.
    """
    modules: list[nn.Module] = []
    shape = input_shape
    for layer, report in zip(layers, _reports(layers, input_shape), strict=True):
        modules += _modules(layer, shape)
        shape = report
    return Trunk(modules), shape[0]


def _reports(layers: Sequence[Layer], input_shape: Shape) -> list[Shape]:
    report = report_network(NetworkSpec(layers=tuple(layers)), input_shape, {"q": 1})
    if report.problems:
        raise InvalidInputError(" ".join(report.problems))
    return [cast("Shape", layer.shape) for layer in report.layers]


def _modules(layer: Layer, shape: Shape) -> list[nn.Module]:  # noqa: PLR0911 - one line per kind
    match layer:
        case Dense():
            return [nn.Linear(shape[0], layer.units), ACTIVATIONS[layer.activation]()]
        case Conv2d():
            size, stride, padding = layer.kernel_size, layer.stride, layer.padding
            filters = nn.Conv2d(shape[0], layer.filters, size, stride, padding)
            return [filters, ACTIVATIONS[layer.activation]()]
        case Flatten():
            return [nn.Flatten()]
        case LayerNorm():
            return [nn.LayerNorm(list(shape))]
        case Dropout():
            return [nn.Dropout(layer.rate)]
        case Lstm():
            return [nn.LSTM(shape[0], layer.units)]
        case Gru():
            return [nn.GRU(shape[0], layer.units)]


class Trunk(nn.Sequential):
    """Hidden layers from an observation to a vector; `0.weight`, `2.weight`, ... by position."""

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        """Take the layers in order."""
        super().__init__(*modules)
        self.is_recurrent = any(isinstance(module, nn.LSTM | nn.GRU) for module in modules)

    def empty_memory(self, num_episodes: int, device: torch.device) -> Memory:
        """Return the state before an episode."""
        found: Memory = {}
        for name, module in self.named_children():
            if isinstance(module, nn.LSTM | nn.GRU):
                count = 2 if isinstance(module, nn.LSTM) else 1
                found[name] = torch.zeros(count, num_episodes, module.hidden_size, device=device)
        return found

    def through_time(self, inputs: Tensor, memory: Memory, begins: Tensor) -> tuple[Tensor, Memory]:
        """Follow B episodes over T timesteps.

        Args:
            inputs: (T, B, ...) observations.
            memory: State before the first timestep.
            begins: (T, B) whether an episode begins with the observation: the state is then 0.

        Returns:
            (T, B, U) features, and the state after the last timestep.
        """
        num_timesteps, num_episodes = inputs.shape[:2]
        rows = inputs.flatten(0, 1)
        after: Memory = {}
        for name, module in self.named_children():
            if isinstance(module, nn.LSTM | nn.GRU):
                sequence = rows.reshape(num_timesteps, num_episodes, -1)
                sequence, after[name] = _remember(module, sequence, memory[name], begins)
                rows = sequence.flatten(0, 1)
            else:
                rows = module(rows)
        return rows.reshape(num_timesteps, num_episodes, -1), after


def _remember(
    module: nn.LSTM | nn.GRU, sequence: Tensor, state: Tensor, begins: Tensor
) -> tuple[Tensor, Tensor]:
    """Run a recurrent layer in one piece between two timesteps at which an episode begins."""
    starts = [0, *(int(t) for t in begins[1:].any(dim=1).nonzero()[:, 0] + 1), len(sequence)]
    outputs: list[Tensor] = []
    for first, last in pairwise(starts):
        kept = state * (~begins[first])[None, :, None]
        if isinstance(module, nn.LSTM):
            output, (hidden, cell) = module(sequence[first:last], (kept[:1], kept[1:]))
            state = torch.cat((hidden, cell))
        else:
            output, state = module(sequence[first:last], kept)
        outputs.append(output)
    return torch.cat(outputs), state


def scaled_input(observations: Tensor) -> Tensor:
    """Return observations as floating point; bytes of a picture as shares of full brightness."""
    if observations.dtype == torch.uint8:
        return observations.float() / _PIXEL_RANGE
    return observations


def initialize_orthogonally(module: nn.Module, gain: float) -> None:
    """Draw orthogonal weights and set biases to 0. Source: Saxe et al. 2014, arXiv:1312.6120."""
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            nn.init.orthogonal_(part.weight, gain)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.LSTM | nn.GRU):
            for name, parameter in part.named_parameters():
                if "weight" in name:
                    nn.init.orthogonal_(parameter, 1.0)
                else:
                    nn.init.zeros_(parameter)
