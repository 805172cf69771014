"""Evaluations as the server answers them, as typed data."""

from datetime import datetime
from typing import Any, TypedDict

from pydantic import Field

from gymlab.domain.evaluations import ACTIVE_EVALUATIONS, CheckpointChoice, EvaluationStatus
from gymlab.sdk.models import Answer


class EvaluationOptions(TypedDict, total=False):
    """How to evaluate."""

    num_episodes: int
    seed: int
    deterministic: bool
    checkpoint: CheckpointChoice
    record_video: bool
    evaluation_code: dict[str, Any]


class EvaluatedEpisode(Answer):
    """One episode of an evaluation."""

    episode: int
    """Number within the evaluation, from 1."""
    seed: int
    """Seed that the environment was reset with."""
    episode_return: float | None
    """Undiscounted sum of rewards; None when not finite."""
    episode_length: int
    """Timesteps."""
    terminated: bool
    """The MDP ended."""
    truncated: bool
    """The episode was cut off."""
    reason: str
    """Why it ended."""


class EvaluationVideo(Answer):
    """The film of one episode."""

    kind: str
    """first, best, worst or median."""
    episode: int
    """Number of the episode."""
    url: str
    """Path below the server's address."""

    @property
    def artifact_path(self) -> str:
        """What `Client.download` takes."""
        return self.url.partition("/artifacts/")[2]


class EvaluationFailure(Answer):
    """Why an evaluation failed."""

    code: str
    """Stable name."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""


class Evaluation(Answer):
    """An evaluation; numbers are None until they are known."""

    id: str
    """Identifier."""
    run_id: str
    """Run whose policy it is."""
    status: EvaluationStatus
    """Where it is in its life."""
    phase: str | None = None
    """starting, playing, recording or saving."""
    failure: EvaluationFailure | None = None
    """Why it failed."""
    checkpoint: CheckpointChoice = "latest"
    """As it was asked for."""
    checkpoint_timestep: int | None = None
    """Timesteps that the policy had been trained for."""
    num_episodes: int
    """Episodes asked for."""
    episodes_done: int = 0
    """Episodes played so far."""
    seed: int
    """Number that the seed of every episode is derived from."""
    deterministic: bool = True
    """Whether the policy took its most likely action."""
    return_mean: float | None = None
    """Mean of the returns."""
    return_std: float | None = None
    """Sample standard deviation."""
    return_ci95: tuple[float, float] | None = None
    """95 % bootstrap interval of the mean."""
    return_iqm: float | None = None
    """Interquartile mean."""
    return_min: float | None = None
    """Lowest return."""
    return_max: float | None = None
    """Highest return."""
    length_mean: float | None = None
    """Mean number of timesteps."""
    terminated_fraction: float | None = None
    """Share of episodes in which the MDP ended."""
    truncated_fraction: float | None = None
    """Share of episodes that were cut off."""
    terminations: dict[str, int] = Field(default_factory=dict)
    """Why episodes ended -> how many."""
    episodes: list[EvaluatedEpisode] = Field(default_factory=list[EvaluatedEpisode])
    """Every episode, in order."""
    videos: list[EvaluationVideo] = Field(default_factory=list[EvaluationVideo])
    """Films that are there."""
    video_url: str | None = None
    """The film of the best episode."""
    video_reason: str | None = None
    """Why films are missing."""
    metrics: dict[str, float | None] = Field(default_factory=dict)
    """What an own evaluation said of the episodes; None for a number that is not finite."""
    metrics_problem: str | None = None
    """Why it said nothing."""
    warnings: list[str] = Field(default_factory=list)
    """What a reader of the numbers should know."""
    created_at: datetime
    """When it was asked for."""
    duration_s: float | None = None
    """Time from the first timestep to the last."""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.status not in ACTIVE_EVALUATIONS
