"""What is to be measured beside the table."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.speed.extras import Extras
from benchmarks.speed.measuring import MIN_TIMESTEPS

ENGINES = ("sb3", "native", "turbo")
NUM_ENVS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be measured, and where it is written down."""

    extras: Extras
    columns: Sequence[str]
    rows: Sequence[str]
    repeats: int
    fraction: float = 1.0
    """Share of the timesteps; for trying out whether everything works."""
    sizes: Sequence[int] = NUM_ENVS

    @property
    def engines(self) -> list[str]:
        """Columns among those wished that are engines of the lab."""
        return [engine for engine in ENGINES if engine in self.columns]

    def timesteps(self, full: int) -> int:
        """Return a share of a budget."""
        return max(MIN_TIMESTEPS, int(full * self.fraction))
