"""Shapes of the runs resource."""

from typing import Any, Literal

from pydantic import Field

from gymlab.domain.costs import Basis, Confidence
from gymlab.domain.evaluations import CheckpointChoice
from gymlab.domain.runs import Device, ImportedFrom, Relation, RunAction, RunStatus
from gymlab.domain.wrappers import MAX_LINKS
from gymlab.server.answers import Answer, Input, Timestamp
from gymlab.server.code_lookup import CodeReference


class StartPoint(Input):
    """A checkpoint of another run to begin with."""

    run_id: str = Field(max_length=64)
    """The run that has it."""
    checkpoint: CheckpointChoice = "latest"
    """`latest`, `best`, or the timesteps that it had done."""
    mode: Literal["policy", "state"] = "policy"
    """`policy`: a new run with its weights. `state`: its complete state, counting timesteps on."""


class NewPeriodicEvaluation(Input):
    """Evaluations during training."""

    every_timesteps: int
    """Spacing, at the first safe point after so many timesteps."""
    num_episodes: int = 5
    """Episodes of each evaluation, 1 to 100."""
    stop_at_return: float | None = None
    """Training ends once the mean return of an evaluation reaches this."""


class WrapperChoice(Input):
    """One link of the chain of wrappers."""

    id: str = Field(max_length=100)
    """One of `GET /wrappers`."""
    kwargs: dict[str, Any] = Field(default_factory=dict, max_length=100)
    """Its settings; what is left out has its default."""


class NewRun(Input):
    """What a run is to do. Without `preset` and `hyperparameters`: tuned where it exists, else stable."""

    env_id: str = Field(max_length=200)
    """Environment id; an older id is resolved."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict, max_length=100)
    """Keyword arguments of the environment's constructor."""
    runner: str | None = Field(default=None, max_length=100)
    """Training backend; by default the first available one that has the algorithm."""
    algorithm: str = Field(max_length=100)
    """Learning algorithm."""
    hyperparameters: dict[str, Any] | None = Field(default=None, max_length=500)
    """What differs from the preset or the defaults."""
    network: dict[str, Any] | None = Field(default=None, max_length=10)
    """Hidden layers, `{"layers": [{"type": "dense", "units": 128, "activation": "relu"}]}`, for runners with the capability `network_builder`; the same as the hyperparameter `network`."""
    preset: str | None = Field(default=None, max_length=100)
    """fast, stable, high_score or tuned."""
    total_timesteps: int | None = None
    """Training budget over all environments; by default the preset's, else 1,000,000."""
    max_episodes: int | None = None
    """Optional second budget."""
    seed: int | None = None
    """Drawn at random when not given."""
    device: Device = Device.AUTO
    """Where the networks are computed."""
    name: str | None = None
    """Plain text; by default algorithm and environment."""
    tags: list[str] = Field(default_factory=list, max_length=50)
    """Plain text each."""
    notes: str | None = None
    """Plain text."""
    checkpoint_every_timesteps: int | None = Field(default=None, ge=1)
    """Checkpoint spacing in timesteps, beside the one in time."""
    evaluation: NewPeriodicEvaluation | None = None
    """Evaluations during training; null for none."""
    start_from: StartPoint | None = None
    """Begin with a checkpoint of another run; what is left open here is taken from that run."""
    reward_code: CodeReference | None = None
    """Reward that the agent learns from; null for the environment's own."""
    reward_formula: dict[str, str] | None = Field(default=None, max_length=64)
    """Event of one of our own games -> what it is worth: a number or a formula."""
    wrappers: list[WrapperChoice] = Field(default_factory=list[WrapperChoice], max_length=MAX_LINKS)
    """Around the environment, the innermost first."""
    start: bool = True
    """False leaves the run `created`."""
    duplicate_of: str | None = Field(default=None, max_length=100)
    """The run whose settings this one began from."""


class ForkRequest(Input):
    """What a fork does differently from a checkpoint on."""

    checkpoint: CheckpointChoice = "latest"
    """`latest`, `best`, or the timesteps that it had done."""
    hyperparameters: dict[str, Any] = Field(default_factory=dict, max_length=500)
    """What changes; the rest is as in the run."""
    total_timesteps: int | None = None
    """New end of the training; by default the run's own."""
    name: str | None = None
    """Plain text; by default the run's name with a note."""


class RunChanges(Input):
    """What may be changed of a run."""

    name: str | None = None
    """Plain text."""
    tags: list[str] | None = Field(default=None, max_length=50)
    """Plain text each."""
    notes: str | None = None
    """Plain text."""
    archived: bool | None = None
    """Hidden from the usual lists."""
    starred: bool | None = None
    """Marked by somebody as worth finding again."""


class Failure(Answer):
    """Why a run failed or was interrupted."""

    code: str
    """Stable name, for example `killed`, `out_of_memory`, `exception`."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""
    line: str | None = None
    """`file:line` of an exception."""
    traceback: str | None = None
    """Python's account of an exception."""


class Run(Answer):
    """A run and what is known of it now."""

    id: str
    """Identifier."""
    name: str
    """Plain text."""
    tags: list[str]
    """Plain text each."""
    notes: str
    """Plain text."""
    status: RunStatus
    """Where it is in its life."""
    status_reason: str | None
    """Why it failed, waits or cannot write."""
    failure: Failure | None
    """For failed and interrupted runs."""
    phase: Literal["rollout", "update", "setup", "saving"] | None
    """What a running run does now."""
    queue_position: int | None
    """Place in the queue, from 1."""
    env_id: str
    """Environment."""
    env_title: str
    """Its name for people."""
    env_kwargs: dict[str, Any]
    """Keyword arguments of its constructor."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    preset: str | None
    """Preset that the hyperparameters began from."""
    hyperparameters: dict[str, Any]
    """Complete and resolved."""
    total_timesteps: int
    """Training budget."""
    max_episodes: int | None
    """Second budget."""
    seed: int
    """Seed of everything random."""
    device: str | None
    """Where it computes; before the start what was asked for."""
    attempt: int
    """How often it was started, resumes included."""
    timestep: int
    """Timesteps done."""
    episodes: int
    """Episodes finished."""
    gradient_steps: int
    """Optimizer updates done."""
    progress: float
    """Share of the budget that is done, 0 to 1."""
    time_left_s: float | None
    """Expected rest of the training time."""
    metrics: dict[str, float | None]
    """Latest value of every metric, `train/mean_return` over 100 episodes among them."""
    created_at: Timestamp
    """When it was created."""
    started_at: Timestamp | None
    """When training began."""
    finished_at: Timestamp | None
    """When it ended."""
    duration_s: float
    """Training time without set-up and pauses."""
    archived: bool
    """Hidden from the usual lists."""
    starred: bool
    """Marked by somebody as worth finding again."""
    experiment_id: str | None
    """The experiment whose seeds it is one of."""
    parent_run_id: str | None
    """The run it came from."""
    relation: Relation | None
    """What it is to that run."""
    parent_timestep: int | None
    """Timestep of that run's checkpoint, where one was taken over."""
    evaluation_return: float | None
    """Mean return of its latest evaluation."""
    owner: str
    """Whose it is."""
    allowed_actions: list[RunAction]
    """What may be asked of it now."""
    imported: ImportedFrom | None
    """The file that its only checkpoint was read from; null for runs that were trained here."""
    versions: dict[str, str]
    """Library -> version at its creation."""
    spec_sha256: str
    """Hash of the resolved specification."""
    num_checkpoints: int
    """Stored checkpoints."""
    can_render: bool | None
    """Whether pictures can be had; null until known."""
    no_render_reason: str | None
    """Why not."""
    recording_id: str | None
    """The recording under way."""


class Problem(Answer):
    """Something that keeps a run from being created."""

    field: str
    """Dotted path of the field."""
    code: str
    """Stable name of the problem."""
    detail: str
    """One sentence naming the value and what is allowed."""
    hint: str | None = None
    """What to do about it."""


class Check(Answer):
    """One line of the preflight."""

    id: str
    """spaces, dependencies, device, stepping, disk, memory, queue, duration or start_from."""
    status: Literal["ok", "warning", "error"]
    """Errors keep the run from being created."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""


class Range(Answer):
    """Within which a figure should lie."""

    low: float
    """Rarely less."""
    high: float
    """Rarely more."""


class Estimate(Answer):
    """What the run will probably take, and what that stands on."""

    duration_s: float | None
    """Training time; evaluations during training come on top."""
    duration_range_s: Range | None = None
    """Within which it should lie."""
    startup_s: float | None = None
    """From the start to the first timestep, compilation included; null until it was measured."""
    timesteps_per_second: float | None = None
    """Speed while the agent learns."""
    memory_bytes: int | None
    """Most memory that its worker will hold."""
    memory_range_bytes: Range | None = None
    """Within which it should lie."""
    disk_bytes: int | None
    """Space in the data folder."""
    disk_range_bytes: Range | None = None
    """Within which it should lie."""
    basis: Basis | None = None
    """`runs`: earlier runs of the same settings here. `calibration`: a short measurement of them here. `similar`: other settings of the same algorithm here. `guess`: nothing was measured on this machine."""
    confidence: Confidence = Confidence.LOW
    """How sure the duration is."""
    detail: str = ""
    """One sentence on what it stands on."""
    measured_at: Timestamp | None = None
    """When that was."""
    num_runs: int = 0
    """Earlier runs that it stands on."""
    is_disturbed: bool = False
    """Whether other programs kept the machine busy while it was measured."""
    calibration_id: str | None = None
    """The measurement of exactly these settings that waits or is under way."""
    should_calibrate: bool = False
    """Whether a measurement would help and the machine is idle enough for one now."""


class Preflight(Answer):
    """Whether a run could be created as asked for."""

    ok: bool
    """No problems and no check with an error."""
    problems: list[Problem]
    """By field."""
    checks: list[Check]
    """In reading order."""
    estimate: Estimate
    """What it will probably take."""


class NewRecording(Input):
    """What to record."""

    source: Literal["training", "showcase"] = "training"
    """Which pictures."""
    max_frames: int = Field(default=200, ge=1, le=10_000)
    """Ends by itself after so many."""
    fps: float = Field(default=30, ge=1, le=60)
    """Frames a second of the film."""


class Recording(Answer):
    """A recording under way; its file appears as `recordings/<id>.mp4`."""

    id: str
    """Identifier."""
    status: Literal["recording", "stopping"]
    """Whether it goes on."""


class EpisodeReset(Input):
    """Which episode to end."""

    env_index: int = Field(default=0, ge=0, le=4096)
    """Sub-environment."""


class HyperparameterChange(Answer):
    """A value that somebody changed while the run trained."""

    name: str
    """Hyperparameter."""
    old: Any
    """Value before."""
    new: Any
    """Value from then on."""
    timestep: int
    """Timesteps done at the change."""
    changed_at: Timestamp
    """When it took effect."""


class Hyperparameters(Answer):
    """What a run trains with now."""

    current: dict[str, Any]
    """Those of the specification, with what was changed since."""
    changeable: list[str]
    """Those that `PATCH` changes while the run trains."""
    changes: list[HyperparameterChange]
    """Oldest first."""


class Resumption(Answer):
    """How exactly a run continues after an interruption."""

    level: Literal["exact", "approximate", "none"]
    """`exact`: as if nothing had happened. `none`: its backend cannot continue at all."""
    reasons: list[str]
    """Why, in sentences for people."""
    changed_versions: dict[str, list[str]]
    """Libraries that are others now than at the latest checkpoint: name -> [then, now]."""


class Accepted(Answer):
    """The run was told."""

    status: Literal["accepted"] = "accepted"
    """Always this."""
