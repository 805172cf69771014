"""What runs take on the disk, by what it is for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

_KINDS: Mapping[str, str] = {
    "metrics.jsonl": "metrics",
    "events.jsonl": "metrics",
    "checkpoints": "checkpoints",
    "recordings": "recordings",
    "eval": "evaluations",
    "replays": "evaluations",
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
