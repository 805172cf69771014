"""Training time: monotonic, without set-up, pauses and what follows the last timestep."""

import time
from collections.abc import Callable


class TrainingClock:
    """A stopwatch that other threads may read."""

    def __init__(self, wall_time_s: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        """Begin stopped.

        Args:
            wall_time_s: Training time spent before, in earlier attempts.
            now: Source of time.
        """
        self._now = now
        self._spent_s = wall_time_s
        self._running_since: float | None = None
        self._last_activity: float | None = None

    def start(self) -> None:
        """Let time run."""
        if self._running_since is None:
            self._running_since = self._last_activity = self._now()

    def stop(self) -> bool:
        """Hold time; tell whether it was running."""
        since = self._running_since
        if since is None:
            return False
        # Cleared first: a reader between the two lines sees too little, never double.
        self._running_since = None
        self._spent_s += self._now() - since
        return True

    def touch(self) -> float:
        """Note that training is at work; return the moment."""
        self._last_activity = moment = self._now()
        return moment

    def read(self) -> float:
        """Return the training time so far, in seconds."""
        since = self._running_since
        return self._spent_s if since is None else self._spent_s + self._now() - since

    def finish(self) -> float:
        """Stop at the last moment that training was at work, and return the total."""
        since, last = self._running_since, self._last_activity
        if since is not None and last is not None:
            self._running_since = None
            self._spent_s += max(0.0, last - since)
        return self._spent_s
