"""Why a specification cannot be trained, said before anything starts."""

from collections.abc import Iterator

from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.refusing import find_problems as find_problems_of
from gymlab.domain.networks import Layer, NetworkSpec
from gymlab.domain.runs import Device, RunSpec
from gymlab.runners.turbo.algorithms import CONFIGS, MISSING_LAYERS, config_of
from gymlab.runners.turbo.choosing import read_manifest
from gymlab.runners.turbo.memory import memory_problem


def find_problems(spec: RunSpec) -> list[str]:
    """Return one sentence per reason; empty where the specification can be trained."""
    problems = find_problems_of(spec, read_manifest(), CONFIGS)
    if problems:
        return problems
    config = config_of(spec)
    return [
        *_layer_problems(config),
        *_device_problems(spec),
        *memory_problem(spec, config),
    ]


def _layer_problems(config: AgentConfig) -> Iterator[str]:
    network = getattr(config, "network", None)
    if not isinstance(network, NetworkSpec):
        return
    layers: tuple[Layer, ...] = (*network.layers, *(network.critic_layers or ()))
    named = sorted({layer.type for layer in layers if layer.type in MISSING_LAYERS})
    if named:
        yield (
            f"{' and '.join(named)} layers are not compiled here. Remove them, or choose another "
            "engine with the same algorithm."
        )


def _device_problems(spec: RunSpec) -> Iterator[str]:
    if spec.device in {Device.CUDA, Device.MPS}:
        yield f"This runner computes on the processor; device {spec.device.value} is not used. Choose auto or cpu."
