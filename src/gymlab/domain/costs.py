"""What training takes on one machine: measured shortly before the start, or seen in whole runs."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting

_FROZEN = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on())
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Bytes = Annotated[int, Field(ge=0)]


class Basis(StrEnum):
    """What an estimate stands on, the surest first."""

    RUNS = "runs"
    """Runs of the same settings that ended on this machine."""
    CALIBRATION = "calibration"
    """A short measurement of the same settings on this machine."""
    SIMILAR = "similar"
    """A measurement or runs with other settings or other versions of the libraries."""
    GUESS = "guess"
    """A rough figure that the backend gives; nothing was measured here."""


class Confidence(StrEnum):
    """How sure an estimate is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Written(BaseModel):
    """What a short training would have left on the disk."""

    model_config = _FROZEN

    num_episodes: Annotated[int, Field(ge=0)] = 0
    """Episodes that ended."""
    episode_length: Amount | None = None
    """Mean length, in timesteps, of those that ended in its second half; None when none ended."""
    episode_row_bytes: Amount = 0.0
    """Mean row of an episode."""
    learner_row_bytes_per_timestep: Amount = 0.0
    """Rows of the learner, for each timestep."""
    picture_bytes: Bytes | None = None
    """Its last picture of the learner; None where the backend takes none."""
    checkpoint_bytes: Bytes | None = None
    """Lasting files of its last checkpoint; None when none was saved."""
    transient_bytes: Bytes = 0
    """What training continues from, in the same checkpoint."""
    transient_bytes_per_timestep: Amount | None = None
    """How fast that grew from the first checkpoint to the last; None when only one was saved."""
    checkpoint_timestep: Annotated[int, Field(ge=0)] = 0
    """Timesteps when its last checkpoint was saved."""


class Cost(BaseModel):
    """What a short training took; times are of one worker alone on this machine."""

    model_config = _FROZEN

    imports_s: Amount
    """From the start of the process until its libraries were imported."""
    setup_s: Amount
    """From the specification to the first timestep: environments, networks, compilation."""
    s_per_timestep: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Training time of one timestep while the agent learns, updates included."""
    gathering_s_per_timestep: Amount | None = None
    """The same before learning begins; None where learning begins at once."""
    spread: Amount
    """Relative standard deviation of that time between the parts of the measurement."""
    measured_timesteps: Annotated[int, Field(ge=0)]
    """Timesteps that were measured."""
    measured_s: Amount
    """Training time that was measured."""
    saw_updates: bool
    """Whether whole updates lie within the measurement."""
    peak_bytes: Bytes
    """Most memory that the worker held, its buffers included."""
    timesteps_done: Annotated[int, Field(ge=0)]
    """Timesteps when it ended; so many transitions were in its buffers."""
    files: Written = Written()
    """What it would have written."""
    others_cores: Amount = 0.0
    """Cores that other processes of the machine kept busy meanwhile."""


class Calibration(BaseModel):
    """A short measurement and what it holds for."""

    model_config = _FROZEN

    workload: str
    """Hash of everything that decides the cost of a run, see `workload_of`."""
    machine: str
    """Names the machine, see `machine_key`."""
    versions: dict[str, str]
    """Library -> version."""
    env_id: str
    """Environment."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    num_envs: int
    """Environments stepped in lockstep."""
    measured_at: float
    """Seconds since 1970, UTC."""
    buffer_bytes: Bytes
    """What its buffers held by themselves at its end, by their sizes."""
    cost: Cost
    """What was measured."""


class FinishedRun(BaseModel):
    """What a whole run took on this machine."""

    model_config = _FROZEN

    workload: str
    """As in `Calibration`."""
    versions: dict[str, str]
    """Library -> version."""
    timesteps: int
    """Timesteps of its budget that it did."""
    duration_s: float
    """Training time."""
    setup_s: float | None
    """From the specification to the first timestep."""
    peak_bytes: int | None
    """Most memory that its worker held."""
    buffer_bytes: int
    """What its buffers held by themselves at its end, by their sizes."""
    run_id: str
    """Which run."""
    finished_at: float | None
    """When it ended."""
