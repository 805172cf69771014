"""Hyperparameters: bounds, schedules, and one answer from both sides that check them."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import inspect
import json
import math
from typing import Any

import jsonschema
import pytest
from gymnasium import spaces

from gymlab.errors import InvalidInputError
from gymlab.runners.sb3.building import ACTIVATIONS, ALGORITHMS, policy_name
from gymlab.runners.sb3.config import CONFIGS, parse_config
from gymlab.runners.sb3.runner import RUNNER

HOSTILE: list[tuple[str, str, Any]] = [
    ("ppo", "learning_rate", "lin_"),
    ("ppo", "learning_rate", "lin_abc"),
    ("ppo", "learning_rate", "lin_0"),
    ("ppo", "learning_rate", "lin_0.000"),
    ("ppo", "learning_rate", "lin_2"),
    ("ppo", "learning_rate", "lin_1e99"),
    ("ppo", "learning_rate", "lin_-1"),
    ("ppo", "learning_rate", "lin_0.1\n"),
    ("ppo", "learning_rate", "0.1"),
    ("ppo", "learning_rate", 0),
    ("ppo", "learning_rate", -1e-4),
    ("ppo", "learning_rate", 1e300),
    ("ppo", "learning_rate", True),
    ("ppo", "learning_rate", None),
    ("ppo", "learning_rate", [0.1]),
    ("ppo", "clip_range", 0),
    ("ppo", "clip_range_vf", "lin_x"),
    ("ppo", "batch_size", 0),
    ("ppo", "batch_size", -1),
    ("ppo", "batch_size", 1.5),
    ("ppo", "batch_size", "64"),
    ("ppo", "batch_size", True),
    ("ppo", "batch_size", 10**30),
    ("ppo", "num_envs", 0),
    ("ppo", "num_envs", 100_000),
    ("ppo", "n_steps", 10**9),
    ("ppo", "gamma", 1.01),
    ("ppo", "gamma", "0.9"),
    ("ppo", "normalize", 1),
    ("ppo", "normalize", "yes"),
    ("ppo", "net_arch", [0]),
    ("ppo", "net_arch", [10**6]),
    ("ppo", "net_arch", [64] * 100),
    ("ppo", "net_arch", "64,64"),
    ("ppo", "net_arch", [[64]]),
    ("ppo", "net_arch", {"pi": [64]}),
    ("ppo", "activation_fn", "torch.nn.Tanh"),
    ("ppo", "activation_fn", ""),
    ("ppo", "target_kl", 0),
    ("ppo", "frame_stack", 0),
    ("dqn", "buffer_size", 0),
    ("dqn", "buffer_size", 10**12),
    ("dqn", "gradient_steps", -2),
    ("dqn", "exploration_final_eps", 1.5),
    ("dqn", "train_freq_unit", "year"),
    ("sac", "ent_coef", "auto_"),
    ("sac", "ent_coef", "auto_0"),
    ("sac", "ent_coef", "automatic"),
    ("sac", "ent_coef", -1),
    ("sac", "target_entropy", "high"),
    ("td3", "action_noise", "pink"),
    ("td3", "action_noise_std", -0.1),
    ("ars", "n_delta", 0),
    ("ars", "policy", "CnnPolicy"),
    ("recurrent_ppo", "n_lstm_layers", 99),
]


@pytest.mark.parametrize(("algorithm", "field", "value"), HOSTILE, ids=repr)
def test_hostile_values_are_refused_by_name(algorithm: str, field: str, value: Any) -> None:
    """The error names the field, the value and what is allowed."""
    with pytest.raises(InvalidInputError) as caught:
        parse_config(algorithm, {field: value})

    (problem,) = caught.value.fields
    assert problem.field == f"hyperparameters.{field}"
    assert field in problem.detail
    assert "allowed:" in problem.detail


@pytest.mark.parametrize(("algorithm", "field", "value"), HOSTILE, ids=repr)
def test_the_schema_refuses_what_the_model_refuses(algorithm: str, field: str, value: Any) -> None:
    """A server that knows only the JSON Schema answers the same."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({field: value}, RUNNER.describe()[algorithm])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["learning_rate", "gamma", "batch_size", "target_kl"])
def test_numbers_must_be_finite(field: str, value: float) -> None:
    """NaN and infinity compare false with every bound, so they are refused on their own."""
    with pytest.raises(InvalidInputError, match=field):
        parse_config("ppo", {field: value})


@pytest.mark.parametrize(
    ("algorithm", "field", "value"),
    [
        ("ppo", "learning_rate", "lin_0.001"),
        ("ppo", "learning_rate", "lin_.2"),
        ("ppo", "learning_rate", "lin_7.3e-4"),
        ("ppo", "learning_rate", "lin_1"),
        ("ppo", "learning_rate", 1),
        ("ppo", "n_steps", 1e3),
        ("ppo", "net_arch", []),
        ("ppo", "net_arch", [2048] * 6),
        ("ppo", "net_arch", None),
        ("ppo", "clip_range_vf", None),
        ("dqn", "gradient_steps", -1),
        ("sac", "ent_coef", "auto_0.1"),
        ("sac", "ent_coef", 0),
        ("sac", "target_entropy", -3.5),
    ],
)
def test_both_sides_accept_what_the_presets_of_the_field_use(
    algorithm: str, field: str, value: Any
) -> None:
    """Schedules, -1, auto, empty lists and whole numbers written as floats."""
    config = parse_config(algorithm, {field: value})

    jsonschema.validate({field: value}, RUNNER.describe()[algorithm])
    assert config.model_dump()[field] == value


def test_unknown_fields_get_the_closest_names() -> None:
    """A typo is answered with what was meant."""
    with pytest.raises(InvalidInputError) as caught:
        parse_config("ppo", {"learning_rat": 1e-3, "<script>": 1, "x" * 10_000: 1})

    typo, markup, long = caught.value.fields
    assert "learning_rate" in (typo.hint or "")
    assert markup.code == "unknown_field"
    assert len(long.detail) < 200


def test_unknown_algorithms_get_the_closest_names() -> None:
    """The same for the algorithm."""
    with pytest.raises(InvalidInputError) as caught:
        parse_config("pp0", {})

    assert "ppo" in (caught.value.hint or "")


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_schemas_stand_alone_and_describe_every_field(algorithm: str) -> None:
    """Bounds, default, group and a sentence for each; no reference leads outside."""
    schema = RUNNER.describe()[algorithm]
    jsonschema.Draft202012Validator.check_schema(schema)

    assert "$ref" not in json.dumps(schema)
    assert schema["additionalProperties"] is False
    assert "required" not in schema
    for name, field in schema["properties"].items():
        assert field["description"], name
        assert field["group"] in {
            "basic",
            "advanced",
            "network",
            "exploration",
            "normalisation",
        }, name
        assert "default" in field, name
        for part in field.get("anyOf", [field]):
            if part["type"] in {"integer", "number"}:
                assert {"minimum", "exclusiveMinimum"} & part.keys(), name
                assert {"maximum", "exclusiveMaximum"} & part.keys(), name


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_the_complete_form_is_accepted_again(algorithm: str) -> None:
    """What a specification stores is what it was made from."""
    config = parse_config(algorithm, {})
    stored = json.loads(json.dumps(config.model_dump()))

    assert parse_config(algorithm, stored) == config
    jsonschema.validate(stored, RUNNER.describe()[algorithm])


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_defaults_are_those_of_the_library(algorithm: str) -> None:
    """Fields that are arguments there have the values that they have there."""
    parameters = inspect.signature(ALGORITHMS[algorithm]).parameters
    values = CONFIGS[algorithm]().model_dump()
    shared = (values.keys() & parameters.keys()) - {"policy", "train_freq", "action_noise"}

    assert len(shared) > 5
    assert {name: values[name] for name in shared} == {
        name: parameters[name].default for name in shared
    }
    if "train_freq" in values:
        assert values["train_freq"] == parameters["train_freq"].default
        assert values["train_freq_unit"] == "step"


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_defaults_of_the_network_are_those_of_the_library(algorithm: str) -> None:
    """The same for the arguments of the policy."""
    values = CONFIGS[algorithm]().model_dump()
    name = policy_name(algorithm, values, spaces.Box(-1, 1, (3,)))
    parameters = inspect.signature(ALGORITHMS[algorithm].policy_aliases[name]).parameters
    shared = {"net_arch", "ortho_init", "log_std_init", "full_std", "use_expln", "n_quantiles"}
    if algorithm != "ddpg":
        shared |= {"n_critics"}

    assert {key: values[key] for key in shared & values.keys() & parameters.keys()} == {
        key: parameters[key].default for key in shared & values.keys() & parameters.keys()
    }
    if "activation_fn" in parameters:
        assert parameters["activation_fn"].default is ACTIVATIONS[values["activation_fn"]]
