"""The run's folder; the shim that claimed it is its only writer."""

import fcntl
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import msgspec

from gymlab.protocol.shim import RunState
from gymlab.supervisor.atomic import sync_folder, write_atomically
from gymlab.supervisor.blobs import read_chunks

SPEC_FILE = "spec.json"
STATE_FILE = "state.json"
METRICS_FILE = "metrics.jsonl"
EVENTS_FILE = "events.jsonl"
LOCK_FILE = "lock"
_ARTIFACT_PATH = re.compile(r"^(recordings|eval|replays)/[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")


class ClaimError(Exception):
    """Another shim has, or had, this attempt."""


class JsonLines:
    """An append-only file of one JSON object per line; a torn last line is cut off."""

    def __init__(self, path: Path) -> None:
        """Open for appending after the last complete line."""
        self._path = path
        _cut_torn_tail(path)
        self._file: IO[bytes] = path.open("ab", buffering=0)
        self.size_bytes = self._file.seek(0, os.SEEK_END)
        self._is_dirty = False

    def append(self, objects: Iterable[Mapping[str, Any]]) -> None:
        """Write all objects with one call; after a short write the rest is cut away.

        Raises:
            OSError: The disk is full or failing; the file is as it was before.
        """
        content = b"".join(msgspec.json.encode(item) + b"\n" for item in objects)
        if not content:
            return
        try:
            written = self._file.write(content)
        except OSError:
            self._file.truncate(self.size_bytes)
            raise
        if written != len(content):
            self._file.truncate(self.size_bytes)
            raise OSError(28, "short write", str(self._path))
        self.size_bytes += len(content)
        self._is_dirty = True

    def sync(self) -> None:
        """Make everything written so far survive a power loss."""
        if self._is_dirty:
            self._is_dirty = False
            os.fdatasync(self._file.fileno()) if hasattr(os, "fdatasync") else os.fsync(
                self._file.fileno()
            )

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        self._file.close()


class RunFolder:
    """Claims a run's folder for one attempt and writes its files."""

    def __init__(self, path: Path, *, attempt: int) -> None:
        """Claim the folder.

        Raises:
            ClaimError: A living shim holds it, or the attempt was started before.
        """
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = (path / LOCK_FILE).open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(os.open(path / f"attempt-{attempt}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except OSError as error:
            self._lock.close()
            raise ClaimError(f"attempt {attempt} of {path.name} is taken") from error
        self.metrics = JsonLines(path / METRICS_FILE)
        self.events = JsonLines(path / EVENTS_FILE)

    def write_spec(self, spec: Mapping[str, Any]) -> None:
        """Store the specification once; later attempts find it there."""
        path = self.path / SPEC_FILE
        if not path.exists():
            content = msgspec.json.format(msgspec.json.encode(spec), indent=2)
            write_atomically(path, content, durable=True)
            path.chmod(0o444)

    def read_state(self) -> RunState | None:
        """Return what an earlier attempt left; None when there is nothing readable."""
        return read_state(self.path)

    def write_state(self, state: RunState, *, durable: bool) -> None:
        """Replace `state.json`."""
        write_atomically(self.path / STATE_FILE, msgspec.json.encode(state), durable=durable)

    def write_artifact(self, path: str, descriptor: int, size: int) -> None:
        """Store a file that the worker made, from a blob.

        Raises:
            ValueError: The path is not `folder/name` in plain characters.
        """
        if not _ARTIFACT_PATH.fullmatch(path):
            raise ValueError(f"artifact path {path[:100]!r} is not allowed")
        target = self.path / path
        target.parent.mkdir(exist_ok=True)
        temporary = target.with_name(f".{target.name}")
        try:
            with temporary.open("wb") as file:
                for chunk in read_chunks(descriptor, size):
                    file.write(chunk)
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def sync(self) -> None:
        """Make rows and events survive a power loss."""
        self.metrics.sync()
        self.events.sync()

    def close(self) -> None:
        """Sync, close and give the claim back."""
        self.metrics.close()
        self.events.close()
        sync_folder(self.path)
        self._lock.close()


def read_state(folder: Path) -> RunState | None:
    """Return the run's last stored state; None when there is nothing readable."""
    try:
        return msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=RunState)
    except (OSError, ValueError):
        return None


def _cut_torn_tail(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        end = size
        while end > 0:
            start = max(0, end - 65536)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        if end != size:
            file.truncate(end)


def last_line(path: Path) -> dict[str, Any] | None:
    """Return the last complete line of a JSON-lines file; None when there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 65536))
            lines = [line for line in file.read().split(b"\n") if line]
    except OSError:
        return None
    for line in reversed(lines):
        try:
            return msgspec.json.decode(line, type=dict[str, Any])
        except ValueError:
            continue
    return None


def last_event_seq(path: Path) -> int:
    """Return the number of the last event; 0 when there is none."""
    return _count_of(last_line(path) or {}, "seq")


def last_row_seq(path: Path) -> int:
    """Return how many rows of the file count; 0 when there are none."""
    line = last_line(path) or {}
    return _count_of(line, "rewind_to_seq") if "rewind_to_seq" in line else _count_of(line, "seq")


def _count_of(line: Mapping[str, Any], name: str) -> int:
    value = line.get(name)
    return value if isinstance(value, int) and value > 0 else 0
