"""Shapes of the replays resource."""

from typing import Any

from pydantic import Field

from gymlab.server.answers import Answer, Timestamp


class ReplaySummary(Answer):
    """A kept training episode without its actions."""

    episode: int
    """Number within the run, from 1."""
    kinds: list[str]
    """Why it is kept: first, record, every, termination, last."""
    episode_return: float | None
    """Sum of the environment's own rewards."""
    length: int
    """Timesteps of the episode."""
    termination: str
    """Why it ended."""
    timestep: int
    """Timesteps of the run when it ended."""
    env_index: int
    """Sub-environment it was played in."""
    created_at: Timestamp
    """When it was kept."""
    states_url: str | None
    """Where its states can be had; null for environments that do not draw themselves from states."""


class Replay(ReplaySummary):
    """A kept training episode."""

    seed: int | None
    """Seed of its reset; null where the episode went on with the generator of the one before."""
    generator: dict[str, Any] | None
    """State of the random generator before its reset, where there is no seed."""
    actions: list[Any] | None
    """One action for each timestep; null where they are no plain numbers."""
    # The name of the contract; `return` cannot be an attribute in Python.
    return_: float | None = Field(serialization_alias="return")
    """The same as `episode_return`."""


class ReplayStates(Answer):
    """What a kept episode looked like, played again."""

    states: list[dict[str, Any]]
    """The game's JSON picture in every state, the first included."""
    rewards: list[float | None]
    """The environment's own reward that led to each state; null for the first."""
    fps: float
    """Natural speed of the game, in states a second."""
    is_exact: bool
    """Whether it ended at the very observation it ended with in training."""
    note: str | None
    """What a viewer should know."""
