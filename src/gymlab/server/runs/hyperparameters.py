"""Checking hyperparameters against the JSON Schema of their algorithm."""

import math
from collections.abc import Mapping
from typing import Any

from gymlab.errors import FieldProblem
from gymlab.late import jsonschema
from gymlab.server.catalogue.catalogue import closest
from gymlab.server.networks import network_field

MAX_INTEGER = 2**53
MAX_TEXT = 1000
MAX_DEPTH = 6
MAX_ITEMS = 1000
_NAMES = {"integer": "a whole number", "number": "a number", "boolean": "true or false",
          "string": "text", "null": "empty", "array": "a list", "object": "an object"}  # fmt: skip


def defaults_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default of every hyperparameter that has one."""
    return {
        name: field["default"]
        for name, field in schema.get("properties", {}).items()
        if "default" in field
    }


def hyperparameter_problems(
    schema: Mapping[str, Any], given: Mapping[str, Any], resolved: Mapping[str, Any]
) -> list[FieldProblem]:
    """Return what is wrong, naming field, value and allowed range.

    Args:
        schema: JSON Schema of the algorithm.
        given: What the person wrote.
        resolved: Defaults, preset and given together.
    """
    properties: Mapping[str, Any] = schema.get("properties", {})
    problems = [
        _unknown(name, properties) for name in given if name not in properties
    ] + value_problems("hyperparameters", given)
    if problems:
        return problems
    validator = jsonschema.Draft202012Validator(dict(schema))
    network = network_field(schema)
    seen: set[str] = set() if network is None else {network[0]}  # judged by its own rules
    for error in validator.iter_errors(dict(resolved)):  # pyright: ignore[reportUnknownMemberType]
        name = str(error.absolute_path[0]) if error.absolute_path else "hyperparameters"
        if name not in seen:
            seen.add(name)
            problems.append(_problem(name, error, properties.get(name, {}), resolved.get(name)))
    return problems


def value_problems(field: str, value: Any, depth: int = 0) -> list[FieldProblem]:
    """Return what no schema would let pass: infinite numbers, endless texts and nesting."""
    if depth > MAX_DEPTH:
        return [FieldProblem(field, "too_deep", f"{field} is nested too deeply.")]
    match value:
        case Mapping():
            return _item_problems(field, list(value.items()), depth)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        case list():
            return _item_problems(field, list(enumerate(value)), depth)  # pyright: ignore[reportUnknownArgumentType]
        case str():
            return _text_problem(field, value)
        case _:
            return _number_problem(field, value)


def _item_problems(field: str, items: list[tuple[Any, Any]], depth: int) -> list[FieldProblem]:
    if len(items) > MAX_ITEMS:
        detail = f"{field} has {len(items):,} items; at most {MAX_ITEMS:,} are allowed."
        return [FieldProblem(field, "too_many", detail)]
    found: list[FieldProblem] = []
    for key, item in items:
        found += _text_problem(field, str(key))
        found += value_problems(f"{field}.{str(key)[:100]}", item, depth + 1)
    return found


def _number_problem(field: str, value: Any) -> list[FieldProblem]:
    if isinstance(value, float) and not math.isfinite(value):
        detail = f"{field} is {value}; a finite number is needed."
        return [FieldProblem(field, "not_finite", detail)]
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return [FieldProblem(field, "too_large", f"{field} is a number beyond 2^53.")]
    return []


def _text_problem(field: str, text: str) -> list[FieldProblem]:
    if len(text) > MAX_TEXT:
        return [FieldProblem(field, "too_long", f"{field} has {len(text):,} characters.")]
    if any(0xD800 <= ord(character) <= 0xDFFF or character == "\0" for character in text):
        return [FieldProblem(field, "control_character", f"{field} is not plain text.")]
    return []


def _unknown(name: str, properties: Mapping[str, Any]) -> FieldProblem:
    near = closest(name, properties)
    hint = f"Did you mean {', '.join(near)}?" if near else None
    return FieldProblem(
        f"hyperparameters.{name[:100]}",
        "unknown_hyperparameter",
        f"There is no hyperparameter {name[:100]!r}.",
        hint,
    )


def _problem(
    name: str, error: "jsonschema.ValidationError", field: Mapping[str, Any], value: Any
) -> FieldProblem:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    code = {
        "type": "wrong_type",
        "anyOf": "not_allowed",
        "enum": "not_allowed",
        "pattern": "not_allowed",
        "const": "not_allowed",
        "required": "missing",
    }.get(str(error.validator), "out_of_range")
    return FieldProblem(
        f"hyperparameters.{name}",
        code,
        f"{name} is {shown}; allowed: {allowed_text(field)}.",
        str(field["description"]) if "description" in field else None,
    )


def allowed_text(field: Mapping[str, Any]) -> str:
    """Return in words what a schema allows."""
    if "anyOf" in field:
        return ", or ".join(allowed_text(option) for option in field["anyOf"])
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    if "const" in field:
        return str(field["const"])
    name = _NAMES.get(str(field.get("type")), "a value of another form")
    if field.get("type") == "array" and "items" in field:
        name = f"a list with each item {allowed_text(field['items'])}"
    if "pattern" in field:
        name = "text of the form named in the description"
    return f"{name}{_range_text(field)}"


def _range_text(field: Mapping[str, Any]) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    above, below = field.get("exclusiveMinimum"), field.get("exclusiveMaximum")
    parts = [
        f"at least {low:,}" if low is not None else "",
        f"above {above:,}" if above is not None else "",
        f"at most {high:,}" if high is not None else "",
        f"below {below:,}" if below is not None else "",
    ]
    text = " and ".join(part for part in parts if part)
    return f" {text}" if text else ""
