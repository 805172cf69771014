"""Measured cells: appended one by one to a file, so that a cut-off measurement loses nothing."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import Machine

RECORDS = Path(__file__).resolve().parents[1] / "results" / "speed.jsonl"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the cells of one table have in common."""

    fraction: float = 1.0
    """Share of each row's timesteps that is trained."""
    device: str = "cpu"
    """What networks are computed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One cell of one round, or why there is none."""

    row: str
    column: str
    round: int
    fraction: float
    """Share of the row's timesteps that was trained."""
    timesteps: int = 0
    duration_s: float = 0.0
    setup_s: float = 0.0
    memory_bytes: int = 0
    final_return: float | None = None
    note: str = ""
    missing: str | None = None
    """Why nothing was measured."""
    machine: Machine | None = None
    device: str = "cpu"
    """What the network was computed on: cpu, cuda or mps."""

    @property
    def condition(self) -> Condition:
        """Which table it belongs to."""
        return Condition(self.fraction, self.device)

    @property
    def speed(self) -> float | None:
        """Timesteps per second."""
        return self.timesteps / self.duration_s if self.duration_s > 0 else None


def append(record: Record, path: Path = RECORDS) -> None:
    """Write a record down for good before the next one is measured."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path = RECORDS) -> list[Record]:
    """Return what was measured, a torn last line left out; the newest of each cell and round."""
    found: dict[tuple[str, str, int, float, str], Record] = {}
    for document in documents(path):
        record = Record(**document)
        key = (record.row, record.column, record.round, record.fraction, record.device)
        found[key] = record
    return list(found.values())


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file that are whole."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def is_done(
    records: Sequence[Record], row: str, column: str, number: int, condition: Condition
) -> bool:
    """Tell whether a cell was measured in a round already."""
    wanted = (row, column, number, condition)
    return any(
        (item.row, item.column, item.round, item.condition) == wanted and item.missing is None
        for item in records
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """The rounds of one cell."""

    records: Sequence[Record]

    @property
    def speed(self) -> float | None:
        """Median timesteps per second."""
        return self._median("speed")

    @property
    def final_return(self) -> float | None:
        """Median of the final greedy returns."""
        return self._median("final_return")

    @property
    def memory_bytes(self) -> float | None:
        """Median of the memory."""
        return self._median("memory_bytes")

    @property
    def setup_s(self) -> float | None:
        """Median time before the first timestep."""
        return self._median("setup_s")

    @property
    def num_rounds(self) -> int:
        """Rounds that were measured."""
        return sum(record.speed is not None for record in self.records)

    @property
    def missing(self) -> str | None:
        """Why nothing was measured."""
        reasons = [record.missing for record in self.records if record.missing]
        return reasons[-1] if reasons and self.num_rounds == 0 else None

    def _median(self, name: str) -> float | None:
        values = [getattr(record, name) for record in self.records if record.missing is None]
        known = [float(value) for value in values if value]
        if name == "final_return":
            known = [float(value) for value in values if value is not None]
        return median(known) if known else None


def cell(records: Sequence[Record], row: str, column: str, condition: Condition) -> Cell:
    """Return the rounds of one cell of one table."""
    return Cell([
        record
        for record in records
        if (record.row, record.column, record.condition) == (row, column, condition)
    ])
