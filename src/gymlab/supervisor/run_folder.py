"""The run's folder; the shim that claimed it is its only writer."""

import contextlib
import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from gymlab.domain.disk_space import MIN_FREE_BYTES, ROOM_BYTES
from gymlab.protocol.shim import RunState
from gymlab.supervisor.append_file import AppendFile, write_at
from gymlab.supervisor.atomic import make_folder, sync_folder, write_atomically, write_stream
from gymlab.supervisor.blobs import read_chunks

SPEC_FILE = "spec.json"
STATE_FILE = "state.json"
METRICS_FILE = "metrics.jsonl"
EVENTS_FILE = "events.jsonl"
LOCK_FILE = "lock"
PROBE_FILE = ".probe"
PROBE_BYTES = 256 * 1024
_ARTIFACT_PATH = re.compile(r"^(recordings|eval|replays)/[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")


class ClaimError(Exception):
    """Another shim has, or had, this attempt."""


class JsonLines:
    """An append-only file of one JSON object per line; a torn last line is cut off."""

    def __init__(self, path: Path) -> None:
        """Open for appending after the last complete line."""
        self._file = AppendFile(path)

    @property
    def size_bytes(self) -> int:
        """What the file holds."""
        return self._file.size_bytes

    @property
    def waiting_bytes(self) -> int:
        """What waits in memory for the disk."""
        return self._file.waiting_bytes

    def append(self, objects: Iterable[Mapping[str, Any]]) -> None:
        """Write all objects with one call.

        Raises:
            OSError: The disk is full or failing; they wait in memory until `sync` can write them.
        """
        content = b"".join(msgspec.json.encode(item) + b"\n" for item in objects)
        if content:
            self._file.append(content)

    def sync(self) -> None:
        """Write what waits, and make everything survive a power loss.

        Raises:
            OSError: The disk is full or failing; nothing is forgotten.
        """
        self._file.sync()

    def close(self) -> None:
        """Sync and close."""
        self._file.close()


class RunFolder:
    """Claims a run's folder for one attempt and writes its files."""

    def __init__(self, path: Path, *, attempt: int) -> None:
        """Claim the folder.

        Raises:
            ClaimError: A living shim holds it, or the attempt was started before.
        """
        self.path = path
        make_folder(path)
        self._lock = (path / LOCK_FILE).open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(os.open(path / f"attempt-{attempt}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except OSError as error:
            self._lock.close()
            raise ClaimError(f"attempt {attempt} of {path.name} is taken") from error
        self.metrics = JsonLines(path / METRICS_FILE)
        self.events = JsonLines(path / EVENTS_FILE)
        sync_folder(path)

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
        make_folder(target.parent)
        write_stream(target, read_chunks(descriptor, size))

    @property
    def waiting_bytes(self) -> int:
        """What waits in memory for the disk."""
        return self.metrics.waiting_bytes + self.events.waiting_bytes

    def require_room(self, num_bytes: int = MIN_FREE_BYTES) -> None:
        """Count a disk that is almost full as full, while there is room to say so.

        Raises:
            OSError: Less is free.
        """
        free = shutil.disk_usage(self.path).free
        if free < num_bytes:
            raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)}: {free / 1e6:.0f} MB free")

    def probe(self) -> None:
        """See whether the disk takes enough again: a run that went on must not stop at once.

        Raises:
            OSError: It does not.
        """
        self.require_room(ROOM_BYTES)
        scratch = self.path / PROBE_FILE
        try:
            descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
            try:
                write_at(descriptor, bytes(PROBE_BYTES), 0)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        finally:
            scratch.unlink(missing_ok=True)

    def sync(self) -> None:
        """Write the rows and events that wait, and make all of them survive a power loss.

        Raises:
            OSError: The disk is full or failing; nothing is forgotten.
        """
        self.metrics.sync()
        self.events.sync()

    def close(self) -> None:
        """Sync, close and give the claim back."""
        with contextlib.ExitStack() as closing:
            closing.callback(self._lock.close)
            closing.callback(sync_folder, self.path)
            closing.callback(self.events.close)
            closing.callback(self.metrics.close)


def read_state(folder: Path) -> RunState | None:
    """Return the run's last stored state; None when there is nothing readable."""
    try:
        return msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=RunState)
    except (OSError, ValueError):
        return None


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
