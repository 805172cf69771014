"""Checking hyperparameters from their schema alone."""

from typing import Any

import pytest

from gymlab.server.runs.hyperparameters import (
    allowed_text,
    defaults_of,
    hyperparameter_problems,
)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "gamma": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.99},
        "n_steps": {"type": "integer", "minimum": 1, "default": 8},
        "rate": {
            "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}],
            "default": None,
        },
        "kind": {"enum": ["a", "b"], "default": "a"},
        "arch": {"type": "array", "items": {"type": "integer", "minimum": 1}, "default": [64]},
    },
}


def _problems(**given: Any) -> list[tuple[str, str]]:
    found = hyperparameter_problems(SCHEMA, given, {**defaults_of(SCHEMA), **given})
    return [(problem.field, problem.code) for problem in found]


def test_defaults_are_allowed() -> None:
    """The schema agrees with itself."""
    assert _problems() == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"gamma": 2}, "out_of_range"),
        ({"gamma": "x"}, "wrong_type"),
        ({"gamma": True}, "wrong_type"),
        ({"gamma": float("nan")}, "not_finite"),
        ({"gamma": float("inf")}, "not_finite"),
        ({"n_steps": 0}, "out_of_range"),
        ({"n_steps": 1.5}, "wrong_type"),
        ({"n_steps": 10**400}, "too_large"),
        ({"rate": 0}, "not_allowed"),
        ({"kind": "c"}, "not_allowed"),
        ({"gama": 1}, "unknown_hyperparameter"),
        ({"kind": "x" * 2000}, "too_long"),
        ({"kind": "a\ud800"}, "control_character"),
    ],
)
def test_each_wrong_value_is_named(given: dict[str, Any], code: str) -> None:
    """With a stable code."""
    (name,) = given
    assert _problems(**given) == [(f"hyperparameters.{name}", code)]


def test_the_closest_name_and_the_range_are_said() -> None:
    """So that one correction is enough."""
    problem = hyperparameter_problems(SCHEMA, {"gama": 1}, {})[0]
    assert problem.hint == "Did you mean gamma?"
    (problem,) = hyperparameter_problems(SCHEMA, {"gamma": 2}, {"gamma": 2})
    assert problem.detail == "gamma is 2; allowed: a number at least 0 and at most 1."
    assert allowed_text(SCHEMA["properties"]["rate"]) == "a number above 0, or empty"
