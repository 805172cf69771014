"""Shapes of the environments resource."""

from typing import Any

from pydantic import Field

from gymlab.domain.environments import (
    ActionMeaning,
    DescriptionSection,
    GameInfo,
    ResumeInfo,
    SpaceInfo,
    TableRow,
)
from gymlab.server.answers import Answer, Input


class EnvironmentItem(Answer):
    """A catalogue entry as the grid shows it."""

    id: str
    """Registered id."""
    title: str
    """Name for people."""
    family: str
    """Group in the catalogue."""
    summary: str
    """One sentence."""
    action_space: SpaceInfo | None
    """Null where the environment is not available."""
    observation_space: SpaceInfo | None
    """Null where the environment is not available."""
    num_agents: int
    """Number of agents acting."""
    max_episode_steps: int | None
    """Time limit in timesteps."""
    reward_threshold: float | None
    """Mean return at which it counts as solved."""
    render_fps: float | None
    """Natural frame rate."""
    can_render: bool
    """Whether pictures can be had."""
    thumbnail_url: str | None
    """A JPEG picture."""
    animation_url: str | None
    """A short animated WebP."""
    available: bool
    """Whether it can be made on this machine."""
    unavailable_reason: str | None
    """What is missing and how to get it."""
    aliases: list[str]
    """Older ids answered with this entry."""
    resume: ResumeInfo | None
    """How exactly a run in it continues after an interruption."""


class EnvironmentDetail(EnvironmentItem):
    """A catalogue entry with its documentation."""

    description: list[DescriptionSection]
    """The environment's own documentation by heading."""
    action_meanings: list[ActionMeaning]
    """What each action does."""
    observation_table: list[TableRow]
    """What each part of the observation means."""
    default_kwargs: dict[str, Any]
    """Constructor arguments with their defaults."""
    game: GameInfo | None = None
    """For our own games: events, measures and reasons."""
    notice: str | None = None
    """Said when an older id was asked for."""


class SpacesQuestion(Input):
    """An environment and its options."""

    env_id: str = Field(max_length=200)
    """Which environment."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict, max_length=100)
    """Constructor arguments that differ from the defaults."""


class EnvironmentSpaces(Answer):
    """What an environment shows and takes."""

    env_id: str
    """Which environment."""
    observation_space: SpaceInfo | None
    """Null where the environment is not available."""
    action_space: SpaceInfo | None
    """Null where the environment is not available."""
    num_inputs: int | None
    """Numbers that a network is given for one observation; null where it is no plain array."""
