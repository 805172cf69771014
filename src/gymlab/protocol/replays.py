"""What a kept episode is in a file, and what `python -m gymlab.worker replays` is asked and answers.

Requests come one JSON document to a line; answers leave in the same order, with the framing of
`framing.py`; the end of stdin ends the process.
"""

from typing import Any

import msgspec

from gymlab.protocol.parts import Count, Json


class StoredReplay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`replays/<episode>.json`: an episode's beginning and its actions."""

    episode: Count
    """Number within the run, from 1."""
    kinds: list[str]
    """Why it was kept."""
    seq: Count
    """Row of the episode."""
    timestep: Count
    """Timesteps of the run when it ended."""
    env_index: Count
    episode_return: float | None
    """Sum of the environment's own rewards."""
    episode_length: Count
    termination: str
    """Why it ended."""
    terminated: bool
    truncated: bool
    created_at: str
    record: Json
    """Seed or state of the random generator, actions, and a hash of the last observation."""


class ReplayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Play this episode again and tell what it looked like."""

    env_id: str
    env_kwargs: Json
    record: Json


class PlayedAgain(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="played_again"
):
    """An episode that was played again."""

    states: list[dict[str, Any]] = []
    """The game's JSON picture in every state, the first included."""
    rewards: list[float | None] = []
    """The environment's own reward that led to each state; null for the first."""
    fps: float = 0.0
    """Natural speed of the game."""
    is_exact: bool = False
    """Whether it arrived at the very observation it ended with in training."""
    note: str | None = None
    """What a viewer should know."""
    error: str | None = None
    """Why it cannot be shown."""
