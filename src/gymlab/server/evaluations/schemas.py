"""Shapes of the evaluations resource."""

from typing import Literal

from pydantic import Field

from gymlab.domain.evaluations import MAX_EPISODES, CheckpointChoice, EvaluationStatus
from gymlab.domain.runs import MAX_SEED
from gymlab.protocol.evaluation import VideoKind
from gymlab.server.answers import Answer, Input, Timestamp
from gymlab.server.code_lookup import CodeReference


class NewEvaluation(Input):
    """What to evaluate, and how."""

    num_episodes: int = Field(default=10, ge=1, le=MAX_EPISODES)
    """Episodes to play."""
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    """The same number gives the same episodes; drawn at random when not given."""
    deterministic: bool = True
    """False draws each action from the policy's distribution."""
    checkpoint: CheckpointChoice = "latest"
    """`latest`, `best`, or the timestep of a stored checkpoint."""
    record_video: bool = True
    """Film the first, best, worst and median episode."""
    evaluation_code: CodeReference | None = None
    """An own evaluation over the recorded episodes: a stored document, or its source."""


class EvaluationFailure(Answer):
    """Why an evaluation failed."""

    code: str
    """Stable name, for example `out_of_memory`, `killed`, `exception` or `disk`."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""
    line: str | None = None
    """`file:line` of an exception."""
    traceback: str | None = None
    """Python's account of an exception."""


class EvaluatedEpisode(Answer):
    """One episode of an evaluation."""

    episode: int
    """Number within the evaluation, from 1."""
    seed: int
    """Seed that the environment was reset with; no training episode of the run has it."""
    episode_return: float | None
    """Undiscounted sum of the environment's own rewards; null when it is not a finite number."""
    episode_length: int
    """Timesteps."""
    terminated: bool
    """The MDP ended."""
    truncated: bool
    """The episode was cut off."""
    reason: str
    """Why it ended: what the environment says, else `terminated` or `truncated`."""


class EvaluationVideo(Answer):
    """The film of one episode."""

    kind: VideoKind
    """Which of the episodes it is."""
    episode: int
    """Number of the episode within the evaluation."""
    url: str
    """Path of the MP4 file below the server's address."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    num_frames: int
    """Pictures, the one before the first timestep included."""
    fps: float
    """Pictures a second at natural speed."""
    size_bytes: int
    """Size of the file."""


class EvaluationCode(Answer):
    """The own evaluation that judged the episodes."""

    code_id: str | None
    """Document; null when it was written for this evaluation alone."""
    version: int | None
    """Version of that document."""
    name: str
    """Name of that document, plain text."""
    sha256: str
    """Hash of the source."""


class Evaluation(Answer):
    """An evaluation and what is known of it now; numbers are null until they are known."""

    id: str
    """Identifier."""
    run_id: str
    """Run whose policy it is."""
    status: EvaluationStatus
    """Where it is in its life."""
    phase: Literal["starting", "playing", "recording", "saving"] | None
    """What a running evaluation does now."""
    failure: EvaluationFailure | None
    """Why it failed."""
    checkpoint: CheckpointChoice
    """The checkpoint as it was asked for."""
    checkpoint_timestep: int | None
    """Timesteps that the evaluated policy had been trained for."""
    checkpoint_sha256: str | None
    """Hash of the evaluated policy."""
    num_episodes: int
    """Episodes asked for."""
    episodes_done: int
    """Episodes played so far."""
    seed: int
    """Number that the seed of every episode is derived from."""
    deterministic: bool
    """Whether the policy took its most likely action."""
    record_video: bool
    """Whether films were asked for."""
    return_mean: float | None
    """Mean of the episodes' returns."""
    return_std: float | None
    """Sample standard deviation of the returns; null for a single episode."""
    return_ci95: tuple[float, float] | None
    """95 % bootstrap interval of the mean."""
    return_iqm: float | None
    """Interquartile mean: of the middle half of the returns."""
    return_median: float | None
    """Median of the returns."""
    return_min: float | None
    """Lowest return."""
    return_max: float | None
    """Highest return."""
    nonfinite_returns: int
    """Episodes whose return is not a finite number; the numbers above leave them out."""
    length_mean: float | None
    """Mean number of timesteps."""
    terminated_fraction: float | None
    """Share of episodes in which the MDP ended."""
    truncated_fraction: float | None
    """Share of episodes that were cut off."""
    terminations: dict[str, int]
    """Why episodes ended -> how many."""
    episodes: list[EvaluatedEpisode]
    """Every episode, in order."""
    videos: list[EvaluationVideo]
    """Films that are there; older evaluations keep their numbers and lose their films."""
    video_url: str | None
    """The film of the best episode."""
    video_reason: str | None
    """Why films that were asked for are missing."""
    evaluation_code: EvaluationCode | None
    """The own evaluation that judged the episodes."""
    metrics: dict[str, float | None]
    """What it said; null for a number that is not finite."""
    metrics_problem: str | None
    """Why it said nothing."""
    warnings: list[str]
    """What a reader of the numbers should know."""
    created_at: Timestamp
    """When it was asked for."""
    started_at: Timestamp | None
    """When its worker was started."""
    finished_at: Timestamp | None
    """When it was over."""
    duration_s: float | None
    """Time from the first timestep to the last, films not counted."""
