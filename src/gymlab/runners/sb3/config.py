"""Algorithm id -> configuration, and hyperparameters checked with a sentence per problem."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.runners.sb3.config_continuous import DdpgConfig, SacConfig, Td3Config, TqcConfig
from gymlab.runners.sb3.config_on_policy import (
    A2cConfig,
    PpoConfig,
    RecurrentPpoConfig,
    TrpoConfig,
)
from gymlab.runners.sb3.config_search import ArsConfig
from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.config_value import DqnConfig, QrDqnConfig
from gymlab.runners.sb3.fields import LINEAR_PREFIX

CONFIGS: Mapping[str, type[EnvironmentConfig]] = {
    "ppo": PpoConfig,
    "a2c": A2cConfig,
    "dqn": DqnConfig,
    "sac": SacConfig,
    "td3": Td3Config,
    "ddpg": DdpgConfig,
    "trpo": TrpoConfig,
    "qrdqn": QrDqnConfig,
    "tqc": TqcConfig,
    "ars": ArsConfig,
    "recurrent_ppo": RecurrentPpoConfig,
}
"""Algorithm id -> model of its hyperparameters."""

_SHOWN_CHARACTERS = 80


def parse_config(algorithm: str, hyperparameters: Mapping[str, Any]) -> EnvironmentConfig:
    """Check hyperparameters and fill in the defaults.

    Raises:
        InvalidInputError: The algorithm is unknown, or fields are unknown, missing or out of range.
    """
    config = CONFIGS.get(algorithm)
    if config is None:
        closest = difflib.get_close_matches(algorithm[:100], list(CONFIGS), n=3, cutoff=0.3)
        hint = f"Did you mean {', '.join(closest)}?" if closest else f"There are: {_all_ids()}."
        detail = f"No algorithm {algorithm[:100]!r}."
        raise InvalidInputError(
            detail, hint=hint, fields=[FieldProblem("algorithm", "unknown_algorithm", detail, hint)]
        )
    try:
        return config.model_validate(dict(hyperparameters))
    except ValidationError as error:
        problems = _field_problems(config, error.errors(include_url=False))
        raise InvalidInputError(
            " ".join(problem.detail for problem in problems), hint=problems[0].hint, fields=problems
        ) from error


def _all_ids() -> str:
    return ", ".join(CONFIGS)


def _field_problems(
    config: type[EnvironmentConfig], errors: Sequence[ErrorDetails]
) -> list[FieldProblem]:
    """Join the errors of one field: a union reports one for each of its members."""
    by_field: dict[str, list[ErrorDetails]] = {}
    for error in errors:
        by_field.setdefault(str(error["loc"][0]) if error["loc"] else "", []).append(error)
    return [_field_problem(config, name, found) for name, found in by_field.items()]


def _field_problem(
    config: type[EnvironmentConfig], name: str, errors: list[ErrorDetails]
) -> FieldProblem:
    field = f"hyperparameters.{name[:_SHOWN_CHARACTERS]}"
    if errors[0]["type"] == "extra_forbidden":
        return _unknown_field(config, name, field)
    value = repr(errors[0]["input"])[:_SHOWN_CHARACTERS]
    detail = f"{name} = {value} is not allowed; allowed: {_allowed(config, name)}."
    return FieldProblem(field, errors[0]["type"], detail)


def _unknown_field(config: type[EnvironmentConfig], name: str, field: str) -> FieldProblem:
    shown = name[:_SHOWN_CHARACTERS]
    closest = difflib.get_close_matches(shown, list(config.model_fields), n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(closest)}?" if closest else None
    return FieldProblem(field, "unknown_field", f"No hyperparameter {shown!r}.", hint)


def _allowed(config: type[EnvironmentConfig], name: str) -> str:
    """Say in words which values a field takes."""
    schema: dict[str, Any] = config.model_json_schema()["properties"].get(name, {})
    texts = (_allowed_text(part) for part in schema.get("anyOf", [schema]))
    return " or ".join(texts)


def _allowed_text(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    match schema.get("type"):
        case "integer":
            return f"a whole number {_range_text(schema)}"
        case "number":
            return f"a number {_range_text(schema)}"
        case "array":
            most = schema["maxItems"]
            return f"a list of at most {most}, each {_allowed_text(schema['items'])}"
        case "string":
            is_schedule = LINEAR_PREFIX in schema.get("pattern", "")
            return "lin_x with x above 0 and at most 1" if is_schedule else "auto or auto_x"
        case kind:
            names = {"null": "nothing", "boolean": "true or false"}
            return str(schema.get("const") or names.get(str(kind), kind))


def _range_text(schema: Mapping[str, Any]) -> str:
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    low = f"from {schema['minimum']}" if above is None else f"above {above}"
    high = f"up to {schema['maximum']}" if below is None else f"below {below}"
    return f"{low} {high}"
