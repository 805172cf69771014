"""What several messages contain."""

from typing import Annotated, Any, Literal

import msgspec

Json = dict[str, Any]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A number of things; what a worker counts must fit every reader, browsers too."""
RunSource = Literal["training", "showcase", "evaluation"]
"""Where the pictures of a run come from."""
FrameSource = Literal[RunSource, "preview"]
PhaseName = Literal["setup", "rollout", "update", "saving"]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a checkpoint or policy, inline or in a blob granted before."""

    name: str
    size: int
    content: bytes | None = None
    """The bytes, when small."""
    token: int | None = None
    """The blob that holds the bytes, when large."""
    transient: bool = False
    """Kept in the latest checkpoints only (a replay buffer)."""


class EpisodeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One finished training episode."""

    timestep: Count
    """Timesteps done by all environments when the episode ended."""
    timestamp: float
    """Seconds since 1970, UTC."""
    wall_time_s: float
    """Training time so far, pauses excluded."""
    episode: Count
    """Number of the episode within the run, from 1."""
    env_index: Count
    """Sub-environment it ran in."""
    episode_return: float | None
    """Undiscounted sum of the environment's own rewards; null when not finite."""
    episode_length: Count
    """Timesteps of the episode."""
    terminated: bool
    """The MDP ended."""
    truncated: bool
    """The episode was cut off."""
    shaped_return: float | None = None
    """Sum of the run's own reward; null where it has none, and when not finite."""
    terms: dict[str, float] = {}
    """Sums of the named terms of that reward."""
    termination: str | None = None
    """Why the episode ended."""


class EpisodeOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One episode of an evaluation; a line of `episodes.jsonl`."""

    episode: Count
    """Number within the evaluation, from 1."""
    seed: Count
    """Seed that the environment was reset with."""
    episode_return: float | None
    """Undiscounted sum of the environment's own rewards; null when not finite."""
    episode_length: Count
    """Timesteps of the episode."""
    terminated: bool
    """The MDP ended."""
    truncated: bool
    """The episode was cut off."""
    reason: str
    """Why it ended: what the environment says, else terminated or truncated."""


class LearnerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measurements of the learner at one moment."""

    timestep: Count
    timestamp: float
    wall_time_s: float
    gradient_steps: Count
    metrics: dict[str, float | None]
    """House name -> value; null when not finite."""
    native: dict[str, float | None] = {}
    """The backend's own name -> value."""
    nonfinite: list[str] = []
    """House names whose value was NaN or infinite."""


class Tile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one part of a composite picture shows."""

    env_index: int
    timestep: int
    """Timestep within the episode."""
    episode: int
    episode_return: float


class LayerThoughts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one hidden layer says to an observation."""

    name: str
    width: int
    """Units or channels of the layer."""
    values: list[float]
    """At most 64 of them, evenly spread; a channel of a picture by its mean."""


class WeightHistogram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the weights of one layer are spread."""

    name: str
    low: float
    high: float
    counts: list[int]
    """Weights in equal bins from low to high."""


class Observation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a network is given."""

    shape: list[int]
    """[n] numbers, or [C, H, W]: C planes of H rows."""
    values: list[float]
    """In reading order; a picture's are made fewer. Empty for a long vector."""
    ones: list[int] = []
    """Places of the ones of a long vector that is 0 everywhere else."""


class Thoughts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy makes of the observation shown."""

    kind: Literal["probabilities", "action_values", "means"]
    """What the outputs are: of each action, or of each component of a continuous action."""
    outputs: list[float]
    chosen: list[int]
    """Places of the outputs of the likeliest action; empty for continuous actions."""
    value: float | None
    """Discounted reward that the policy expects from here on."""
    layers: list[LayerThoughts] = []
    weights: list[WeightHistogram] = []
    seen: Observation | None = None
    """What it looks at."""


class FrameHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a picture shows and when it was taken."""

    seq: int
    source: FrameSource
    timestep: int
    """Timestep within the episode shown."""
    episode: int
    episode_return: float
    """Return so far in the episode shown."""
    reward: float
    """Reward of the last transition shown."""
    width: int
    height: int
    encoding: Literal["jpeg", "json"]
    """A picture, or the states of a game that draws itself in the page."""
    phase: PhaseName
    captured_at: float
    """Seconds since 1970, UTC."""
    run_timestep: int
    """Timesteps of training done (for the showcase: by the policy shown)."""
    tiles: list[Tile] = []
    """For a composite: its parts in reading order."""
    columns: int = 1
    rows: int = 1
    thoughts: Thoughts | None = None
    """Where the policy shown can say them."""
    fps: float = 0.0
    """Natural speed of the environment, in timesteps per second; 0 where it is not known."""
    speed: float = 1.0
    """How much faster it plays; 0 means as fast as it can. Training knows no speed."""
