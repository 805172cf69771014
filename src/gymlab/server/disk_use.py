"""What runs take on the disk, by what it is for."""

import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

REMEMBERED_S = 20.0
_KINDS: Mapping[str, str] = {
    "metrics.jsonl": "metrics",
    "events.jsonl": "metrics",
    "checkpoints": "checkpoints",
    "recordings": "recordings",
    "eval": "evaluations",
    "replays": "evaluations",
    "pictures": "metrics",
}
"""First part of a path -> what it is for; the rest is kept as `logs`."""


@dataclass(slots=True)
class DiskUse:
    """Bytes of one run's files."""

    metrics: int = 0
    checkpoints: int = 0
    recordings: int = 0
    evaluations: int = 0
    logs: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, field.name) for field in fields(self))


def measure(folder: Path) -> DiskUse:
    """Return what the files of a run take, following no link; a missing folder takes nothing."""
    found = DiskUse()
    for entry in _entries(folder):
        kind = _KINDS.get(entry.name, "logs")
        setattr(found, kind, getattr(found, kind) + _size(entry))
    return found


class SizeBook:
    """Remembers for a moment what runs take, so that turning the pages of a list measures once."""

    def __init__(self, runs_dir: Path) -> None:
        """Begin empty."""
        self._runs_dir = runs_dir
        self._known: dict[str, tuple[float, int]] = {}

    def size(self, run_id: str) -> int:
        """Return the bytes of a run's files, measured at most `REMEMBERED_S` ago."""
        now = time.monotonic()
        measured_at, size = self._known.get(run_id, (-math.inf, 0))
        if now - measured_at > REMEMBERED_S:
            size = measure(self._runs_dir / run_id).total
            self._known[run_id] = (now, size)
        return size


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _size(entry: os.DirEntry[str]) -> int:
    try:
        if entry.is_dir(follow_symlinks=False):
            return sum(_size(child) for child in _entries(entry.path))
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
