"""Everything that leaves the worker: one ordered queue, one sending thread.

Bounds. Messages and rows keep their order and are never dropped; rows are batched, at
most `ROWS_PER_MESSAGE` to a message. When the shim does not read, at most
`MAX_PENDING` of them wait (about 100 MB, over 10 s at 20,000 rows a second); past that
the training thread waits at its next gate until half of them are gone, because losing
rows or running out of memory would be worse. Pictures wait in `MAX_PENDING_FRAMES`
places, and the oldest one makes room. Posting takes microseconds: encoding and sending
happen on the sending thread.
"""

import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator

from gymlab.protocol.framing import ProtocolError, encode
from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.worker import Episodes, Frame, FromWorker, Heartbeat

_LOG = logging.getLogger(__name__)
MAX_PENDING = 250_000
MAX_PENDING_FRAMES = 2
ROWS_PER_MESSAGE = 1_000


class Outbox:
    """Ordered, bounded and never in the way of training."""

    def __init__(
        self, link: socket.socket, *, on_lost: Callable[[], None], max_pending: int = MAX_PENDING
    ) -> None:
        """Start the sending thread.

        Args:
            link: Connected stream socket.
            on_lost: Called on the sending thread when the other end is gone.
            max_pending: Messages and rows that may wait before `wait_for_room` blocks.
        """
        self._link = link
        self._on_lost = on_lost
        self._max_pending = max_pending
        self._changed = threading.Condition()
        self._pending: list[FromWorker | EpisodeRow] = []
        self._heartbeat_at: int | None = None
        self._frames: deque[Frame] = deque(maxlen=MAX_PENDING_FRAMES)
        self._is_closed = False
        self._is_urgent = False
        self._is_full = False
        self._num_sending = 0
        self.num_frames_dropped = 0
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether the training thread should wait for room; cheap."""
        return self._is_full

    def post(self, message: FromWorker) -> None:
        """Queue a message for sending at once."""
        with self._changed:
            self._pending.append(message)
            self._is_urgent = True
            self._note_size()
            self._changed.notify_all()

    def post_row(self, row: EpisodeRow | FromWorker) -> None:
        """Queue a row; it leaves with the next message, at the latest with the next heartbeat."""
        with self._changed:
            self._pending.append(row)
            self._note_size()

    def post_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Replace the heartbeat that waits, and send everything."""
        with self._changed:
            if self._heartbeat_at is None:
                self._heartbeat_at = len(self._pending)
                self._pending.append(heartbeat)
            else:
                self._pending[self._heartbeat_at] = heartbeat
            self._is_urgent = True
            self._changed.notify_all()

    def post_frame(self, frame: Frame) -> None:
        """Queue a picture; the oldest that still waits is dropped when there are too many."""
        with self._changed:
            if len(self._frames) == MAX_PENDING_FRAMES:
                self.num_frames_dropped += 1
            self._frames.append(frame)
            self._changed.notify_all()

    def wait_for_room(self, timeout_s: float | None = None) -> None:
        """Block while the queue is full."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_full or self._is_closed, timeout_s)

    def flush(self, timeout_s: float) -> None:
        """Wait until everything has left, for example before code that may end this process."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closed or not (self._pending or self._num_sending), timeout_s
            )

    def close(self, timeout_s: float | None = None) -> None:
        """Send what waits and end the thread, however slowly the other end reads."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)

    def _note_size(self) -> None:
        if len(self._pending) + self._num_sending >= self._max_pending:
            self._is_full = True

    def _run(self) -> None:
        try:
            while (batch := self._take()) is not None:
                messages, frames = batch
                self._send(messages, frames)
        except OSError:
            self._on_lost()

    def _take(self) -> tuple[list[FromWorker | EpisodeRow], list[Frame]] | None:
        with self._changed:
            while not (self._is_ready() or self._is_closed):
                self._changed.wait()
            pending, self._pending = self._pending, []
            frames = list(self._frames)
            self._frames.clear()
            self._is_urgent = False
            self._heartbeat_at = None
            if not pending and not frames and self._is_closed:
                return None
            self._num_sending = len(pending)
            return pending, frames

    def _is_ready(self) -> bool:
        return self._is_urgent or bool(self._frames)

    def _send_one(self, message: FromWorker) -> None:
        data = _encoded(message)
        if data is not None:
            self._link.sendall(data)

    def _send(self, messages: list[FromWorker | EpisodeRow], frames: list[Frame]) -> None:
        # First, so that none follows the last word of a run.
        for frame in frames:
            self._send_one(frame)
        for message in batched(messages):
            self._send_one(message)
            sent = len(message.rows) if isinstance(message, Episodes) else 1
            with self._changed:
                self._num_sending = max(0, self._num_sending - sent)
                waiting = self._num_sending + len(self._pending)
                if self._is_full and waiting <= self._max_pending // 2:
                    self._is_full = False
                    self._changed.notify_all()
                elif waiting == 0:
                    self._changed.notify_all()


def _encoded(message: FromWorker) -> bytes | None:
    try:
        return encode(message)
    except (TypeError, ValueError, OverflowError, ProtocolError):
        # A runner's own data got this far; one lost message is better than a dead link.
        _LOG.exception("a message could not be sent: %s", type(message).__name__)
        return None


def batched(messages: list[FromWorker | EpisodeRow]) -> Iterator[FromWorker]:
    """Yield the messages in order, neighbouring episode rows joined to one message."""
    rows: list[EpisodeRow] = []
    for message in messages:
        if isinstance(message, EpisodeRow):
            rows.append(message)
            if len(rows) == ROWS_PER_MESSAGE:
                yield Episodes(rows)
                rows = []
            continue
        if rows:
            yield Episodes(rows)
            rows = []
        yield message
    if rows:
        yield Episodes(rows)
