"""Handing the latest policy to the showcase while training goes on."""

import threading
import time
from collections.abc import Callable

from gymlab.protocol.worker import Policy
from gymlab.runner_api.runner import Members
from gymlab.worker.blobs import BlobRefusedError, BlobWriter
from gymlab.worker.outbox import Outbox


class PolicyFeed:
    """Sends a policy now and then while one is wanted."""

    def __init__(self, outbox: Outbox, blobs: BlobWriter, *, warn: Callable[[str], None]) -> None:
        """Begin without anybody who wants one."""
        self._outbox = outbox
        self._blobs = blobs
        self._warn = warn
        self._every_s = 0.0
        self._due = float("inf")
        self._thread: threading.Thread | None = None

    def want(self, every_s: float) -> None:
        """Ask for a policy now and then every so many seconds; 0 asks for none."""
        self._every_s = every_s
        self._due = 0.0 if every_s > 0 else float("inf")

    @property
    def is_due(self) -> bool:
        """Whether a newer policy is wanted now."""
        if time.monotonic() < self._due:
            return False
        return self._thread is None or not self._thread.is_alive()

    def send(self, timestep: int, members: Members) -> None:
        """Hand a policy over without waiting; a refusal leaves the showcase with the older one."""
        self._due = time.monotonic() + self._every_s
        # The shim answers requests for memory when it can; training does not wait for it.
        self._thread = threading.Thread(
            target=self._send, args=(timestep, members), name="policy", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Wait for the policy that is on its way."""
        if self._thread is not None:
            self._thread.join()

    def _send(self, timestep: int, members: Members) -> None:
        try:
            self._outbox.post(Policy(timestep, self._blobs.members(members)))
        except BlobRefusedError as error:
            self._warn(f"The showcase keeps an older policy. {error.detail}")
