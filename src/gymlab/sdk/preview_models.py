"""What previews are asked for and what they tell."""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from pydantic import Field

from gymlab.sdk.models import Answer


class PreviewOptions(TypedDict, total=False):
    """What may be chosen of a preview."""

    env_kwargs: dict[str, Any]
    seed: int
    controller: Literal["random", "human", "checkpoint", "hybrid"]
    run_id: str
    checkpoint: Literal["latest", "best"] | int


class OpenedPreview(Answer):
    """An environment that is shown."""

    id: str
    """Identifier."""
    ws_url: str
    """Path of the WebSocket that shows it."""
    env_id: str
    """Environment."""
    seed: int
    """Seed of the first episode."""


class PreviewState(Answer):
    """What the environment and the place in its episode are now."""

    observation: Any = None
    """As JSON; a picture by its shape."""
    action: Any = None
    """What led here; None at the beginning."""
    reward: float | None = None
    """Reward of that action."""
    terms: dict[str, float | None] = Field(default_factory=dict[str, float | None])
    """Named parts of the reward, where the environment says them."""
    terminated: bool
    """Whether the episode has ended."""
    truncated: bool
    """Whether it was cut off."""
    info: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What the environment says besides."""
    timestep: int
    """Timestep within the episode."""
    last_timestep: int
    """How far the episode was played already."""
    episode: int
    """Number of the episode, from 1."""
    episode_return: float | None = None
    """Return so far."""
    seed: int
    """Seed that the episode began with."""
    is_playing: bool
    """Whether it goes on by itself."""
    notice: str | None = None
    """Why the last command was not obeyed."""
    answers: int | None = None
    """Number of the last command that was obeyed or refused."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the environment looks like."""

    timestep: int
    """Timestep within the episode that it shows."""
    jpeg: bytes
    """The file."""
    header: dict[str, Any]
    """Everything else that is said of it: `episode`, `width`, `height`, ..."""
