"""What the server says of the cost of a training, as typed data."""

from datetime import datetime

from gymlab.sdk.models import Answer

OVER = frozenset({"done", "failed", "cancelled"})


class Measured(Answer):
    """What a measurement found."""

    timesteps_per_second: float
    """Speed while the agent learns, updates included."""
    setup_s: float = 0.0
    """From the specification to the first timestep."""
    imports_s: float = 0.0
    """What a worker took to import its libraries."""
    memory_bytes: int = 0
    """Most memory that the worker held."""
    measured_timesteps: int = 0
    """Timesteps behind the speed."""
    measured_s: float = 0.0
    """Training time behind the speed."""
    saw_updates: bool = True
    """Whether whole updates were measured."""
    others_cores: float = 0.0
    """Cores that other processes kept busy meanwhile."""
    measured_at: datetime | None = None
    """When it ended."""


class Calibration(Answer):
    """A short training whose cost is measured and of which nothing is kept."""

    id: str
    """Identifier."""
    status: str
    """waiting, starting, setup, measuring, done, failed or cancelled."""
    progress: float = 0.0
    """Share that is done."""
    detail: str = ""
    """What it does, why it waits, what it found or why it failed."""
    hint: str | None = None
    """What to do about it."""
    queue_position: int | None = None
    """Place among those that wait."""
    env_id: str
    """Environment."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    result: Measured | None = None
    """What it found."""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in OVER


class Engine(Answer):
    """A training backend that has the algorithm."""

    runner: str
    """Identifier for a run's `runner`."""
    title: str
    """Name for people."""
    applies: bool
    """Whether it can train this."""
    reason: str | None = None
    """Why not."""
    is_default: bool = False
    """Whether the web app takes it where nobody has chosen."""
    timesteps_per_second: float | None = None
    """Speed measured here; None where only guesses are known."""
    measured_at: datetime | None = None
    """When that was."""
    times_faster: float | None = None
    """Speed over that of the slowest engine that was measured."""
    compared_with: str | None = None
    """Name of that engine."""
    calibration_id: str | None = None
    """Its measurement that waits or is under way."""
