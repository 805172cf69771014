"""Networks as data: what is read, what is refused and in which words."""

from typing import Any

import pytest

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.network_shapes import (
    input_shape,
    observation_kind,
    report_network,
)
from gymlab.domain.networks import (
    MAX_LAYERS,
    NetworkSpec,
    is_network,
    network_text,
    read_network,
)

DENSE: dict[str, Any] = {"type": "dense", "units": 8, "activation": "relu"}


def test_the_shortest_network_is_complete() -> None:
    """What is left out has defaults."""
    spec, problems = read_network({"layers": [{"type": "dense", "units": 128}]})
    assert problems == []
    assert spec is not None
    assert spec.model_dump(mode="json") == {
        "layers": [{"type": "dense", "units": 128, "activation": "relu"}],
        "trunk": "separate",
        "critic_layers": None,
    }


@pytest.mark.parametrize(
    ("document", "field", "words"),
    [
        ([], "network", "is written as"),
        (None, "network", "is written as"),
        ("dense", "network", "is written as"),
        ({}, "network.layers", "missing"),
        ({"layers": "dense"}, "network.layers", "layers"),
        ({"layers": []}, "network.layers", "no layers"),
        ({"layers": [DENSE] * 10_000}, "network.layers", "10,000 layers; at most 32"),
        ({"layers": [{**DENSE, "units": -5}]}, "network.layers.0.units", "from 1 to 4,096"),
        ({"layers": [{**DENSE, "units": 2.5}]}, "network.layers.0.units", "whole number"),
        ({"layers": [{**DENSE, "units": "8"}]}, "network.layers.0.units", "whole number"),
        ({"layers": [{**DENSE, "units": True}]}, "network.layers.0.units", "whole number"),
        ({"layers": [{**DENSE, "units": 10**30}]}, "network.layers.0.units", "from 1 to 4,096"),
        ({"layers": [{**DENSE, "activation": "boom"}]}, "network.layers.0.activation", "silu"),
        ({"layers": [{**DENSE, "bias": True}]}, "network.layers.0.bias", "no bias"),
        ({"layers": [{"type": "attention"}]}, "network.layers.0", "dense, conv2d"),
        ({"layers": [{"units": 3}]}, "network.layers.0", "dense, conv2d"),
        ({"layers": [7]}, "network.layers.0", "dense, conv2d"),
        ({"layers": [{"type": ["dense"]}]}, "network.layers.0", "dense, conv2d"),
        ({"layers": [{"type": "dropout", "rate": 1}]}, "network.layers.0.rate", "to below 1"),
        ({"layers": [DENSE], "extra": 1}, "network.extra", "no extra"),
        ({"layers": [DENSE], "trunk": "both"}, "network.trunk", "'separate' or 'shared'"),
        (
            {"layers": [DENSE], "trunk": "shared", "critic_layers": [DENSE]},
            "network.critic_layers",
            "shared trunk",
        ),
        ({"layers": [DENSE], "critic_layers": []}, "network.critic_layers", "no layers"),
    ],
)
def test_a_wrong_network_is_refused_in_words(document: Any, field: str, words: str) -> None:
    """Place, value and what is allowed are named, in a sentence that is no longer than a screen."""
    spec, problems = read_network(document)
    assert spec is None
    assert problems[0].field == field
    assert words in problems[0].detail
    assert len(problems[0].detail) < 400


def test_one_problem_per_wrong_layer() -> None:
    """Everything that is wrong is said at once."""
    _, problems = read_network({"layers": [{**DENSE, "units": 0}, DENSE, {**DENSE, "units": 9999}]})
    assert [problem.field for problem in problems] == [
        "network.layers.0.units",
        "network.layers.2.units",
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"layers": [{**DENSE, "units": -5}]}, ["network.layers.0.units"]),
        ({"layers": [{"type": "x"}, {"type": "dense"}]}, ["network.layers.0", "network.layers.1.units"]),
        (
            {"layers": [DENSE], "critic_layers": [{**DENSE, "units": 0}]},
            ["network.critic_layers.0.units"],
        ),
    ],
)  # fmt: skip
def test_a_wrong_layer_is_not_said_to_be_missing_too(
    document: dict[str, Any], expected: list[str]
) -> None:
    """Where every layer is wrong none is left, which is the same mistake."""
    _, problems = read_network(document)
    assert [problem.field for problem in problems] == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"layers": [DENSE, {"type": "flatten"}]}, "dense 8 relu, flatten"),
        ({"layers": [DENSE], "trunk": "shared"}, "dense 8 relu; shared trunk"),
        (
            {"layers": [DENSE], "critic_layers": [{"type": "gru", "units": 3}]},
            "dense 8 relu; critic: gru 3",
        ),
    ],
)
def test_a_network_is_said_in_one_line(document: dict[str, Any], expected: str) -> None:
    """As stored, with everything that was left out."""
    stored = NetworkSpec.model_validate(document).model_dump(mode="json")
    assert is_network(stored)
    assert network_text(stored) == expected


@pytest.mark.parametrize("value", [None, 7, "layers", [1], {}, {"units": 3}])
def test_other_values_are_no_networks(value: Any) -> None:
    """A hyperparameter may be anything."""
    assert not is_network(value)


def _spec(*layers: dict[str, Any], **others: Any) -> NetworkSpec:
    return NetworkSpec.model_validate({"layers": list(layers), **others})


@pytest.mark.parametrize(
    ("layers", "shape", "words"),
    [
        ([{"type": "conv2d", "filters": 4}], (4,), "needs a picture, but gets a vector of 4"),
        ([DENSE], (3, 8, 8), "needs a vector, but gets a picture 3 x 8 x 8"),
        ([{"type": "lstm", "units": 4}], (3, 8, 8), "needs a vector"),
        (
            [{"type": "conv2d", "filters": 4, "kernel_size": 9}],
            (3, 8, 8),
            "larger than the picture",
        ),
        ([{"type": "conv2d", "filters": 4}], (3, 8, 8), "ends with a picture 4 x 6 x 6"),
        ([DENSE, {"type": "conv2d", "filters": 4}], (4,), "Layer 2 (conv2d)"),
        ([{"type": "dense", "units": 4096}] * MAX_LAYERS, (4,), "parameters are too many"),
    ],
)
def test_impossible_combinations_are_explained(
    layers: list[dict[str, Any]], shape: tuple[int, ...], words: str
) -> None:
    """The layer and the reason are named."""
    report = report_network(_spec(*layers), shape, {"q": 2})
    assert words in " ".join(report.problems)


def test_layers_behind_an_impossible_one_are_not_blamed() -> None:
    """One mistake is one problem."""
    report = report_network(_spec({"type": "conv2d", "filters": 4}, DENSE, DENSE), (4,), {"q": 2})
    assert len(report.problems) == 1
    assert [layer.shape for layer in report.layers] == [None, None, None]


def test_memory_needs_an_algorithm_that_learns_from_rollouts() -> None:
    """Recurrent layers are refused elsewhere."""
    report = report_network(_spec({"type": "gru", "units": 4}), (4,), {"q": 2}, may_remember=False)
    assert "single transitions" in report.problems[0]


def test_layers_that_a_runner_has_not_are_named() -> None:
    """In the actor and in the critic, with what to do."""
    spec = _spec(DENSE, {"type": "dropout"})
    heads = {"policy": 2, "value": 1}
    report = report_network(spec, (4,), heads, missing_layers=["dropout", "lstm"])
    assert report.problems == (
        "Layer 2 (dropout): this engine does not have it.",
        "critic: Layer 2 (dropout): this engine does not have it.",
    )
    assert report.layers[1].hint is not None
    assert "another engine" in report.layers[1].hint
    assert report_network(spec, (4,), heads, missing_layers=["gru"]).problems == ()


def test_parameters_of_actor_and_critic_are_counted() -> None:
    """4 x 8 + 8 twice, and outputs of 2 and 1: 2 x 40 + 18 + 9; shared: 40 + 18 + 9."""
    heads = {"policy": 2, "value": 1}
    assert report_network(_spec(DENSE), (4,), heads).num_parameters == 107
    assert report_network(_spec(DENSE, trunk="shared"), (4,), heads).num_parameters == 67


@pytest.mark.parametrize(
    ("space", "shape", "kind"),
    [
        ({"type": "Box", "shape": [4], "dtype": "float32"}, (4,), "vector"),
        ({"type": "Box", "shape": [], "dtype": "float32"}, (1,), "vector"),
        ({"type": "Box", "shape": [84, 84, 4], "dtype": "uint8"}, (4, 84, 84), "picture"),
        ({"type": "Box", "shape": [4, 84, 84], "dtype": "uint8"}, (4, 84, 84), "picture"),
        ({"type": "Box", "shape": [5, 10, 10], "dtype": "float32"}, (5, 10, 10), "grid"),
        ({"type": "Box", "shape": [84, 84], "dtype": "uint8"}, (1, 84, 84), "picture"),
        ({"type": "Box", "shape": [3, 2], "dtype": "float32"}, (6,), "vector"),
        ({"type": "Discrete", "n": 16}, (16,), "vector"),
        ({"type": "MultiDiscrete", "nvec": [3, 4], "shape": [2]}, (7,), "vector"),
        ({"type": "MultiBinary", "n": 6, "shape": [2, 3]}, (6,), "vector"),
        ({"type": "Dict"}, None, None),
    ],
)
def test_what_a_network_sees(
    space: dict[str, Any], shape: tuple[int, ...] | None, kind: str | None
) -> None:
    """Choices become one-hot vectors, channels come first."""
    found = input_shape(SpaceInfo(text="", **space))
    assert found == shape
    assert kind is None or observation_kind(found or ()) == kind
