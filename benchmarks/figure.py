"""What a measurement hands back."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number and what it must reach."""

    what: str
    """The quantity, as the README names it."""
    measured: float
    unit: str
    bar: float | None
    """What must be reached; None for a number that only explains another one."""
    better: Literal["higher", "lower"]
    samples: tuple[float, ...] = ()
    note: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the bar is reached."""
        if self.bar is None:
            return True
        return self.measured >= self.bar if self.better == "higher" else self.measured <= self.bar


@dataclass(frozen=True, slots=True)
class Plan:
    """How thorough a measurement is."""

    repeats: int = 5
    """Samples behind a median."""
    is_smoke: bool = False
    """Sizes are cut down to see that everything works; the numbers mean nothing."""

    def size(self, full: int, smoke: int) -> int:
        """Return the size that fits the plan."""
        return smoke if self.is_smoke else full


def median_figure(
    what: str,
    samples: Sequence[float],
    *,
    unit: str,
    bar: float | None,
    better: Literal["higher", "lower"],
    note: str = "",
) -> Figure:
    """Return the median of the samples as a figure."""
    return Figure(
        what=what,
        measured=median(samples),
        unit=unit,
        bar=bar,
        better=better,
        samples=tuple(samples),
        note=note,
    )
