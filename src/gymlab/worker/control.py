"""What the shim asks of the training thread, and where that thread waits."""

import threading


class Control:
    """Pause and stop, set by the reader thread and obeyed by the training thread."""

    def __init__(self) -> None:
        """Begin with nothing asked for."""
        self._condition = threading.Condition()
        self._is_poked = False
        self.is_paused = False
        self.is_stopped = False
        self.needs_attention = False
        """The only thing read on the fast path: whether anything at all is asked for."""

    def pause(self) -> None:
        """Ask the training thread to stand still."""
        with self._condition:
            self.is_paused = True
            self.needs_attention = True

    def unpause(self) -> None:
        """Let the training thread go on."""
        with self._condition:
            self.is_paused = False
            self.needs_attention = self.is_stopped
            self._condition.notify_all()

    def stop(self) -> None:
        """Ask the training thread to end, also out of a pause."""
        with self._condition:
            self.is_stopped = True
            self.needs_attention = True
            self._condition.notify_all()

    def poke(self) -> None:
        """Wake the training thread inside a pause for one look at the viewers."""
        with self._condition:
            self._is_poked = True
            self._condition.notify_all()

    def wait_while_paused(self) -> bool:
        """Block until something changes; tell whether the pause goes on."""
        with self._condition:
            while self.is_paused and not self.is_stopped:
                if self._is_poked:
                    self._is_poked = False
                    return True
                self._condition.wait()
            return False
