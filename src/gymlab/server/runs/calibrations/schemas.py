"""Shapes of the calibrations resource."""

from pydantic import Field

from gymlab.domain.costs import Basis, Confidence
from gymlab.server.answers import Answer, Timestamp
from gymlab.server.estimating.desk import JobStatus


class Measured(Answer):
    """What a measurement found; times are of one worker on this machine."""

    timesteps_per_second: float
    """Speed while the agent learns, updates included."""
    setup_s: float
    """From the specification to the first timestep: environments, networks, compilation."""
    imports_s: float
    """What a worker took to import its libraries; an idle worker has done that before."""
    memory_bytes: int
    """Most memory that the worker held with the buffers of the measurement."""
    measured_timesteps: int
    """Timesteps behind the speed."""
    measured_s: float
    """Training time behind the speed."""
    saw_updates: bool
    """Whether whole updates were measured; without them the speed is a guess upwards."""
    others_cores: float
    """Cores that other processes of the machine kept busy meanwhile."""
    measured_at: Timestamp
    """When it ended."""


class Calibration(Answer):
    """A short training whose cost is measured and of which nothing is kept."""

    id: str
    """Identifier."""
    status: JobStatus
    """`waiting`, `starting`, `setup` and `measuring` go on; `done`, `failed` and `cancelled` are the end."""
    progress: float = Field(ge=0, le=1)
    """Share that is done."""
    detail: str
    """One sentence: what it does, why it waits, what it found or why it failed."""
    hint: str | None
    """What to do about it."""
    queue_position: int | None
    """Place among those that wait, from 1."""
    env_id: str
    """Environment."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    created_at: Timestamp
    """When it was asked for."""
    result: Measured | None
    """What it found; null until it is done."""


class Engine(Answer):
    """A training backend that has the algorithm, and how fast it trains these settings here."""

    runner: str
    """Identifier for `POST /runs`."""
    title: str
    """Name for people."""
    summary: str
    """One sentence."""
    applies: bool
    """Whether it can train this."""
    reason: str | None
    """Why not."""
    is_default: bool
    """Whether the web app takes it where nobody has chosen."""
    timesteps_per_second: float | None
    """Speed measured or seen in earlier runs on this machine; null where only guesses are known."""
    basis: Basis | None
    """What the speed stands on."""
    confidence: Confidence | None
    """How sure it is."""
    measured_at: Timestamp | None
    """When that was."""
    times_faster: float | None
    """Speed over that of the slowest engine that was measured; null for that one and where fewer than two were."""
    compared_with: str | None
    """Name of that engine."""
    calibration_id: str | None
    """Its measurement that waits or is under way."""
