"""What hyperparameters demand of each other and of the environment, as data.

JSON Schema bounds one value at a time. What it cannot say stands beside its properties under
`rules`, so that the server, which imports no backend, refuses what the backend would.
"""

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator

from gymlab import documenting
from gymlab.domain.environments import SpaceInfo

RULES = "rules"
"""Name of the list in the JSON Schema of an algorithm."""

Kind = Literal["continuous", "discrete", "pictures", "no pictures", "parts"]
"""Of actions: `continuous`, `discrete`. Of observations: `pictures`, `no pictures`, `parts` (Dict)."""
_PICTURE_AXES = 3
_BRIGHTEST = 255


class Rule(BaseModel):
    """One demand on the value of a field; exactly one of the last five says which."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    field: str
    """Hyperparameter that must fit."""
    when: dict[str, JsonValue] = {}
    """Other hyperparameters -> values that they must have for the rule to count."""
    of: Kind | None = None
    """Environments for which it counts; None for all."""
    allowed: list[JsonValue] | None = None
    """The only values that are allowed."""
    needs: str | None = None
    """Another hyperparameter that must not be empty."""
    at_least: str | int | None = None
    """Another hyperparameter, or a number."""
    at_most: str | int | None = None
    """Another hyperparameter, or a number."""
    below: str | int | None = None
    """Another hyperparameter, or a number."""

    @model_validator(mode="after")
    def _demands_one_thing(self) -> Self:
        demands = (self.allowed, self.needs, self.at_least, self.at_most, self.below)
        if sum(demand is not None for demand in demands) != 1:
            raise ValueError("a rule demands exactly one thing")
        return self


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that values break."""

    field: str
    detail: str


def broken_rules(
    rules: Iterable[Rule],
    values: Mapping[str, Any],
    observed: SpaceInfo | None,
    acted: SpaceInfo | None,
) -> Iterator[Broken]:
    """Yield what is broken, in order; a rule on spaces that are not known is not.

    Args:
        rules: What is demanded.
        values: Every hyperparameter.
        observed: Observations.
        acted: Actions.
    """
    kinds = {*_kinds_of_observations(observed), *_kinds_of_actions(acted)}
    for rule in rules:
        value = values.get(rule.field)
        is_meant = all(values.get(name) == wanted for name, wanted in rule.when.items())
        if value is None or not is_meant or (rule.of is not None and rule.of not in kinds):
            continue
        wanted = _unmet(rule, value, values)
        if wanted is not None:
            yield Broken(
                rule.field, f"{rule.field} is {_shown(value)}{_circumstances(rule)}; {wanted}."
            )


def _unmet(rule: Rule, value: Any, values: Mapping[str, Any]) -> str | None:
    """Return what the value would have to be; None where it is."""
    if rule.allowed is not None:
        is_fine = value in rule.allowed
        return None if is_fine else f"allowed: {', '.join(map(_shown, rule.allowed))}"
    if rule.needs is not None:
        return None if values.get(rule.needs) is not None else f"it needs {rule.needs}"
    demands = (
        (rule.at_least, "at least", operator.ge),
        (rule.at_most, "at most", operator.le),
        (rule.below, "below", operator.lt),
    )
    for other, words, is_met in demands:
        bound = values.get(other) if isinstance(other, str) else other
        if bound is None or is_met(value, bound):
            continue
        named = f"{other} = {_shown(bound)}" if isinstance(other, str) else _shown(bound)
        return f"allowed: {words} {named}"
    return None


def _circumstances(rule: Rule) -> str:
    parts = [f"{name} = {_shown(value)}" for name, value in rule.when.items()]
    match rule.of:
        case "continuous" | "discrete":
            parts.append(f"{rule.of} actions")
        case "pictures" | "no pictures":
            parts.append(f"observations that are {rule.of}")
        case "parts":
            parts.append("observations of several parts")
        case None:
            pass
    return f" with {' and '.join(parts)}" if parts else ""


def _kinds_of_actions(space: SpaceInfo | None) -> tuple[Kind, ...]:
    if space is None:
        return ()
    return ("continuous",) if space.type == "Box" else ("discrete",)


def _kinds_of_observations(space: SpaceInfo | None) -> tuple[Kind, ...]:
    if space is None:
        return ()
    is_picture = (
        space.type == "Box"
        and len(space.shape or ()) == _PICTURE_AXES
        and space.dtype == "uint8"
        and (space.low, space.high) == (0, _BRIGHTEST)
    )
    kind: Kind = "pictures" if is_picture else "no pictures"
    return (kind, "parts") if space.type == "Dict" else (kind,)


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case int() | float():
            return f"{value:,}"
        case _:
            return str(value)[:80]
