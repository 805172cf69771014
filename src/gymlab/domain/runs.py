"""What a run is: its immutable specification, its states and their transitions."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting
from gymlab.domain.code import SourceCode

MAX_TOTAL_TIMESTEPS = 10_000_000_000
MAX_SEED = 2**31 - 1
MAX_NAME_LENGTH = 200
FIRST_CHECKPOINT_S = 2.0
"""Training time after which the first checkpoint is due."""
PICTURES_PER_RUN = 100
"""Parts of the budget that each have a picture of the learner, besides the one at the beginning."""


class RunStatus(StrEnum):
    """Where a run is in its life."""

    CREATED = "created"
    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class RunAction(StrEnum):
    """What a person may ask of a run."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    DELETE = "delete"


class Phase(StrEnum):
    """What the worker is doing inside a running run."""

    SETUP = "setup"
    ROLLOUT = "rollout"
    UPDATE = "update"
    SAVING = "saving"


class Device(StrEnum):
    """Where the networks are computed."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class Relation(StrEnum):
    """What a run is to the run it came from."""

    WARM_START = "warm_start"
    """It began with the other's policy, and with its own budget, optimizers and episodes."""
    FORK = "fork"
    """It continues the other's complete state from a checkpoint with changed hyperparameters."""
    REPRODUCTION = "reproduction"
    """It repeats the other's specification, to see whether the numbers are the same."""
    DUPLICATE = "duplicate"
    """It began from the other's settings."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run came from."""

    run_id: str
    """The other run."""
    relation: Relation
    """What this run is to it."""
    timestep: int | None = None
    """Timestep of the other's checkpoint, where one was taken over."""


_S = RunStatus
LEGAL_TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    _S.CREATED: frozenset({_S.QUEUED}),
    _S.QUEUED: frozenset({_S.STARTING, _S.STOPPED, _S.FAILED}),
    _S.STARTING: frozenset({_S.RUNNING, _S.STOPPING, _S.FAILED, _S.INTERRUPTED, _S.QUEUED}),
    _S.RUNNING: frozenset({
        _S.PAUSED,
        _S.STOPPING,
        _S.COMPLETED,
        _S.STOPPED,
        _S.FAILED,
        _S.INTERRUPTED,
    }),
    _S.PAUSED: frozenset({_S.RUNNING, _S.STOPPING, _S.STOPPED, _S.FAILED, _S.INTERRUPTED}),
    _S.STOPPING: frozenset({_S.STOPPED, _S.COMPLETED, _S.FAILED, _S.INTERRUPTED}),
    _S.COMPLETED: frozenset(),
    _S.STOPPED: frozenset({_S.QUEUED}),
    _S.FAILED: frozenset({_S.QUEUED}),
    _S.INTERRUPTED: frozenset({_S.QUEUED}),
}
"""State -> the states it may change to."""

LIVE_STATUSES = frozenset({_S.STARTING, _S.RUNNING, _S.PAUSED, _S.STOPPING})
"""A process belongs to the run."""

BUSY_STATUSES = LIVE_STATUSES - {_S.PAUSED}
"""The run computes, so it takes one of the places of the queue; a paused one has freed its core."""

FINISHED_STATUSES = frozenset({_S.COMPLETED, _S.STOPPED, _S.FAILED, _S.INTERRUPTED})
"""No process belongs to the run and none is awaited."""


def allowed_actions(
    status: RunStatus, *, has_checkpoint: bool, has_budget_left: bool
) -> tuple[RunAction, ...]:
    """Say what a person may do with a run now.

    Args:
        status: The run's state.
        has_checkpoint: Whether training can continue from a stored checkpoint.
        has_budget_left: Whether fewer timesteps than the budget were done.

    Returns:
        The actions, the most useful first.
    """
    can_resume = has_checkpoint and has_budget_left
    finished = (RunAction.RESUME, RunAction.DELETE) if can_resume else (RunAction.DELETE,)
    table: dict[RunStatus, tuple[RunAction, ...]] = {
        _S.CREATED: (RunAction.START, RunAction.DELETE),
        _S.QUEUED: (RunAction.STOP,),
        _S.STARTING: (RunAction.STOP,),
        _S.RUNNING: (RunAction.PAUSE, RunAction.STOP),
        _S.PAUSED: (RunAction.RESUME, RunAction.STOP),
        _S.STOPPING: (),
        _S.COMPLETED: (RunAction.DELETE,),
        _S.STOPPED: finished,
        _S.FAILED: finished,
        _S.INTERRUPTED: finished,
    }
    return table[status]


class StartFrom(BaseModel):
    """The checkpoint of another run that a run begins with."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    run_id: str
    """The run that has the checkpoint."""
    timestep: Annotated[int, Field(ge=0)]
    """Timesteps that the checkpoint had done."""
    mode: Literal["policy", "state"]
    """`policy` takes over the weights alone; `state` everything, and counts timesteps on."""


WARM_START_CAPABILITY = "warm_start"
"""What a runner's manifest says when it can begin with another run's policy."""
FIXED_BY = "fixed_by"
"""Key in the schema of a hyperparameter that must be the same as in the run taken over:
`policy` for every start from a checkpoint, `state` for forks alone."""


class PeriodicEvaluation(BaseModel):
    """Evaluations during training: the greedy policy in environments of its own."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    every_timesteps: Annotated[int, Field(ge=1)]
    """Spacing, at the first safe point after so many timesteps."""
    num_episodes: Annotated[int, Field(ge=1, le=100)] = 5
    """Episodes of each evaluation."""
    stop_at_return: float | None = None
    """Training ends once the mean return of an evaluation reaches this."""


class WrapperSpec(BaseModel):
    """One link of the chain of wrappers around an environment."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    id: str
    """Which wrapper."""
    kwargs: dict[str, Any] = Field(default_factory=dict)
    """Its settings, complete."""


class ImportedFrom(BaseModel):
    """The file that a model was read from which no run of this lab trained."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    file_name: str
    """What it was called."""
    format: str
    """How it was written: `safetensors` or a backend's own format."""
    sha256: str
    """Hash of the file."""


class RunSpec(BaseModel):
    """Everything that decides what a run does; stored whole, hashed and never changed."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    schema_version: int = 1
    """Version of this document's form."""
    run_id: str
    """Identifier of the run."""
    env_id: str
    """Environment id after aliases were resolved."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the environment's constructor."""
    environment_code: SourceCode | None = None
    """Source of the environment where it is a user's own (`code/<id>@<version>`)."""
    wrappers: tuple[WrapperSpec, ...] = ()
    """Around the environment, the innermost first."""
    reward_code: SourceCode | None = None
    """Source of the reward that the agent learns from; None for the environment's own."""
    reward_formula: dict[str, str] | None = None
    """Event of the game -> formula of what it is worth, where the reward is made of events."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm of that backend."""
    hyperparameters: dict[str, Any]
    """Complete and resolved, under the backend's own names."""
    preset: str | None = None
    """Preset that the hyperparameters began from."""
    total_timesteps: Annotated[int, Field(ge=1, le=MAX_TOTAL_TIMESTEPS)]
    """Training budget, summed over all environments."""
    max_episodes: Annotated[int, Field(ge=1)] | None = None
    """Optional second budget: training also ends after this many episodes."""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    """Seed of the environments, the policy and every random generator."""
    device: Device = Device.AUTO
    """Where the networks are computed."""
    may_use_card: bool = False
    """Whether the device `auto` may become an NVIDIA card. Only then is the worker shown one."""
    checkpoint_every_timesteps: Annotated[int, Field(ge=1)] | None = None
    """Checkpoint spacing in timesteps; the time spacing holds as well."""
    checkpoint_every_s: Annotated[float, Field(gt=0)] = 30.0
    """Longest time between two checkpoints, at the first safe point after it."""
    start_from: StartFrom | None = None
    """Checkpoint of another run to begin with."""
    evaluation: PeriodicEvaluation | None = None
    """Evaluations during training; None for none."""
    imported: ImportedFrom | None = None
    """The file that the only checkpoint was read from; nothing was trained here."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Library name -> version when the run was created."""

    def sha256(self) -> str:
        """Return the hash of the canonical JSON form."""
        canonical = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return hashlib.sha256(canonical.encode()).hexdigest()
