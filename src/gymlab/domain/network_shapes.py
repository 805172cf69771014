"""What goes through a network: the shape after each layer, and how many parameters it has.

Plain arithmetic, so that a form can show it before anything is imported. A shape is a tuple
without the batch: (n,) is a vector, (C, H, W) a picture of C channels.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.networks import (
    MAX_PARAMETERS,
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

Shape = tuple[int, ...]
ObservationKind = Literal["vector", "grid", "picture"]
"""What a default network is chosen by: `grid` is a picture of few pixels, such as a board."""

_SMALLEST_PICTURE = 36
_LSTM_GATES, _GRU_GATES = 4, 3


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One layer as the form shows it."""

    type: str
    """Kind of layer."""
    shape: Shape | None
    """What comes out; None from the first impossible layer on."""
    num_parameters: int
    """Weights and biases of this layer."""
    problem: str | None = None
    """Why the layer cannot stand here."""
    hint: str | None = None
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """A whole network on one observation."""

    input_shape: Shape
    """What goes in."""
    layers: tuple[LayerReport, ...]
    """Hidden layers of the actor or of the action values."""
    critic_layers: tuple[LayerReport, ...]
    """Hidden layers of the critic; empty where it has none of its own."""
    heads: Mapping[str, int]
    """Output layer -> numbers that come out."""
    num_parameters: int
    """All weights and biases, output layers included."""
    problems: tuple[str, ...] = field(default_factory=tuple)
    """Why the network cannot be built; empty where it can."""


def input_shape(space: SpaceInfo) -> Shape | None:  # noqa: PLR0911 - one line per kind
    """Return what a network sees of an observation; None where it cannot see it.

    Choices become one-hot vectors. Boxes with three dimensions keep them, channels first; 8-bit
    boxes with two get one channel; all others are laid out as vectors.
    """
    shape = tuple(space.shape or ())
    match space.type:
        case "Discrete":
            return (space.n or 0,)
        case "MultiDiscrete":
            return (sum(space.nvec or ()),)
        case "MultiBinary":
            return (math.prod(shape),)
        case "Box" if len(shape) == 3:
            return shape if is_channels_first(shape) else (shape[2], shape[0], shape[1])
        case "Box" if len(shape) == 2 and space.dtype == "uint8":
            return (1, *shape)
        case "Box":
            return (math.prod(shape),)
        case _:
            return None


def is_channels_first(shape: Shape) -> bool:
    """Tell where the channels of a picture are: in the smallest dimension, the last in doubt."""
    return shape[0] < shape[2] and shape[0] < shape[1]


def observation_kind(shape: Shape) -> ObservationKind:
    """Say which default network fits an input."""
    if len(shape) != 3:
        return "vector"
    return "picture" if min(shape[1:]) >= _SMALLEST_PICTURE else "grid"


def action_outputs(space: SpaceInfo) -> int | None:
    """Return how many numbers describe an action or its distribution; None where unsupported."""
    match space.type:
        case "Discrete":
            return space.n
        case "MultiDiscrete":
            return sum(space.nvec or ())
        case "MultiBinary" | "Box":
            return math.prod(space.shape or ())
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Traits:
    """What an algorithm and its runner can build."""

    may_remember: bool
    missing_layers: frozenset[str]


def report_network(
    spec: NetworkSpec,
    observation: Shape,
    heads: Mapping[str, int],
    *,
    may_remember: bool = True,
    extra_parameters: int = 0,
    missing_layers: Collection[str] = (),
) -> NetworkReport:
    """Follow an observation through a network.

    Args:
        spec: The network.
        observation: Shape of what goes in.
        heads: Output layer -> numbers that come out. `value` reads the critic's layers, where it
            has its own; all others the first.
        may_remember: Whether the algorithm can train lstm and gru.
        extra_parameters: Learnt numbers beside the layers, such as standard deviations.
        missing_layers: Kinds of layers that the runner has not.
    """
    traits = _Traits(may_remember, frozenset(missing_layers))
    actor, width = _follow(spec.layers, observation, traits)
    is_split = "value" in heads and spec.trunk == "separate" and len(heads) > 1
    critic, critic_width = (
        _follow(spec.layers_of_critic, observation, traits) if is_split else ((), width)
    )
    problems = [*_problems(actor, ""), *(_problems(critic, "critic: ") if is_split else ())]
    total = extra_parameters + sum(layer.num_parameters for layer in (*actor, *critic))
    for name, outputs in heads.items():
        total += _affine(critic_width if name == "value" else width, outputs)
    if total > MAX_PARAMETERS:
        problems.append(f"{total:,} parameters are too many; at most {MAX_PARAMETERS:,} fit.")
    return NetworkReport(observation, actor, critic, dict(heads), total, tuple(problems))


def _problems(layers: tuple[LayerReport, ...], prefix: str) -> list[str]:
    return [
        f"{prefix}Layer {idx} ({layer.type}): {layer.problem}"
        for idx, layer in enumerate(layers, start=1)
        if layer.problem is not None
    ]


def _follow(
    layers: tuple[Layer, ...], observation: Shape, traits: _Traits
) -> tuple[tuple[LayerReport, ...], int]:
    """Return one report per layer, and the width of the vector at the end; 0 without one."""
    found: list[LayerReport] = []
    shape: Shape | None = observation
    for layer in layers:
        if shape is None:
            found.append(LayerReport(layer.type, None, 0))
            continue
        report = _report(layer, shape, traits)
        found.append(report)
        shape = report.shape
    if shape is not None and len(shape) == 3:
        last = found[-1]
        problem = f"the network ends with a picture {text_of(shape)}, but the output needs a vector"
        found[-1] = LayerReport(
            last.type, last.shape, last.num_parameters, f"{problem}.", "Add flatten at the end."
        )
        return tuple(found), 0
    return tuple(found), 0 if shape is None else shape[0]


def _report(  # noqa: PLR0911 - one line per kind
    layer: Layer, shape: Shape, traits: _Traits
) -> LayerReport:
    if layer.type in traits.missing_layers:
        problem = "this engine does not have it."
        hint = "Remove it, or choose another engine with the same algorithm."
        return LayerReport(layer.type, None, 0, problem, hint)
    match layer:
        case Conv2d():
            return _convolution(layer, shape)
        case Flatten():
            return LayerReport("flatten", (math.prod(shape),), 0)
        case LayerNorm():
            return LayerReport("layer_norm", shape, 2 * math.prod(shape))
        case Dropout():
            return LayerReport("dropout", shape, 0)
        case Dense() | Lstm() | Gru() if len(shape) == 3:
            problem = f"it needs a vector, but gets a picture {text_of(shape)}."
            return LayerReport(layer.type, None, 0, problem, "Add flatten before it.")
        case Dense():
            return LayerReport("dense", (layer.units,), _affine(shape[0], layer.units))
        case Lstm() | Gru() if not traits.may_remember:
            problem = "this algorithm learns from single transitions, without a memory."
            hint = "Remove it, or choose an algorithm that learns from whole rollouts."
            return LayerReport(layer.type, None, 0, problem, hint)
        case Lstm() | Gru():
            gates = _LSTM_GATES if layer.type == "lstm" else _GRU_GATES
            count = gates * layer.units * (shape[0] + layer.units + 2)
            return LayerReport(layer.type, (layer.units,), count)


def _convolution(layer: Conv2d, shape: Shape) -> LayerReport:
    if len(shape) != 3:
        problem = f"it needs a picture, but gets a vector of {shape[0]:,} numbers."
        return LayerReport("conv2d", None, 0, problem, "Use dense, or remove it.")
    channels, *sides = shape
    out = [(side + 2 * layer.padding - layer.kernel_size) // layer.stride + 1 for side in sides]
    if min(out) < 1:
        problem = f"filters of {layer.kernel_size} x {layer.kernel_size} pixels are larger than the picture {text_of(shape)}."
        return LayerReport("conv2d", None, 0, problem, "Make kernel_size smaller or add padding.")
    count = layer.filters * (channels * layer.kernel_size**2 + 1)
    return LayerReport("conv2d", (layer.filters, *out), count)


def _affine(inputs: int, outputs: int) -> int:
    return (inputs + 1) * outputs if inputs else 0


def text_of(shape: Shape) -> str:
    """Return a shape for people."""
    return " x ".join(map(str, shape))
