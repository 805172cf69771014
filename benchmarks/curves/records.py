"""What is kept of each training: one line of JSON, so that a cut-off measurement loses nothing."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.curves.lines import Line

RECORDS = Path(__file__).resolve().parents[1] / "results" / "curves.jsonl"
NUM_PARTS = 50
"""Equal parts of the budget; each has the mean return of the episodes that ended in it, or of the
latest where those are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """One seed of one curve."""

    runner: str
    algorithm: str
    env_id: str
    seed: int
    preset: str
    """Digest of the preset: a curve of other hyperparameters is another curve."""
    timesteps: int
    returns: Sequence[float | None]
    """Mean training return of each part; None before the first episode ended."""
    greedy_return: float
    """Mean of the last policy's greedy episodes."""
    versions: Mapping[str, str]
    best_return: float | None = None
    """The same of the best checkpoint, chosen on other episodes; None where none was chosen."""

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What tells two trainings apart."""
        return self.runner, self.algorithm, self.env_id, self.preset, self.seed


def digest_of(preset: Mapping[str, Any]) -> str:
    """Return a short name of what is trained: hyperparameters and budget."""
    kept = {name: preset[name] for name in ("hyperparameters", "total_timesteps")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:10]


def append(record: Learned, path: Path = RECORDS) -> None:
    """Write a record down for good before the next one is trained."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path = RECORDS) -> list[Learned]:
    """Return what was trained, a torn last line left out; the newest of each."""
    found = {record.key: record for record in map(_record, _documents(path))}
    return list(found.values())


def of_line(records: Sequence[Learned], line: Line) -> list[Learned]:
    """Return the seeds of a curve as its preset is now, in order."""
    wanted = (line.runner, line.algorithm, line.env_id, digest_of(line.preset))
    return sorted(
        (record for record in records if record.key[:4] == wanted), key=lambda record: record.seed
    )


def _record(document: dict[str, Any]) -> Learned:
    return Learned(**document)


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue
