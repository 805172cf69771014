"""What the lab knows of an environment without importing it."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting


class SpaceInfo(BaseModel):
    """A Gymnasium space as data."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    type: str
    """Class name: Discrete, Box, MultiDiscrete, MultiBinary, Dict, Tuple, Text, ..."""
    text: str
    """Short form for people, for example `Box(8)` or `Discrete(4)`."""
    shape: list[int] | None = None
    """Shape of one element, where the space has one."""
    dtype: str | None = None
    """NumPy name of the element type, where the space has one."""
    n: int | None = None
    """Number of choices of a Discrete space."""
    nvec: list[int] | None = None
    """Number of choices per component of a MultiDiscrete space."""
    low: list[float | None] | float | None = None
    """Lower bounds; one number when all are equal, null for unbounded."""
    high: list[float | None] | float | None = None
    """Upper bounds; one number when all are equal, null for unbounded."""
    spaces: dict[str, "SpaceInfo"] | None = None
    """Parts of a Dict or Tuple space."""
    size_bytes: int | None = None
    """Memory of one element."""


class TableRow(BaseModel):
    """One row of an action or observation table: column title -> cell text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: dict[str, str]


class DescriptionSection(BaseModel):
    """A headed part of an environment's own documentation, as Markdown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    markdown: str


class ActionMeaning(BaseModel):
    """What one discrete action or one action component does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str
    meaning: str


class ResumeLevel(StrEnum):
    """How a run continues that was interrupted."""

    EXACT = "exact"
    """As if nothing had happened: the same weights and the same numbers."""
    APPROXIMATE = "approximate"
    """From the same weights, but the numbers may differ from an uninterrupted run's."""


class ResumeInfo(BaseModel):
    """How exactly runs can be resumed, and why."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    level: ResumeLevel
    """exact or approximate."""
    reason: str
    """One or two sentences for people."""


class NamedMeaning(BaseModel):
    """A name that a game gives to something, and what it means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    meaning: str


class GameInfo(BaseModel):
    """What one of our own games publishes beyond Gymnasium."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    events: list[NamedMeaning]
    """What may happen in a timestep; a reward formula says what each is worth."""
    measures: list[NamedMeaning]
    """Numbers of the state that formulas may use."""
    terminations: list[NamedMeaning]
    """Why episodes end."""


class EnvironmentInfo(BaseModel):
    """A catalogue entry: everything a person wants to know before training."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    id: str
    """Registered id."""
    title: str
    """Name for people, for example `Lunar Lander`."""
    family: str
    """Group in the catalogue: classic-control, toy-text, box2d, mujoco, atari, minigrid, gymlab."""
    summary: str
    """One sentence."""
    action_space: SpaceInfo | None
    """Null where the environment is not available."""
    observation_space: SpaceInfo | None
    """What an agent is given; null where the environment is not available."""
    num_agents: int = 1
    """Number of agents acting."""
    max_episode_steps: int | None = None
    """Time limit in timesteps."""
    reward_threshold: float | None = None
    """Mean return at which the environment counts as solved."""
    render_fps: float | None = None
    """Natural frame rate."""
    can_render: bool = True
    """Whether `rgb_array` frames can be had."""
    available: bool = True
    """Whether it can be made on this machine."""
    unavailable_reason: str | None = None
    """What is missing and how to get it."""
    aliases: list[str] = Field(default_factory=list[str])
    """Older ids that are answered with this entry."""
    description: list[DescriptionSection] = Field(default_factory=list[DescriptionSection])
    """The environment's own documentation by heading."""
    action_meanings: list[ActionMeaning] = Field(default_factory=list[ActionMeaning])
    """From the environment's action table."""
    observation_table: list[TableRow] = Field(default_factory=list[TableRow])
    """From the environment's observation table."""
    default_kwargs: dict[str, Any] = Field(default_factory=dict)
    """Constructor arguments with their defaults."""
    resume: ResumeInfo | None = None
    """How exactly a run in it continues after an interruption."""
    game: GameInfo | None = None
    """For our own games: events, measures and reasons."""
