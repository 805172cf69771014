"""What the files of an evaluation hold, and what its shim and the server tell each other."""

from typing import Any, Literal, get_args

import msgspec

from gymlab.protocol.parts import EpisodeOutcome, Json
from gymlab.protocol.shim import EvaluationState

VideoKind = Literal["first", "best", "worst", "median"]
VIDEO_KINDS: tuple[VideoKind, ...] = get_args(VideoKind)
"""Which episodes are filmed."""


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

    kind: VideoKind
    episode: int
    width: int
    height: int
    num_frames: int
    fps: float
    size_bytes: int
    sha256: str


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
    metrics: dict[str, float | None] = {}
    """What a user's own evaluation said of the episodes; null for a number that is not finite."""
    metrics_problem: str | None = None
    """Why it said nothing."""
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
    keep_videos: int
    """Evaluations of the run that keep their films."""
    limits: dict[str, Any] = {}
