"""A thread that sees which call of user code is running for too long, and ends it.

A call costs nothing but three assignments: the thread looks several times a second whether the
same call is still running. Code that takes too long is interrupted by an exception in its thread;
code that catches it, or sits in a library that never returns, takes its process with it. An
operation that lets no other thread run is ended by the fault handler, which needs no Python.
"""

import ctypes
import faulthandler
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from gymlab.envs.usercode import limits
from gymlab.envs.usercode.lines import is_importing, running_line, text_of
from gymlab.errors import UserCodeTimeoutError
from gymlab.protocol.usercode import Place

EXIT_STUCK = 71
_STDERR = 2


class UserCodeInterrupted(BaseException):
    """Raised inside user code that took too long; no `except Exception` of it catches this."""


class Call:
    """What one guarded function is doing."""

    __slots__ = ("__weakref__", "count", "place", "stuck_at", "thread")

    def __init__(self, place: Place) -> None:
        """Begin idle."""
        self.place = place
        self.count = 0
        """Calls begun."""
        self.thread = 0
        """Thread that is inside; 0 for none."""
        self.stuck_at: str | None = None
        """`file:line` at which the last call was interrupted."""


@dataclass(slots=True)
class _Seen:
    count: int
    since: float
    interrupted_at: float | None = None


def too_slow(place: Place, line: str | None) -> UserCodeTimeoutError:
    """Say which line did not end."""
    text = text_of(line)
    where = f", at {line}" if line else ""
    return UserCodeTimeoutError(
        f"The {place.value} was still running after {limits.LIMITS_S[place]:g} s{where}"
        + (f": `{text}`." if text else "."),
        hint="Look there for a loop that does not end, or for work that takes too long.",
        line=line,
    )


def _give_up(error: UserCodeTimeoutError) -> None:
    print(error.detail, file=sys.stderr, flush=True)  # noqa: T201 - nobody else is left to say it


class Watchdog:
    """Looks at every guarded call of this process."""

    def __init__(self) -> None:
        """Prepare; the thread starts with the first call to watch."""
        self._calls: weakref.WeakSet[Call] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._seen: weakref.WeakKeyDictionary[Call, _Seen] = weakref.WeakKeyDictionary()
        self._thread: threading.Thread | None = None
        self._last_word: Callable[[UserCodeTimeoutError], None] = _give_up
        self._has_alarm = False
        self._num_loading = 0
        self._begun: weakref.WeakKeyDictionary[Call, int] = weakref.WeakKeyDictionary()
        """Call -> calls begun at the last look."""
        self.is_armed = False
        """Whether an operation that lets no other thread run would be ended."""

    def serve(self, last_word: Callable[[UserCodeTimeoutError], None]) -> None:
        """Let this process end when user code cannot be stopped otherwise.

        Args:
            last_word: Tells whoever waits for this process, before it ends.
        """
        self._last_word = last_word
        self._has_alarm = True

    def watch(self, call: Call) -> None:
        """Look at a call from now on, as long as it exists."""
        with self._lock:
            self._calls.add(call)
            # At once: the first call may be the one that lets the thread below run no more.
            self._set_alarm(is_loading=self._num_loading > 0)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="user code watchdog", daemon=True
                )
                self._thread.start()

    def arm(self) -> None:
        """Have the fault handler stand by: user code begins while it rests."""
        with self._lock:
            self._set_alarm(is_loading=self._num_loading > 0)

    @contextmanager
    def loading(self) -> Generator[None]:
        """Have more patience while a package is imported: opening its libraries is no fault.

        Whatever lets no other thread run meanwhile looks the same, however short the rest.
        """
        self._load(1)
        try:
            yield
        finally:
            self._load(-1)

    def _load(self, change: int) -> None:
        with self._lock:
            self._num_loading += change
            self._set_alarm(is_loading=self._num_loading > 0)

    def _run(self) -> None:
        while True:
            time.sleep(limits.LOOK_EVERY_S)
            with self._lock:
                calls = list(self._calls)
                # A library may import another one late, without a word of the user's code.
                is_loading = self._num_loading > 0 or any(
                    call.thread and is_importing(_frame_of(call.thread)) for call in calls
                )
                # Before the look: a call that begins meanwhile is seen here, or arms by itself.
                self.is_armed = False
                if is_loading or self._is_any_busy(calls):
                    self._set_alarm(is_loading=is_loading)
                elif self._has_alarm:
                    # A machine that is too busy to run this thread is no fault of the user's code.
                    faulthandler.cancel_dump_traceback_later()
            for call in calls:
                self.look(call, time.monotonic())

    def _is_any_busy(self, calls: Sequence[Call]) -> bool:
        """Tell whether user code runs now, or has run since the last look."""
        is_busy = any(call.thread or call.count != self._begun.get(call) for call in calls)
        for call in calls:
            self._begun[call] = call.count
        return is_busy

    def _set_alarm(self, *, is_loading: bool) -> None:
        self.is_armed = True
        if self._has_alarm:
            patience_s = limits.PACKAGE_S if is_loading else limits.DEAF_S
            faulthandler.dump_traceback_later(patience_s, file=_STDERR, exit=True)

    def look(self, call: Call, now: float) -> None:
        """Compare with the last look, and act when the same call runs for too long."""
        seen = self._seen.get(call)
        thread = call.thread
        if not thread:
            return
        if seen is None or seen.count != call.count:
            self._seen[call] = _Seen(call.count, now)
        elif seen.interrupted_at is None:
            if self._is_over(call, now - seen.since):
                seen.interrupted_at = now
                call.stuck_at = line_of_thread(thread)
                _interrupt(thread)
        elif now - seen.interrupted_at >= limits.GRACE_S:
            self._end_process(too_slow(call.place, line_of_thread(thread) or call.stuck_at))

    def _is_over(self, call: Call, elapsed_s: float) -> bool:
        if elapsed_s < limits.LIMITS_S[call.place]:
            return False
        return elapsed_s >= limits.PACKAGE_S or not is_importing(_frame_of(call.thread))

    def _end_process(self, error: UserCodeTimeoutError) -> None:
        try:
            self._last_word(error)
        finally:
            os._exit(EXIT_STUCK)


def line_of_thread(thread: int) -> str | None:
    """Return the innermost line of a user's file that a thread is at."""
    return running_line(_frame_of(thread))


def _frame_of(thread: int) -> FrameType | None:
    return sys._current_frames().get(thread)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _interrupt(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(UserCodeInterrupted)
    )


WATCHDOG = Watchdog()
"""The watchdog of this process."""
