"""The shim's end of a worker's socketpair, just large enough for tests."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from gymlab.protocol.framing import encode, worker_reader
from gymlab.protocol.parts import EpisodeRow, Member
from gymlab.protocol.worker import (
    BlobGrant,
    BlobRefused,
    BlobRequest,
    Episodes,
    FromWorker,
    StartRun,
    ToWorker,
)

PATIENCE_S = 60.0
"""Longest wait for anything; a test that runs into it has failed."""
MessageT = TypeVar("MessageT")


def run_spec(**changes: Any) -> dict[str, Any]:
    """Return the specification of a small run with the fake runner, as JSON values."""
    return {
        "run_id": "0" * 12,
        "env_id": "CartPole-v1",
        "runner": "fake",
        "algorithm": "random",
        "hyperparameters": {},
        "total_timesteps": 600,
        "seed": 3,
        **changes,
    }


class ShimEnd:
    """Starts a worker, answers its requests for memory and keeps everything it says."""

    def __init__(self, *, refuses_blobs: bool = False, first_runs: Path | None = None) -> None:
        """Start the worker with the fake runner only.

        Args:
            refuses_blobs: Whether it is given no memory for large files.
            first_runs: Folder with a `sitecustomize.py` that its interpreter runs first: how a
                test takes something away from the machine.
        """
        self.messages: list[FromWorker] = []
        self.blobs: dict[int, int] = {}
        self.refuses_blobs = refuses_blobs
        self._reader = worker_reader()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self.link, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gymlab.worker",
                    f"--fd={theirs.fileno()}",
                    "--runners=fake",
                ],
                pass_fds=[theirs.fileno()],
                env={**os.environ, **({"PYTHONPATH": str(first_runs)} if first_runs else {})},
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()
        self.process.kill()
        self.process.wait(PATIENCE_S)
        for descriptor in self.blobs.values():
            os.close(descriptor)
        self._log.close()

    def start(self, **changes: Any) -> None:
        """Start a run at once."""
        self.send(StartRun(run_spec(**changes), 1))

    def send(self, message: ToWorker, descriptors: Sequence[int] = ()) -> None:
        """Send a command with descriptors."""
        if descriptors:
            socket.send_fds(self.link, [encode(message)], list(descriptors))
        else:
            self.link.sendall(encode(message))

    def until(
        self, kind: type[MessageT], holds: Callable[[MessageT], bool] = lambda _: True
    ) -> MessageT:
        """Read until the worker says this, and return it."""
        seen = len(self.messages)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for message in self.messages[seen:]:
                seen += 1
                if isinstance(message, kind) and holds(message):
                    return message
            assert self._read(), f"the worker ended before {kind.__name__}:\n{self.log()}"
        raise AssertionError(f"no {kind.__name__} came:\n{self.log()}")

    def until_end(self) -> int:
        """Read until the worker is gone; return its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def is_silent_within(self, patience_s: float, *, silence_s: float = 2.0) -> bool:
        """Tell whether the worker falls silent for a while without closing the link."""
        deadline = time.monotonic() + patience_s
        self.link.settimeout(silence_s)
        while time.monotonic() < deadline:
            try:
                if not self.link.recv(1 << 20):
                    return False
            except TimeoutError:
                return True
        return False

    def all_of(self, kind: type[MessageT]) -> list[MessageT]:
        """Return everything of one kind that was said so far."""
        return [message for message in self.messages if isinstance(message, kind)]

    def rows(self) -> list[EpisodeRow]:
        """Return the episode rows so far."""
        return [row for message in self.all_of(Episodes) for row in message.rows]

    def content(self, member: Member) -> bytes:
        """Return a member's bytes."""
        if member.content is not None:
            return member.content
        assert member.token is not None
        return os.pread(self.blobs[member.token], member.size, 0)

    def log(self) -> str:
        """Return what the worker printed."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def cpu_time_s(self) -> float:
        """Return the processor time that the worker has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _read(self) -> bool:
        self.link.settimeout(PATIENCE_S)
        try:
            chunk = self.link.recv(1 << 20)
        except ConnectionResetError:
            return False
        for message in self._reader.feed(chunk):
            self.messages.append(message)
            if isinstance(message, BlobRequest):
                self._answer(message)
        return bool(chunk)

    def _answer(self, request: BlobRequest) -> None:
        if self.refuses_blobs:
            self.send(BlobRefused(request.token, "the disk is full"))
            return
        descriptor = memory_of(bytes(request.size))
        self.blobs[request.token] = descriptor
        self.send(BlobGrant(request.token), [descriptor])


def memory_of(content: bytes) -> int:
    """Return a descriptor of memory with this content."""
    descriptor = os.memfd_create("test", os.MFD_CLOEXEC)
    os.ftruncate(descriptor, len(content))
    os.pwrite(descriptor, content, 0)
    return descriptor
