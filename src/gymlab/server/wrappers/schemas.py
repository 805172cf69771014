"""Shapes of the wrappers resource."""

from typing import Any

from pydantic import ConfigDict, Field

from gymlab.server.answers import Answer


class WrapperItem(Answer):
    """One kind of link of the chain around an environment."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    """Identifier for `wrappers` of `POST /runs`."""
    title: str
    """Name for people."""
    summary: str
    """What it does."""
    schema_: dict[str, Any] = Field(alias="schema")
    """JSON Schema of its `kwargs`; the form is drawn from it."""
    applies_to: list[str]
    """Kinds of observation that it takes: any, vector, picture, colour_picture."""
    must_be_last: bool
    """Whether the runner does it, behind every other link."""
    must_be_first: bool = False
    """Whether it changes the environment itself, below every other link."""
    is_of_reward: bool = False
    """Whether it changes what the agent learns from, behind all links but the runner's."""
