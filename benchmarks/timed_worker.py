"""A worker that times how long telemetry keeps its training thread; see `stand_in`.

Blocked is what the thread slept inside a call of the outbox: the time by the clock
without the time on a core and without the time in the queue for one, which other
processes cause. At the end the worker prints one line, which the run's log keeps.
"""

import json
import os
import runpy
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.worker import FromWorker
from gymlab.worker import session
from gymlab.worker.outbox import Outbox

MARK = "blocked-by-telemetry "
ResultT = TypeVar("ResultT")


class Stopwatch:
    """Longest calls of one thread."""

    def __init__(self) -> None:
        """Read the scheduler's counters of the calling thread."""
        self.num_calls = 0
        self.longest_s = 0.0
        self.longest_blocked_s = 0.0
        self._counters = os.open(
            f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY
        )

    def time(self, call: Callable[[], ResultT]) -> ResultT:
        """Call and remember how long it took, whatever happens."""
        not_asleep_s = self._not_asleep_s()
        begun = time.perf_counter()
        try:
            return call()
        finally:
            taken_s = time.perf_counter() - begun
            self.num_calls += 1
            self.longest_s = max(self.longest_s, taken_s)
            if taken_s > self.longest_blocked_s:
                blocked_s = taken_s - (self._not_asleep_s() - not_asleep_s)
                self.longest_blocked_s = max(self.longest_blocked_s, blocked_s)

    def _not_asleep_s(self) -> float:
        on_core_ns, in_queue_ns, _ = os.pread(self._counters, 100, 0).split()
        return (int(on_core_ns) + int(in_queue_ns)) / 1e9


class TimedOutbox(Outbox):
    """An outbox that times what the training thread asks of it."""

    _stopwatch: Stopwatch | None = None

    def post_row(self, row: EpisodeRow | FromWorker) -> None:
        """Queue a row, on the clock."""
        self._watch(lambda: super(TimedOutbox, self).post_row(row))

    def post(self, message: FromWorker) -> None:
        """Queue a message, on the clock."""
        self._watch(lambda: super(TimedOutbox, self).post(message))

    def wait_for_room(self, timeout_s: float | None = None) -> None:
        """Wait for room, on the clock."""
        self._watch(lambda: super(TimedOutbox, self).wait_for_room(timeout_s))

    def close(self, timeout_s: float | None = None) -> None:
        """Say what was measured, then close."""
        watch = self._stopwatch
        if watch is not None:
            result = {
                "num_calls": watch.num_calls,
                "longest_s": watch.longest_s,
                "longest_blocked_s": watch.longest_blocked_s,
            }
            sys.stdout.write(MARK + json.dumps(result) + "\n")
            sys.stdout.flush()
        super().close(timeout_s)

    def _watch(self, call: Callable[[], None]) -> None:
        if threading.current_thread() is not threading.main_thread():
            call()
            return
        if self._stopwatch is None:
            self._stopwatch = Stopwatch()
        self._stopwatch.time(call)


if __name__ == "__main__":
    session.Outbox = TimedOutbox
    runpy.run_module("gymlab.worker", run_name="__main__", alter_sys=True)
