"""What the training thread does now, told at a bounded rate."""

import time

from gymlab.protocol.parts import PhaseName
from gymlab.protocol.worker import PhaseChanged
from gymlab.worker.outbox import Outbox

PHASE_SPACING_S = 0.05


class PhaseTeller:
    """Tells changes of phase; a change that comes too soon is told with the next heartbeat."""

    def __init__(self, outbox: Outbox) -> None:
        """Begin in set-up."""
        self._outbox = outbox
        self.now: PhaseName = "setup"
        self._told: PhaseName | None = None
        self._told_at = 0.0

    def change(self, phase: PhaseName) -> None:
        """Note what the training thread does from now on."""
        self.now = phase
        moment = time.monotonic()
        if moment - self._told_at >= PHASE_SPACING_S:
            self._tell(moment)

    def catch_up(self) -> None:
        """Tell a change that was held back; any thread may call it."""
        if self.now != self._told:
            self._tell(time.monotonic())

    def _tell(self, moment: float) -> None:
        phase = self.now
        if phase != self._told:
            self._told, self._told_at = phase, moment
            self._outbox.post(PhaseChanged(phase))
