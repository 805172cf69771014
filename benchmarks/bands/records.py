"""One training of one seed, appended to a file as soon as it ended."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.machine import Machine
from benchmarks.speed.records import documents

RECORDS = Path(__file__).resolve().parents[1] / "results" / "bands.jsonl"
Point = tuple[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What one seed learned."""

    row: str
    """Id of a row of the speed table."""
    engine: str
    seed: int
    timesteps: int
    curve: Sequence[Point]
    """Timestep, mean return of the latest episodes of training."""
    final_return: float
    """Mean of the greedy episodes of the last policy."""
    best_return: float | None = None
    """The same of the best checkpoint, chosen on other episodes; None where none was chosen."""
    duration_s: float = 0.0
    machine: Machine | None = None


def append(record: Seed, path: Path = RECORDS) -> None:
    """Write a seed down for good before the next one is trained."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path = RECORDS) -> list[Seed]:
    """Return what was trained, the newest of each seed."""
    found: dict[tuple[str, str, int, int], Seed] = {}
    for document in documents(path):
        record = Seed(**document)
        found[record.row, record.engine, record.seed, record.timesteps] = record
    return list(found.values())


def of(records: Sequence[Seed], row: str, engine: str, timesteps: int) -> list[Seed]:
    """Return the seeds of one engine, in their order."""
    wanted = (row, engine, timesteps)
    found = [item for item in records if (item.row, item.engine, item.timesteps) == wanted]
    return sorted(found, key=lambda item: item.seed)
