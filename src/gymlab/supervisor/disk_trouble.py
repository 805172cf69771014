"""A run's folder that cannot be written: noticed, said, and seen to its end."""

import time


class DiskTrouble:
    """Whether the run's folder can be written at present, and why not."""

    def __init__(self) -> None:
        """Begin without trouble."""
        self._since: float | None = None
        self._reason = ""

    @property
    def is_on(self) -> bool:
        """Whether something could not be written and is still waiting for it."""
        return self._since is not None

    @property
    def sentence(self) -> str:
        """What a person is told while it lasts."""
        return (
            f"The run's folder cannot be written ({self._reason}). Training waits, nothing is "
            "lost, and it goes on by itself when there is room again."
        )

    @property
    def loss(self) -> str | None:
        """What is said of a run that ended before it was over; None when there is none."""
        if not self.is_on:
            return None
        return f"What came last could not be written ({self._reason})."

    def begins(self, error: OSError) -> bool:
        """Note a failure to write; tell whether it is the first one."""
        is_new = self._since is None
        if is_new:
            self._since = time.monotonic()
        self._reason = error.strerror or type(error).__name__
        return is_new

    def ends(self) -> str:
        """Note that everything could be written; return what is said of the time between."""
        since, self._since = self._since, None
        lasted_s = time.monotonic() - since if since is not None else 0.0
        return (
            f"The run's folder could not be written for {lasted_s:,.0f} s ({self._reason}); "
            "nothing was lost"
        )
