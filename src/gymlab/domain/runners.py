"""What the lab knows of a training backend without importing it."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting
from gymlab.domain.runs import Device

_FROZEN = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on())


class RunnerKind(StrEnum):
    """How a backend is started."""

    PYTHON = "python"
    SCRIPT = "script"
    SERVICE = "service"


class MemoryModel(BaseModel):
    """Which hyperparameters decide how much memory an algorithm holds."""

    model_config = _FROZEN

    buffer_size_field: str | None = None
    """Hyperparameter with the capacity of the replay buffer in transitions."""
    buffer_observation_copies: int = 2
    """Observations stored per transition of the replay buffer."""
    rollout_length_field: str | None = None
    """Hyperparameter with the rollout length per environment in timesteps."""
    largest_saved_bytes: int | None = None
    """A replay buffer that holds more is not kept with checkpoints; None where all are."""
    num_envs_field: str | None = "num_envs"
    """Hyperparameter with the number of environments."""


class CostModel(BaseModel):
    """How a backend's hyperparameters decide what training costs; names it lacks are ignored."""

    model_config = _FROZEN

    free: list[str] = Field(default_factory=list[str])
    """Hyperparameters that change neither time nor memory; every other one may."""
    at_most: dict[str, float] = Field(default_factory=dict[str, float])
    """Hyperparameter -> most that a short measurement uses of it, because the rest is arithmetic."""
    learning_starts_field: str | None = None
    """Hyperparameter with the timesteps before the first update."""


class AlgorithmManifest(BaseModel):
    """One algorithm of a backend, from `runner.toml`."""

    model_config = _FROZEN

    id: str
    """Identifier, for example `ppo`."""
    title: str
    """Name for people."""
    summary: str
    """One or two sentences: what it is and when to take it."""
    paper: str | None = None
    """Where it was published."""
    action_spaces: list[str]
    """Class names of the action spaces it supports."""
    observation_spaces: list[str]
    """Class names of the observation spaces it supports."""
    main_loss: str | None = None
    """House name of the metric shown as "loss"."""
    memory: MemoryModel = Field(default_factory=MemoryModel)
    """What decides its memory."""
    live_hyperparameters: list[str] = Field(default_factory=list[str])
    """Hyperparameters that may be changed while it trains."""
    approximate_resume: str | None = None
    """Why runs do not continue exactly although the backend can; None where they do."""
    timesteps_per_second: float | None = None
    """Rough speed on CartPole on one CPU core, for the first estimate of a duration."""


class ModelFormat(BaseModel):
    """A backend's own form of a trained policy as a file."""

    model_config = _FROZEN

    id: str
    """Identifier, as `GET /runs/{id}/model?format=` takes it."""
    title: str
    """Name for people."""
    suffix: str
    """End of the file's name, with the dot."""


class RunnerManifest(BaseModel):
    """The whole of a `runner.toml`."""

    model_config = _FROZEN

    id: str
    """Name of the runner's folder."""
    title: str
    """Name for people."""
    kind: RunnerKind
    """How it is started."""
    summary: str = ""
    """One sentence."""
    environment: str = "core"
    """Python environment its workers run in."""
    requires: list[str] = Field(default_factory=list[str])
    """Importable modules it needs."""
    requires_files: list[str] = Field(default_factory=list[str])
    """Files of those modules that it needs, as patterns that begin with the module: what an interrupted installation leaves out is seen before a run fails over it."""
    install_hint: str | None = None
    """How to get what it needs."""
    capabilities: list[str] = Field(default_factory=list[str])
    """What the web app may offer: pause, resume_exact, live_frames, ..."""
    devices: list[Device] = Field(default_factory=lambda: [Device.CPU, Device.CUDA, Device.MPS])
    """What it can compute networks on."""
    model_formats: list[ModelFormat] = Field(default_factory=list[ModelFormat])
    """Files of its own form that it reads and writes, beside ours."""
    compiled_environments: list[str] = Field(default_factory=list[str])
    """Environments that it steps in compiled code. All others work, slower: they are Python."""
    vectorised_environments: list[str] = Field(default_factory=list[str])
    """Environments that it steps many at a time in NumPy; of the rest each by itself."""
    cost: CostModel = Field(default_factory=CostModel)
    """What decides the cost of its runs."""
    engine_priority: int = 0
    """Of several runners with an algorithm the web app takes the one with the largest first, then by `order`.

    One that names compiled or vectorised environments has it in those alone.
    """
    order: int = 100
    """Place in lists, the smallest first; of several with an algorithm the first is the default."""
    is_listed: bool = True
    """Whether the web app offers it (a test double is not)."""
    algorithms: list[AlgorithmManifest]
    """In the order they are shown."""

    def priority_in(self, env_id: str) -> int:
        """Return how much it is preferred in an environment: a quick engine only where it is quick."""
        quick = (*self.compiled_environments, *self.vectorised_environments)
        return self.engine_priority if not quick or env_id in quick else 0


class Preset(BaseModel):
    """A set of hyperparameters known to be good for something."""

    model_config = _FROZEN

    id: str
    """fast, stable, high_score or tuned."""
    env_id: str | None = None
    """The environment it was tuned for; null = any."""
    hyperparameters: dict[str, Any]
    """What differs from the defaults."""
    total_timesteps: int
    """Budget it was tuned with."""
    source: str
    """Where the values come from."""


class AlgorithmDescription(AlgorithmManifest):
    """An algorithm with its configuration schema and presets."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=documenting.is_on(),
        populate_by_name=True,
    )

    schema_: dict[str, Any] = Field(alias="schema")
    """JSON Schema of the hyperparameters, with `unit`, `canonical` and `group` per field."""
    presets: list[Preset]
    """For any environment first, then the tuned ones."""


class RunnerDescription(BaseModel):
    """A backend as a worker describes it."""

    model_config = _FROZEN

    manifest: RunnerManifest
    """Its `runner.toml`."""
    available: bool
    """Whether everything it requires is installed."""
    unavailable_reason: str | None = None
    """What is missing and how to get it."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Library -> version."""
    algorithms: list[AlgorithmDescription]
    """With schema and presets; empty when not available."""
