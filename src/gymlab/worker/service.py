"""What a worker can be started as."""

from typing import Protocol

from gymlab.protocol.worker import FromWorker, Heartbeat, ToWorker


class Service(Protocol):
    """A run, a showcase or an evaluation."""

    def run(self) -> FromWorker | None:
        """Do the whole work on the main thread; return the last thing to say, if any."""
        ...

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:
        """Obey a command on the reading thread, without blocking; owns the descriptors."""
        ...

    def heartbeat(self) -> Heartbeat:
        """Return how far the work is; called on the heartbeat thread."""
        ...
