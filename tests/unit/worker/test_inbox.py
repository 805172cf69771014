"""Commands arrive with exactly their own descriptors; nonsense ends the link."""

import os
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymlab.protocol.framing import ProtocolError, encode
from gymlab.protocol.parts import Member
from gymlab.protocol.worker import BlobGrant, LoadPolicy, Pause, StartRun, Stop, ToWorker
from gymlab.worker.inbox import Inbox
from tests.unit.worker.shim_end import memory_of

PATIENCE_S = 30.0


class Listening:
    """An inbox and what it said."""

    def __init__(self) -> None:
        self.far, self.near = socket.socketpair()
        self.commands: list[tuple[ToWorker, list[bytes]]] = []
        self.error: ProtocolError | None = None
        self.ended = threading.Event()
        self.inbox = Inbox(self.near, self._handle, on_end=self._end)

    def finish(self) -> None:
        """Close the far end and wait until the inbox noticed."""
        self.far.close()
        assert self.ended.wait(PATIENCE_S)
        self.near.close()

    def _handle(self, message: ToWorker, descriptors: list[int]) -> None:
        contents = [os.pread(descriptor, 100, 0) for descriptor in descriptors]
        for descriptor in descriptors:
            os.close(descriptor)
        self.commands.append((message, contents))

    def _end(self, error: ProtocolError | None) -> None:
        self.error = error
        self.ended.set()


@pytest.fixture
def listening() -> Listening:
    """A fresh inbox."""
    return Listening()


def send(link: socket.socket, message: ToWorker, *contents: bytes) -> None:
    """Send a message with one descriptor per content."""
    descriptors = [memory_of(content) for content in contents]
    socket.send_fds(link, [encode(message)], descriptors)
    for descriptor in descriptors:
        os.close(descriptor)


def test_every_message_gets_its_own_descriptors(listening: Listening) -> None:
    """Also when many messages arrive in one read."""
    policy = LoadPolicy(1, [Member("a", 1), Member("b", 1, content=b"x"), Member("c", 1)])
    send(listening.far, BlobGrant(1), b"first")
    listening.far.sendall(encode(Pause()))
    send(listening.far, policy, b"A", b"C")
    send(listening.far, BlobGrant(2), b"second")
    listening.far.sendall(encode(StartRun({}, 1)) + encode(Stop()))
    listening.finish()
    assert [contents for _, contents in listening.commands] == [
        [b"first"],
        [],
        [b"A", b"C"],
        [b"second"],
        [],
        [],
    ]
    assert listening.error is None


def test_a_message_may_come_in_pieces(listening: Listening) -> None:
    """A byte at a time makes no difference."""
    for byte in encode(Pause()):
        listening.far.sendall(bytes([byte]))
    listening.finish()
    assert [message for message, _ in listening.commands] == [Pause()]


def test_a_grant_without_descriptor_is_an_error(listening: Listening) -> None:
    """The memory that was promised must be there."""
    listening.far.sendall(encode(BlobGrant(1)))
    listening.finish()
    assert listening.error is not None


@settings(deadline=None, max_examples=50)
@given(st.binary(min_size=1, max_size=300))
def test_random_bytes_never_raise(data: bytes) -> None:
    """The inbox ends by itself, with an error or because the link closed, and runs nothing."""
    listening = Listening()
    listening.far.sendall(data)
    listening.finish()
    assert all(isinstance(message, ToWorker) for message, _ in listening.commands)
