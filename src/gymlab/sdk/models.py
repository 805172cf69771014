"""What the server answers, as typed data. Fields that a newer server adds are kept."""

from datetime import datetime
from typing import Any, Literal, NotRequired, Required, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from gymlab.domain.environments import (
    ActionMeaning,
    DescriptionSection,
    SpaceInfo,
    TableRow,
)
from gymlab.domain.runs import FINISHED_STATUSES, RunAction, RunStatus

Row = dict[str, Any]
"""A metric row as the run wrote it: `seq`, `kind`, `timestep`, ... (see docs/metrics.md)."""


class Answer(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)


class SandboxState(Answer):
    """How well user code is kept apart."""

    tier: str
    """isolated, reduced, single_user or none."""
    detail: str = ""
    """Why."""
    fix: str | None = None
    """What to do for a stronger tier."""
    is_overridden: bool = False
    """Whether code of users runs although strangers reach the server and no sandbox holds it."""


class Health(Answer):
    """Whether and since when a server works."""

    status: str
    """`ok`."""
    version: str
    """Version of gymlab."""
    uptime_s: float
    """Seconds since its start."""
    executor: str = "local"
    """Where runs are executed."""
    sandbox: SandboxState | None = None
    """How well user code is kept apart."""
    instance: str | None = None
    """Random name of this start of the server."""


class DeviceInfo(Answer):
    """What the networks are computed on when a run does not say."""

    device: str
    """Name for a run's `device`."""
    type: str
    """cpu, cuda or mps."""
    name: str
    """The processor's name."""
    memory_bytes: int | None = None
    """Memory of the device."""
    cpu_count: int | None = None
    """Cores of the machine."""
    forced: bool = False
    """Whether a setting overrides what runs ask for."""


class Environment(Answer):
    """A catalogue entry; description and tables are only in `Client.environment`."""

    id: str
    title: str
    family: str
    summary: str = ""
    action_space: SpaceInfo | None = None
    observation_space: SpaceInfo | None = None
    num_agents: int = 1
    max_episode_steps: int | None = None
    reward_threshold: float | None = None
    render_fps: float | None = None
    can_render: bool = True
    available: bool = True
    unavailable_reason: str | None = None
    aliases: list[str] = Field(default_factory=list[str])
    thumbnail_url: str | None = None
    description: list[DescriptionSection] = Field(default_factory=list[DescriptionSection])
    action_meanings: list[ActionMeaning] = Field(default_factory=list[ActionMeaning])
    observation_table: list[TableRow] = Field(default_factory=list[TableRow])
    default_kwargs: dict[str, Any] = Field(default_factory=dict)
    notice: str | None = None
    """Said when an older id was asked for."""


class Preset(Answer):
    """Hyperparameters known to be good for something."""

    id: str
    env_id: str | None = None
    hyperparameters: dict[str, Any] = Field(default_factory=dict)
    total_timesteps: int | None = None
    source: str = ""


class Algorithm(Answer):
    """A learning algorithm of a runner."""

    id: str
    title: str
    summary: str = ""
    action_spaces: list[str] = Field(default_factory=list[str])
    schema_: dict[str, Any] = Field(default_factory=dict, alias="schema")
    """JSON Schema of the hyperparameters."""
    presets: list[Preset] = Field(default_factory=list[Preset])


class Runner(Answer):
    """A training backend."""

    id: str
    title: str
    kind: str
    available: bool = True
    unavailable_reason: str | None = None
    capabilities: list[str] = Field(default_factory=list[str])
    algorithms: list[Algorithm] = Field(default_factory=list[Algorithm])


class Failure(Answer):
    """Why a run failed or was interrupted."""

    code: str
    """Stable name, for example `killed` or `out_of_memory`."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""


class Run(Answer):
    """A run and what is known of it now."""

    id: str
    status: RunStatus
    env_id: str
    runner: str
    algorithm: str
    total_timesteps: int
    name: str | None = None
    tags: list[str] = Field(default_factory=list[str])
    notes: str | None = None
    status_reason: str | None = None
    """Why it failed or waits."""
    failure: Failure | None = None
    hyperparameters: dict[str, Any] = Field(default_factory=dict)
    """Complete and resolved."""
    preset: str | None = None
    max_episodes: int | None = None
    seed: int | None = None
    timestep: int = 0
    """Timesteps done."""
    episodes: int = 0
    """Episodes finished."""
    metrics: dict[str, float | None] = Field(default_factory=dict)
    """Latest value of every metric."""
    phase: str | None = None
    queue_position: int | None = None
    progress: float | None = None
    time_left_s: float | None = None
    device: str | None = None
    attempt: int | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_s: float | None = None
    """Training time, without set-up and pauses."""
    archived: bool = False
    starred: bool = False
    experiment_id: str | None = None
    """The experiment whose seeds it is one of."""
    parent_run_id: str | None = None
    """The run it came from."""
    relation: str | None = None
    """What it is to that run: warm_start, fork, reproduction or duplicate."""
    parent_timestep: int | None = None
    """Timestep of that run's checkpoint, where one was taken over."""
    evaluation_return: float | None = None
    """Mean return of its latest evaluation."""
    owner: str | None = None
    allowed_actions: list[RunAction] = Field(default_factory=list[RunAction])
    versions: dict[str, str] = Field(default_factory=dict)
    imported: dict[str, str] | None = None
    spec_sha256: str | None = None
    recording_id: str | None = None
    """The recording under way."""

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, for now or for good."""
        return self.status in FINISHED_STATUSES


class Problem(Answer):
    """Something that keeps a run from being created."""

    field: str | None = None
    code: str
    detail: str
    hint: str | None = None


class Check(Answer):
    """One line of the preflight."""

    id: str
    status: str
    """ok, warning or error."""
    detail: str
    hint: str | None = None


class Range(Answer):
    """Within which a figure should lie."""

    low: float
    high: float


class Estimate(Answer):
    """What a run will probably take, and what that stands on."""

    duration_s: float | None = None
    """Training time."""
    duration_range_s: Range | None = None
    startup_s: float | None = None
    """From the start to the first timestep."""
    timesteps_per_second: float | None = None
    memory_bytes: float | None = None
    memory_range_bytes: Range | None = None
    disk_bytes: float | None = None
    disk_range_bytes: Range | None = None
    basis: str | None = None
    """runs, calibration, similar or guess."""
    confidence: str = "low"
    """high, medium or low."""
    detail: str = ""
    """What it stands on."""
    measured_at: datetime | None = None
    num_runs: int = 0
    calibration_id: str | None = None
    """The measurement of these settings that is under way."""


class Preflight(Answer):
    """Whether a run could be created as asked for."""

    ok: bool
    problems: list[Problem] = Field(default_factory=list[Problem])
    checks: list[Check] = Field(default_factory=list[Check])
    estimate: Estimate | None = None


class Series(Answer):
    """One metric over timesteps, downsampled."""

    unit: str = ""
    timestep: list[float]
    value: list[float | None]
    total_points: int = 0
    """Points before downsampling."""


class RunEvent(Answer):
    """An entry of a run's event log."""

    id: int
    run_id: str
    timestamp: datetime
    event_type: str
    level: str
    message: str
    data: dict[str, Any] | None = None


class Artifact(Answer):
    """A file of a run."""

    path: str
    kind: str
    size_bytes: int
    sha256: str | None = None
    created_at: datetime | None = None


class Checkpoint(Answer):
    """A stored state of a run."""

    timestep: int
    is_latest: bool = False
    is_best: bool = False
    mean_return: float | None = None
    sha256: str | None = None
    integrity: str = "unchecked"
    size_bytes: int = 0
    created_at: datetime | None = None


class StartPoint(TypedDict, total=False):
    """A checkpoint of another run to begin with; only `run_id` is required."""

    run_id: Required[str]
    checkpoint: Literal["latest", "best"] | int
    mode: Literal["policy", "state"]


class PeriodicEvaluationOptions(TypedDict, total=False):
    """Evaluations during training."""

    every_timesteps: int
    num_episodes: int
    stop_at_return: float


class CodeChoice(TypedDict, total=False):
    """Code of a user's: a version of a document, or source."""

    id: str
    version: int
    source: str


class WrapperChoice(TypedDict):
    """One link of the chain of wrappers around the environment."""

    id: str
    kwargs: NotRequired[dict[str, Any]]


class RunOptions(TypedDict, total=False):
    """What a new run can be told besides its environment."""

    env_kwargs: dict[str, Any]
    runner: str
    algorithm: str
    hyperparameters: dict[str, Any]
    preset: str
    total_timesteps: int
    max_episodes: int
    checkpoint_every_timesteps: int
    evaluation: PeriodicEvaluationOptions
    seed: int
    device: str
    name: str
    tags: list[str]
    notes: str
    start_from: StartPoint
    reward_code: CodeChoice
    reward_formula: dict[str, str]
    wrappers: list[WrapperChoice]
    start: bool


class RunFilter(TypedDict, total=False):
    """Which runs to list."""

    status: str
    env_id: str
    runner: str
    algorithm: str
    tag: str
    q: str
    archived: bool
    include_archived: bool
    starred: bool
    experiment_id: str
    parent_run_id: str
    sort: str
