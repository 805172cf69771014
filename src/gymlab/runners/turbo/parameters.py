"""All weights of a network as one vector, and back to their names.

The order and the shapes are those of the torch module's state dict, so that the file that is
written is the one that our PyTorch agents write.

P weights of a network.
"""
# pyright: reportUnknownMemberType=false

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import nn

from gymlab.agents.weights import POLICY_FILE, load_network
from gymlab.runner_api.runner import Members

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor lies in the vector."""

    name: str
    shape: tuple[int, ...]
    first: int

    @property
    def last(self) -> int:
        """The place behind its last number."""
        return self.first + math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where every tensor of a network lies."""

    places: tuple[Place, ...]

    @property
    def size(self) -> int:
        """P."""
        return self.places[-1].last if self.places else 0

    def split(self, vector: Any) -> dict[str, Any]:
        """Return the tensors by name; of NumPy vectors as views."""
        return {
            place.name: vector[place.first : place.last].reshape(place.shape)
            for place in self.places
        }

    def members(self, vector: FloatArray) -> dict[str, bytes]:
        """Return the file of a network with these weights."""
        tensors = {name: np.ascontiguousarray(part) for name, part in self.split(vector).items()}
        return {POLICY_FILE: save(tensors)}


def layout_of(module: nn.Module) -> Layout:
    """Return where the tensors of a torch module lie."""
    places: list[Place] = []
    first = 0
    for name, tensor in module.state_dict().items():
        place = Place(name, tuple(tensor.shape), first)
        places.append(place)
        first = place.last
    return Layout(tuple(places))


def vector_of(module: nn.Module) -> FloatArray:
    """Return the weights of a torch module as one vector (P,)."""
    parts: Mapping[str, Any] = module.state_dict()
    flat = [tensor.detach().cpu().numpy().reshape(-1) for tensor in parts.values()]
    return np.concatenate(flat).astype(np.float32)


def fill_module(module: nn.Module, tensors: Mapping[str, Any]) -> None:
    """Give a torch module weights by name, as copies."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            tensor.copy_(torch.from_numpy(tensors[name]))


def read_vector(module: nn.Module, members: Members) -> FloatArray:
    """Return the weights of a checkpoint.

    Args:
        module: A network of the form that is expected; it takes over the weights.
        members: The checkpoint's files.

    Raises:
        TrainingFailedError: The file is missing, damaged or of another network; both are named.
    """
    load_network(module, members)
    return vector_of(module)
