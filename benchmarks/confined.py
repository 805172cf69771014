"""Running a piece of Python in a worker's sandbox, or outside of it, the way a worker is started."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.inside import Inside
from gymlab.supervisor.sandbox.mechanism import Mechanism
from gymlab.supervisor.sandbox.self_test import SNIPPET_MODULE
from gymlab.supervisor.sandbox.view import scratch_path
from gymlab.supervisor.watchdog import CHECK_EVERY_S, Scratch, Watchdog, held_memory, remove_scratch

SAMPLE_EVERY_S = 0.002
READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How a piece of Python ended."""

    said: bytes
    """The last 64 KB that it printed."""
    wall_s: float
    most_held_bytes: int
    """Largest private and shared memory that was seen."""


class Confined:
    """One process, watched like a worker."""

    def __init__(
        self,
        text: str,
        mechanism: Mechanism,
        *,
        memory_limit_bytes: int,
        on_output: Callable[[bytes], None] | None = None,
    ) -> None:
        """Start it.

        Args:
            text: Python.
            mechanism: What confines it.
            memory_limit_bytes: What the watchdog and the kernel allow it.
            on_output: Given everything that it prints.
        """
        self._scratch = Path(tempfile.mkdtemp(prefix="gymlab-bench-"))
        command = worker_command(
            [],
            scratch=self._scratch,
            mechanism=mechanism,
            module=SNIPPET_MODULE,
            memory_bytes=memory_limit_bytes,
        )
        self._started = time.perf_counter()
        self.process = subprocess.Popen(
            command.arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=command.environment,
            cwd=self._scratch,
        )
        self._inside = Inside(self.process.pid) if command.is_wrapped else None
        self._limit = memory_limit_bytes
        self._most_held = 0
        self._on_output = on_output
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=loop) for loop in (self._watch, self._sample)]
        for thread in self._threads:
            thread.start()
        assert self.process.stdin is not None  # noqa: S101
        self.process.stdin.write(text.encode())
        self.process.stdin.close()

    def wait(self) -> Ended:
        """Read what it prints until it ends."""
        assert self.process.stdout is not None  # noqa: S101
        said = b""
        while chunk := os.read(self.process.stdout.fileno(), READ_BYTES):
            said = (said + chunk)[-READ_BYTES:]
            if self._on_output is not None:
                self._on_output(chunk)
        self.process.wait()
        wall_s = time.perf_counter() - self._started
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        if self._inside is not None:
            self._inside.close()
        self.process.stdout.close()
        remove_scratch(self._scratch)
        return Ended(said, wall_s, self._most_held)

    def kill(self) -> None:
        """End it."""
        if self._inside is None or not self._inside.signal(9):
            self.process.kill()

    @property
    def _pid(self) -> int:
        return self.process.pid if self._inside is None else self._inside.pid

    def _where(self) -> Scratch | None:
        if self._inside is None:
            return Scratch(self._scratch, is_own_file_system=False)
        if self._pid == self.process.pid:
            return None
        return Scratch(Path(f"/proc/{self._pid}/root{scratch_path()}"), is_own_file_system=True)

    def _watch(self) -> None:
        watchdog = Watchdog(
            lambda: self._pid,
            memory_limit_bytes=self._limit,
            timestep=lambda: 0,
            scratch=self._where,
        )
        while not self._is_over.wait(CHECK_EVERY_S):
            if watchdog.check() is not None:
                self.kill()
                return

    def _sample(self) -> None:
        while not self._is_over.wait(SAMPLE_EVERY_S):
            try:
                held = held_memory(Path(f"/proc/{self._pid}/status").read_bytes())
            except OSError:
                continue
            self._most_held = max(self._most_held, held)
