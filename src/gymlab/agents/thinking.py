"""What a network makes of an observation, as numbers for pictures.

Nothing here changes a network, its memory or a generator.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math

import numpy as np
import torch
from torch import Tensor, nn

from gymlab.agents.networks import ACTIVATIONS, Memory, Trunk
from gymlab.protocol.parts import LayerThoughts, Observation, WeightHistogram

MAX_VALUES = 64
MAX_LAYERS = 8
MAX_SEEN = 128
"""Numbers of a vector that are shown one by one."""
MAX_SIDE, MAX_PLANES = 24, 4
MAX_ONES = 64
NUM_BINS = 24
_DIGITS = 4

_SPEAKING = (*ACTIVATIONS.values(), nn.LayerNorm, nn.LSTM, nn.GRU)
"""Modules behind which a layer's numbers are looked at."""
_TITLES: dict[type[nn.Module], str] = {
    nn.Linear: "dense",
    nn.Conv2d: "conv2d",
    nn.LayerNorm: "layer_norm",
    nn.LSTM: "lstm",
    nn.GRU: "gru",
}


def numbers(values: Tensor) -> list[float]:
    """Return finite numbers of few digits."""
    flat = values.detach().reshape(-1).double().cpu().numpy()
    return [round(value, _DIGITS) for value in np.nan_to_num(flat).tolist()]


def observation_seen(inputs: Tensor) -> Observation:
    """Return what a network is given, so small that it can be sent with every picture.

    Args:
        inputs: (1, n) or (1, C, H, W), normalised as the network gets it.
    """
    shown = inputs[0].detach()
    if shown.dim() == 3:
        shown = shown[-MAX_PLANES:]
        rows, columns = (math.ceil(side / MAX_SIDE) for side in shown.shape[1:])
        shown = shown[:, ::rows, ::columns]
        return Observation(list(shown.shape), numbers(shown))
    if len(shown) <= MAX_SEEN:
        return Observation([len(shown)], numbers(shown))
    places = shown.nonzero().reshape(-1)
    is_one_hot = len(places) <= MAX_ONES and bool((shown[places] == 1).all())
    return Observation([len(shown)], [], places.tolist() if is_one_hot else [])


@torch.no_grad()
def layer_thoughts(trunk: Trunk, inputs: Tensor, memory: Memory) -> list[LayerThoughts]:
    """Return what each hidden layer says to one observation.

    Args:
        trunk: Hidden layers, in evaluation mode.
        inputs: (1, ...) observation as the network sees it.
        memory: State before it.
    """
    found: list[LayerThoughts] = []
    title = ""
    begins = torch.zeros(1, 1, dtype=torch.bool, device=inputs.device)
    for name, module in trunk.named_children():
        title = _TITLES.get(type(module), title)
        if isinstance(module, nn.LSTM | nn.GRU):
            alone = Trunk([module])
            outputs, _ = alone.through_time(inputs[None], {"0": memory[name]}, begins)
            inputs = outputs[0]
        else:
            inputs = module(inputs)
        if isinstance(module, _SPEAKING) and len(found) < MAX_LAYERS:
            units = inputs[0].mean((1, 2)) if inputs.dim() == 4 else inputs[0]
            spread = units[:: math.ceil(len(units) / MAX_VALUES)]
            found.append(LayerThoughts(f"{len(found) + 1} {title}", len(units), numbers(spread)))
    return found


@torch.no_grad()
def weight_histograms(network: nn.Module) -> list[WeightHistogram]:
    """Return how the weights of each layer are spread, biases left out."""
    found: list[WeightHistogram] = []
    for name, parameter in network.named_parameters():
        if parameter.dim() < 2 or len(found) == MAX_LAYERS:
            continue
        weights = parameter.detach().reshape(-1).cpu().numpy()
        if not np.isfinite(weights).all():
            continue
        counts, edges = np.histogram(weights, NUM_BINS)
        low, high = float(edges[0]), float(edges[-1])
        found.append(WeightHistogram(name.removesuffix(".weight"), low, high, counts.tolist()))
    return found
