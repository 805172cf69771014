"""A worker that floods its shim is read more slowly; nothing of what it says is lost."""

import time
from collections.abc import Callable

import msgspec

from gymlab.protocol.worker import (
    Artifact,
    BlobRequest,
    Checkpoint,
    Episodes,
    Evaluated,
    Learner,
    LogEvent,
    Policy,
)

LINK_BYTES_PER_S = 24 * 1024 * 1024
LINK_BURST_BYTES = 64 * 1024 * 1024
OUTPUT_BYTES_PER_S = 8 * 1024 * 1024
OUTPUT_BURST_BYTES = 16 * 1024 * 1024
ROW_COST = 1_000
"""What a row costs beside its bytes: it is numbered, written and indexed."""
_COSTS: dict[type[msgspec.Struct], int] = {
    Learner: ROW_COST,
    Evaluated: ROW_COST,
    LogEvent: 16 * 1024,
    BlobRequest: 64 * 1024,
    Policy: 256 * 1024,
    Artifact: 1024 * 1024,
    Checkpoint: 1024 * 1024,
}


class RateCap:
    """A bucket that fills steadily and is emptied by what arrives."""

    def __init__(
        self, per_s: float, burst: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin full.

        Args:
            per_s: What may arrive every second.
            burst: What may arrive at once after a quiet time.
            clock: Seconds that never go back.
        """
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._level = burst
        self._at = clock()

    def take(self, amount: float) -> float:
        """Count what arrived; return the seconds for which nothing more should be read."""
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._at) * self._per_s) - amount
        self._at = now
        return max(0.0, -self._level / self._per_s)


def cost_of(message: msgspec.Struct) -> int:
    """Return what handling a message costs beside reading its bytes."""
    if isinstance(message, Episodes):
        return ROW_COST * len(message.rows)
    return _COSTS.get(type(message), 0)
