"""Seeing one worker to its end, whatever it works on: frozen, too large, too slow to leave, dead."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.worker import Failed
from gymlab.supervisor.channels import Worker
from gymlab.supervisor.deaths import (
    Death,
    name_exit,
    out_of_memory_kills,
    over_memory_limit,
)
from gymlab.supervisor.sandbox.limits import default_memory_limit
from gymlab.supervisor.watchdog import CHECK_EVERY_S

STOP_PATIENCE_S = 5.0
"""How long a worker may take to stop."""
LEAVING_PATIENCE_S = 15.0
"""How long a worker that has said its last word may take to end."""
MAX_TEXT = 4_000
MAX_TRACEBACK = 20_000


class Oversight:
    """What is known of a worker's end, and who brings it about."""

    def __init__(
        self,
        worker: Worker,
        *,
        memory_limit_bytes: int | None,
        timestep: Callable[[], int],
        has_user_code: bool,
        lent_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        """Watch a worker.

        Args:
            worker: The process.
            memory_limit_bytes: What it may hold; None for what the machine can give.
            timestep: Timesteps done as far as it has told, for the sentence that names its death;
                its marker knows them exactly.
            has_user_code: Whether its author's own code runs in it.
            lent_bytes: Shared memory that is held for it.
        """
        self._worker = worker
        self._timestep = lambda: max(timestep(), worker.marker.timestep())
        self._memory_limit = memory_limit_bytes or default_memory_limit()
        self._has_user_code = has_user_code
        self._watchdog = worker.watchdog(
            memory_limit_bytes=self._memory_limit,
            timestep=self._timestep,
            has_user_code=has_user_code,
            lent_bytes=lent_bytes,
        )
        self._memory_kills = out_of_memory_kills()
        self._stop_asked_at: float | None = None
        self._last_word_at: float | None = None
        self._next_look: asyncio.TimerHandle | None = None
        self.death: Death | None = None
        """What ended it, unless it left by itself."""

    @property
    def is_stop_asked(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop_asked_at is not None

    @property
    def peak_bytes(self) -> int:
        """Most memory that it was seen holding; 0 where nothing can be seen."""
        return self._watchdog.peak_bytes

    def limit_memory(self) -> None:
        """Have the kernel hold it to its memory, before it is told what to do."""
        self._worker.limit_memory(self._memory_limit)

    def ask_to_stop(self) -> bool:
        """Let its patience run; tell whether this is the first time."""
        is_first = self._stop_asked_at is None
        if is_first:
            self._stop_asked_at = time.monotonic()
        return is_first

    def spoke_last_word(self) -> None:
        """Note that it has said how its work ended."""
        self._last_word_at = time.monotonic()

    def look(self) -> None:
        """End it when it is frozen, too large or overdue."""
        if self.death is None and (death := self._watchdog.check()) is not None:
            self.end(death)
        if self._is_overdue():
            self._worker.kill()

    def keep_looking(self) -> None:
        """Look now and from now on; for who has no loop of its own. Needs a running event loop."""
        self.look()
        loop = asyncio.get_running_loop()
        self._next_look = loop.call_later(CHECK_EVERY_S, self.keep_looking)

    def stop_looking(self) -> None:
        """Look no more."""
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def end(self, death: Death) -> None:
        """End it for this reason."""
        self.death = death
        self._worker.kill()

    def misbehaved(self, error: ProtocolError) -> None:
        """End it because it does not speak the protocol."""
        self.end(Death("protocol", f"The worker sent what is no message: {error}"))

    def ended(self, returncode: int) -> None:
        """Name the end, unless it was announced or brought about here."""
        self.stop_looking()
        if (
            self._last_word_at is None
            and self.death is None
            and self._worker.was_ended_for_memory()
        ):
            self.death = over_memory_limit(
                self._memory_limit, self._timestep(), has_user_code=self._has_user_code
            )
        if self._last_word_at is None and self.death is None:
            killed = out_of_memory_kills() > self._memory_kills
            self.death = name_exit(
                returncode,
                timestep=self._timestep(),
                kernel_memory_kill=killed,
                has_user_code=self._has_user_code,
                moment=self._worker.marker.moment(),
                printed=self._worker.last_printed,
            )

    def _is_overdue(self) -> bool:
        now = time.monotonic()
        if self._last_word_at is not None:
            return now - self._last_word_at > LEAVING_PATIENCE_S
        return self._stop_asked_at is not None and now - self._stop_asked_at > STOP_PATIENCE_S


def failure_said(message: Failed) -> dict[str, Any]:
    """Return what is shown of a failure that the worker reported."""
    return {
        "code": message.code,
        "detail": message.detail[:MAX_TEXT],
        "hint": message.hint,
        "line": message.line,
        "traceback": message.traceback[-MAX_TRACEBACK:],
    }


def failure(
    code: str, detail: str, hint: str | None = None, line: str | None = None
) -> dict[str, Any]:
    """Return what is shown of a failure that no code reported."""
    return {"code": code, "detail": detail, "hint": hint, "line": line, "traceback": ""}
