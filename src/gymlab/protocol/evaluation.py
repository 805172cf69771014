"""What an evaluation's files, messages and rows hold."""

from typing import Any, Literal

import msgspec

from gymlab.protocol.parts import Count, Json
from gymlab.protocol.shim import ProcessIdentity

VIDEO_KINDS = ("first", "best", "worst", "median")
"""Which episodes are filmed."""


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


class EpisodeStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """What the episodes say together; null where there is nothing to compute."""

    return_mean: float | None
    return_std: float | None
    return_ci95: tuple[float, float] | None
    return_iqm: float | None
    return_median: float | None
    return_min: float | None
    return_max: float | None
    nonfinite_returns: int
    length_mean: float | None
    terminated_fraction: float | None
    truncated_fraction: float | None
    terminations: dict[str, int]


class VideoFile(msgspec.Struct, frozen=True, kw_only=True):
    """A film beside the summary, `<kind>.mp4`."""

    kind: Literal["first", "best", "worst", "median"]
    episode: int
    width: int
    height: int
    num_frames: int
    fps: float
    size_bytes: int
    sha256: str


class EvaluationState(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation's `state.json` holds and its shim reports."""

    status: str
    """An `EvaluationStatus` value."""
    phase: Literal["starting", "playing", "recording", "saving"] | None = None
    episodes_done: int = 0
    checkpoint_timestep: int | None = None
    checkpoint_sha256: str | None = None
    failure: Json | None = None
    """Of a failed evaluation: code, detail, hint, line, traceback."""
    started_at: float | None = None
    finished_at: float | None = None
    shim: ProcessIdentity | None = None
    worker: ProcessIdentity | None = None


class EvaluationSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a completed evaluation found; its `summary.json`."""

    format: int = 1
    evaluation_id: str
    run_id: str
    spec: Json
    """`EvaluationSpec` as JSON."""
    spec_sha256: str
    """Hash of the run's specification."""
    checkpoint_timestep: int
    checkpoint_sha256: str | None
    versions: dict[str, str]
    """Library -> version that played."""
    statistics: EpisodeStatistics
    episodes: list[EpisodeOutcome]
    videos: list[VideoFile] = []
    video_reason: str | None = None
    """Why films that were asked for are missing."""
    warnings: list[str] = []
    duration_s: float
    """Time from the first timestep to the last."""
    created_at: str


class EvaluationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the server stores of an evaluation."""

    state: EvaluationState
    summary: EvaluationSummary | None = None


class AssignEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What the shim of an evaluation is given when it starts."""

    evaluation_id: str
    run_id: str
    run_dir: str
    run_spec: Json
    """`RunSpec` as JSON."""
    spec: Json
    """`EvaluationSpec` as JSON."""
    limits: dict[str, Any] = {}
