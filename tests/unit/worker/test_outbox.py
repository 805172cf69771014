"""What leaves the worker keeps its order, loses no row and never holds training."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from gymlab.protocol.framing import worker_reader
from gymlab.protocol.parts import EpisodeRow, FrameHeader
from gymlab.protocol.worker import Episodes, Frame, FromWorker, Heartbeat, Paused, Started
from gymlab.worker.outbox import MAX_PENDING_FRAMES, ROWS_PER_MESSAGE, Outbox, batched

PATIENCE_S = 30.0


def row(episode: int) -> EpisodeRow:
    """Return an episode row with this number."""
    return EpisodeRow(episode, 0.0, 0.0, episode, 0, 1.0, 1, terminated=True, truncated=False)


def frame(seq: int, size: int = 10) -> Frame:
    """Return a picture with this number."""
    header = FrameHeader(seq, "training", 0, 0, 0.0, 0.0, 1, 1, "jpeg", "rollout", 0.0, 0)
    return Frame(header, bytes(size))


class Peer:
    """The other end, which reads only when told to."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.far.settimeout(PATIENCE_S)
        self.lost = threading.Event()

    def read_all(self) -> list[FromWorker]:
        """Read until the near end is closed."""
        reader = worker_reader()
        messages: list[FromWorker] = []
        while chunk := self.far.recv(1 << 20):
            messages.extend(reader.feed(chunk))
        return messages


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A connected pair of sockets."""
    peer = Peer()
    yield peer
    peer.near.close()
    peer.far.close()


def finish(outbox: Outbox, peer: Peer) -> list[FromWorker]:
    """Let everything be sent while the peer reads, and return it."""

    def close() -> None:
        outbox.close(PATIENCE_S)
        peer.near.shutdown(socket.SHUT_WR)

    closing = threading.Thread(target=close)
    closing.start()
    messages = peer.read_all()
    closing.join(PATIENCE_S)
    return messages


def stick(outbox: Outbox) -> None:
    """Give the sender more than the socket holds, and wait until it has taken it."""
    outbox.post_frame(frame(0, size=2_000_000))
    deadline = time.monotonic() + PATIENCE_S
    while outbox._frames and time.monotonic() < deadline:
        time.sleep(0.001)


def numbers(messages: list[FromWorker]) -> list[int]:
    """Return the episode numbers of all rows in order."""
    return [row.episode for item in messages if isinstance(item, Episodes) for row in item.rows]


def test_rows_and_messages_keep_their_order(peer: Peer) -> None:
    """A message stands between the rows that were posted around it."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set)
    for episode in range(5):
        outbox.post_row(row(episode))
    outbox.post(Started(5))
    outbox.post_row(row(5))
    outbox.post(Paused())
    messages = finish(outbox, peer)
    kinds = [type(item).__name__ for item in messages]
    flat = "".join(name[0] for name in kinds)
    assert flat.replace("EE", "E") == "ESEP"
    assert numbers(messages) == [0, 1, 2, 3, 4, 5]


def test_a_stalled_link_never_holds_the_poster_and_loses_no_row(peer: Peer) -> None:
    """All rows wait in memory, the pictures but for the newest few are dropped."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set)
    stick(outbox)
    for episode in range(50_000):
        outbox.post_row(row(episode))
        if episode % 1000 == 0:
            outbox.post_frame(frame(episode + 1))
    assert outbox.num_frames_dropped >= 50 - MAX_PENDING_FRAMES - 1
    messages = finish(outbox, peer)
    assert numbers(messages) == list(range(50_000))
    sent = [item.header.seq for item in messages if isinstance(item, Frame)]
    assert sent[-1] == 49_001
    assert sent == sorted(sent)


def test_a_full_outbox_makes_the_training_thread_wait_until_half_is_gone(peer: Peer) -> None:
    """Past the bound memory does not grow further and nothing is lost."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set, max_pending=1000)
    stick(outbox)
    posted = 0
    while not outbox.is_full:
        outbox.post_row(row(posted))
        posted += 1
    assert posted <= 1000 + ROWS_PER_MESSAGE
    outbox.wait_for_room(0.01)
    assert outbox.is_full
    released = threading.Event()

    def wait() -> None:
        outbox.wait_for_room()
        released.set()

    threading.Thread(target=wait, daemon=True).start()
    outbox.post_heartbeat(Heartbeat(1, 1, 1, 0.0))
    messages = finish(outbox, peer)
    assert released.wait(PATIENCE_S)
    assert numbers(messages) == list(range(posted))


def test_flushing_waits_until_everything_has_left(peer: Peer) -> None:
    """What follows may end the process; a link that stalls holds nobody for ever."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set)
    stick(outbox)
    outbox.post(Paused())
    outbox.flush(0.01)
    assert outbox._pending
    reader = worker_reader()
    heard: list[FromWorker] = []
    flushed = threading.Thread(target=outbox.flush, args=(PATIENCE_S,))
    flushed.start()
    while not any(isinstance(item, Paused) for item in heard):
        heard.extend(reader.feed(peer.far.recv(1 << 20)))
    flushed.join(PATIENCE_S)
    assert not flushed.is_alive()
    assert not outbox._pending
    assert finish(outbox, peer) == []


def test_heartbeats_replace_each_other_while_the_link_stalls(peer: Peer) -> None:
    """A stall does not end in a flood of old heartbeats."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set)
    outbox.post_frame(frame(0, size=2_000_000))
    for timestep in range(1000):
        outbox.post_heartbeat(Heartbeat(timestep, 0, 0, 0.0))
    messages = finish(outbox, peer)
    beats = [item.timestep for item in messages if isinstance(item, Heartbeat)]
    assert beats[-1] == 999
    assert len(beats) <= 3


def test_rows_leave_with_the_next_heartbeat(peer: Peer) -> None:
    """Nothing waits for a message that may never come."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set)
    outbox.post_row(row(1))
    outbox.post_heartbeat(Heartbeat(1, 1, 0, 0.0))
    reader = worker_reader()
    messages: list[FromWorker] = []
    while len(messages) < 2:
        messages.extend(reader.feed(peer.far.recv(1 << 16)))
    assert numbers(messages) == [1]


def test_a_lost_link_is_told(peer: Peer) -> None:
    """The worker learns that the shim is gone also when it only ever sends."""
    outbox = Outbox(peer.near, on_lost=peer.lost.set)
    peer.far.close()
    outbox.post(Paused())
    assert peer.lost.wait(PATIENCE_S)


def test_batches_are_bounded() -> None:
    """A long stall is caught up in messages of bounded size."""
    messages = list(batched([row(number) for number in range(2 * ROWS_PER_MESSAGE + 1)]))
    sizes = [len(item.rows) for item in messages if isinstance(item, Episodes)]
    assert sizes == [ROWS_PER_MESSAGE, ROWS_PER_MESSAGE, 1]
