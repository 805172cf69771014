"""The torch networks are what the plain arithmetic says."""
# pyright: reportUnknownMemberType=false

from typing import Any

import pytest
import torch

from gymlab.agents.default_networks import ACTION_VALUE_DEFAULTS, ACTOR_CRITIC_DEFAULTS
from gymlab.agents.networks import build_layers, initialize_orthogonally, scaled_input
from gymlab.domain.network_shapes import report_network
from gymlab.domain.networks import NetworkSpec
from gymlab.errors import InvalidInputError

NETWORKS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "every activation": (
        {
            "layers": [
                {"type": "dense", "units": 5, "activation": name}
                for name in ("relu", "leaky_relu", "tanh", "sigmoid", "linear", "gelu", "silu")
            ]
        },
        (3,),
    ),
    "norm and dropout": (
        {"layers": [{"type": "dense", "units": 6}, {"type": "layer_norm"}, {"type": "dropout"}]},
        (3,),
    ),
    "convolutions": (
        {
            "layers": [
                {"type": "conv2d", "filters": 4, "kernel_size": 3, "stride": 2, "padding": 1},
                {"type": "layer_norm"},
                {"type": "conv2d", "filters": 2, "kernel_size": 2},
                {"type": "flatten"},
                {"type": "dense", "units": 7},
            ]
        },
        (3, 9, 11),
    ),
    "memory": (
        {
            "layers": [
                {"type": "dense", "units": 6},
                {"type": "lstm", "units": 5},
                {"type": "gru", "units": 4},
            ]
        },
        (3,),
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_shapes_and_parameters_agree_with_torch(name: str) -> None:
    """Width at the end and number of parameters are the same."""
    document, shape = NETWORKS[name]
    spec = NetworkSpec.model_validate(document)
    report = report_network(spec, shape, {"q": 3})
    trunk, width = build_layers(spec.layers, shape)
    output = torch.nn.Linear(width, 3)

    begins = torch.zeros(2, 4, dtype=torch.bool)
    memory = trunk.empty_memory(4, torch.device("cpu"))
    features, _ = trunk.through_time(torch.zeros(2, 4, *shape), memory, begins)
    count = sum(part.numel() for module in (trunk, output) for part in module.parameters())
    assert report.problems == ()
    assert features.shape == (2, 4, width)
    assert report.layers[-1].shape == (width,)
    assert report.num_parameters == count


@pytest.mark.parametrize("defaults", [ACTOR_CRITIC_DEFAULTS, ACTION_VALUE_DEFAULTS])
def test_defaults_can_be_built(defaults: Any) -> None:
    """There is one for every kind of observation."""
    for kind, shape in (("vector", (4,)), ("grid", (3, 10, 10)), ("picture", (4, 84, 84))):
        assert report_network(defaults[kind], shape, {"q": 2}).problems == ()
        build_layers(defaults[kind].layers, shape)


def test_an_impossible_network_is_not_built() -> None:
    """The reason is the report's."""
    spec = NetworkSpec.model_validate({"layers": [{"type": "conv2d", "filters": 2}]})
    with pytest.raises(InvalidInputError, match="needs a picture"):
        build_layers(spec.layers, (4,))


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_memory_is_the_same_step_by_step_and_in_one_piece(kind: str) -> None:
    """An episode that begins in the middle forgets, the others do not."""
    torch.manual_seed(0)
    spec = NetworkSpec.model_validate({"layers": [{"type": kind, "units": 4}]})
    trunk, _ = build_layers(spec.layers, (3,))
    inputs = torch.randn(6, 2, 3)
    begins = torch.zeros(6, 2, dtype=torch.bool)
    begins[3, 1] = True
    memory = trunk.empty_memory(2, torch.device("cpu"))
    whole, after = trunk.through_time(inputs, memory, begins)

    steps: list[torch.Tensor] = []
    for t in range(6):
        output, memory = trunk.through_time(inputs[t : t + 1], memory, begins[t : t + 1])
        steps.append(output)
    torch.testing.assert_close(torch.cat(steps), whole)
    torch.testing.assert_close(memory["0"], after["0"])

    fresh = trunk.empty_memory(1, torch.device("cpu"))
    alone, _ = trunk.through_time(inputs[3:, 1:], fresh, begins[:3, 1:] & False)
    torch.testing.assert_close(alone[:, 0], whole[3:, 1])


def test_orthogonal_weights() -> None:
    """Rows are orthogonal and as long as the gain; biases are 0."""
    layer = torch.nn.Linear(8, 4)
    initialize_orthogonally(layer, 2.0)
    torch.testing.assert_close(layer.weight @ layer.weight.T, 4.0 * torch.eye(4))
    assert not layer.bias.any()


def test_bytes_become_shares_of_full_brightness() -> None:
    """Numbers stay what they are."""
    assert scaled_input(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [0.0, 1.0]
    assert scaled_input(torch.tensor([300.0])).tolist() == [300.0]
