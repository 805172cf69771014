"""What hyperparameters demand of each other and of the environment."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.hyperparameter_rules import Rule, broken_rules

PICTURES = SpaceInfo(type="Box", text="Box", shape=[84, 84, 3], dtype="uint8", low=0, high=255)
NUMBERS = SpaceInfo(type="Box", text="Box(4)", shape=[4], dtype="float32", low=None, high=None)
PARTS = SpaceInfo(type="Dict", text="Dict")
CHOICES = SpaceInfo(type="Discrete", text="Discrete(2)", n=2)
FORCES = SpaceInfo(type="Box", text="Box(1)", shape=[1], dtype="float32", low=-1, high=1)


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ({"field": "a", "at_most": "b"}, {"a": 3, "b": 2}, "a is 3; allowed: at most b = 2."),
        ({"field": "a", "at_most": "b"}, {"a": 2, "b": 2}, None),
        ({"field": "a", "at_most": "b"}, {"a": None, "b": 2}, None),
        ({"field": "a", "below": "b"}, {"a": 2, "b": 2}, "a is 2; allowed: below b = 2."),
        ({"field": "a", "at_least": 2}, {"a": 1}, "a is 1; allowed: at least 2."),
        ({"field": "a", "at_least": "b"}, {"a": 1_000, "b": 2_000}, "a is 1,000; allowed: at least b = 2,000."),
        ({"field": "a", "needs": "b"}, {"a": [1], "b": None}, "a is [1]; it needs b."),
        ({"field": "a", "needs": "b"}, {"a": [1], "b": []}, None),
        (
            {"field": "a", "when": {"unit": "episode"}, "allowed": [1]},
            {"a": 4, "unit": "episode"},
            "a is 4 with unit = episode; allowed: 1.",
        ),
        ({"field": "a", "when": {"unit": "episode"}, "allowed": [1]}, {"a": 4, "unit": "step"}, None),
        ({"field": "a", "of": "parts", "allowed": [1]}, {"a": 4}, None),
    ],
)  # fmt: skip
def test_values_are_held_against_each_other(
    rule: Mapping[str, Any], values: Mapping[str, Any], expected: str | None
) -> None:
    """What is said names the field, its value, and what is allowed."""
    found = list(broken_rules([Rule.model_validate(rule)], values, NUMBERS, CHOICES))
    assert [item.detail for item in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("kind", "observed", "acted", "counts"),
    [
        ("discrete", NUMBERS, CHOICES, True),
        ("discrete", NUMBERS, FORCES, False),
        ("discrete", NUMBERS, None, False),
        ("continuous", NUMBERS, FORCES, True),
        ("pictures", PICTURES, CHOICES, True),
        ("no pictures", PICTURES, CHOICES, False),
        ("no pictures", NUMBERS, CHOICES, True),
        ("no pictures", PARTS, CHOICES, True),
        ("no pictures", None, CHOICES, False),
        ("parts", PARTS, CHOICES, True),
        ("parts", NUMBERS, CHOICES, False),
    ],
)
def test_some_count_for_some_environments(
    kind: Any, observed: SpaceInfo | None, acted: SpaceInfo | None, counts: bool
) -> None:
    """Of an environment that is not known, nothing is said."""
    rule = Rule(field="a", of=kind, allowed=[False])
    assert bool(list(broken_rules([rule], {"a": True}, observed, acted))) == counts


@pytest.mark.parametrize("demands", [{}, {"at_least": 1, "below": "b"}])
def test_a_rule_demands_one_thing(demands: Mapping[str, Any]) -> None:
    """Neither none nor two."""
    with pytest.raises(ValidationError, match="exactly one"):
        Rule.model_validate({"field": "a", **demands})
