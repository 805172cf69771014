"""Shapes of trying code out."""

from typing import Any, Literal

from pydantic import Field

from gymlab.domain.code import CodeKind
from gymlab.domain.runs import MAX_SEED
from gymlab.server.answers import Answer, Input
from gymlab.server.code_lookup import SourceText

MAX_TRIAL_EPISODES = 10


class CodeToTry(Input):
    """Source that is run for a moment, in a sandbox."""

    kind: CodeKind
    """What it is for."""
    source: SourceText
    """Python source."""
    env_id: str | None = Field(default=None, max_length=200)
    """Environment to play in; needed unless the source is one."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict, max_length=100)
    """Keyword arguments of its constructor."""
    num_episodes: int = Field(default=3, ge=1, le=MAX_TRIAL_EPISODES)
    """Episodes with random actions."""
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    """Seed of the first episode; drawn at random when not given."""


class TrialProblem(Answer):
    """Something that went wrong while the code ran."""

    line: int | None
    """Line of the file, from 1; null when it is none of its lines."""
    file: str | None = None
    """File of the source that the line is in; null for the first."""
    severity: Literal["error", "warning"]
    """An error keeps the code from working."""
    code: str
    """Stable name of the problem."""
    message: str
    """One sentence."""
    hint: str | None
    """What to do about it."""


class TrialEpisode(Answer):
    """One episode with random actions."""

    seed: int
    """Seed it began with."""
    rewards: list[float | None]
    """What the code gave for each timestep; null where it was not finite."""
    own_rewards: list[float | None]
    """What the environment itself gave."""
    terms: dict[str, list[float | None]]
    """Named terms of the reward; null where one was absent or not finite."""
    frames: list[str]
    """Small JPEG pictures, base64."""
    frame_timesteps: list[int]
    """Timesteps that the pictures were taken after."""
    length: int
    """Timesteps played."""
    terminated: bool
    """Whether it ended by itself."""
    truncated: bool
    """Whether a limit ended it, that of the trial included."""


class BatchedForm(Answer):
    """Whether the reward can be called with arrays of many transitions at once."""

    detected: bool
    """Whether it gives the same numbers then."""
    speed_up: float | None = None
    """How many times faster a transition is computed that way."""
    detail: str | None = None
    """Why not, where it cannot."""


class PotentialCheck(Answer):
    """Whether what was added to the environment's reward leaves the best policies as they are."""

    is_potential_based: bool | None
    """True or false as far as the episodes show; null where they show nothing."""
    detail: str
    """One or two sentences."""


class RewardTrial(Answer):
    """What a reward did."""

    kind: Literal["reward"] = "reward"
    """reward."""
    episodes: list[TrialEpisode]
    """In the order played."""
    minimum: float | None
    """Smallest finite reward."""
    maximum: float | None
    """Largest finite reward."""
    not_finite: int
    """How many rewards were NaN or infinite."""
    batched: BatchedForm
    """The form for many environments at once."""
    potential: PotentialCheck
    """Whether the shaping is potential-based."""
    problems: list[TrialProblem]
    """What went wrong."""
    printed: str
    """What the code printed, capped."""


class Finding(Answer):
    """The result of one check of an environment."""

    check: str
    """Stable name of the check."""
    status: Literal["ok", "warning", "error"]
    """How it came out."""
    message: str
    """One sentence."""
    hint: str | None = None
    """How to fix it."""
    line: int | None = None
    """Line of the file, from 1."""
    file: str | None = None
    """File of the source that the line is in; null for the first."""


class EnvironmentTrial(Answer):
    """What checks of an environment found."""

    kind: Literal["environment"] = "environment"
    """environment."""
    findings: list[Finding]
    """One for each check, in the order made."""
    frames: list[str]
    """Small JPEG pictures of one episode with random actions, base64."""
    printed: str
    """What the code printed, capped."""


class EvaluationTrial(Answer):
    """What an evaluation made of episodes with random actions."""

    kind: Literal["evaluation"] = "evaluation"
    """evaluation."""
    metrics: dict[str, float | None]
    """What it returned; null where it was not finite."""
    problems: list[TrialProblem]
    """What went wrong."""
    printed: str
    """What the code printed, capped."""


CodeTrial = RewardTrial | EnvironmentTrial | EvaluationTrial
