"""What is measured beside the table: appended one by one to a file of its own, as its cells are."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import this_machine
from benchmarks.speed.records import documents

Item = dict[str, Any]
KEYS: Mapping[str, tuple[str, ...]] = {
    "solved": ("row", "column", "warm", "round", "fraction"),
    "live": ("row", "column", "round", "fraction"),
    "num-envs": ("env_id", "column", "num_envs", "round"),
    "first-frame": ("column", "warm", "round"),
}
"""Kind -> what tells two measurements of it apart."""


@dataclass(frozen=True, slots=True)
class Extras:
    """The file beside the records of a table."""

    path: Path

    @classmethod
    def beside(cls, records: Path) -> "Extras":
        """Return the file that belongs to records."""
        return cls(records.with_name(f"{records.stem}-extras.jsonl"))

    def of(self, kind: str) -> Sequence[Item]:
        """Return what was measured of a kind, the newest of each."""
        found: dict[tuple[Any, ...], Item] = {}
        for item in documents(self.path):
            if item["kind"] == kind:
                found[_key(kind, item)] = item
        return list(found.values())

    def has(self, kind: str, wanted: Item) -> bool:
        """Tell whether it was measured already."""
        return _key(kind, wanted) in {_key(kind, item) for item in self.of(kind)}

    def put(self, kind: str, item: Item) -> None:
        """Write it down for good before the next one is measured."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        document = {"kind": kind, **item, "machine": this_machine()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(document) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _key(kind: str, item: Item) -> tuple[Any, ...]:
    return tuple(item[name] for name in KEYS[kind])
