"""What arrives from the shim: commands with their descriptors, read by one thread."""

import array
import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator

from gymlab.protocol.framing import ProtocolError, worker_command_reader
from gymlab.protocol.parts import Member
from gymlab.protocol.previews import StartPreview
from gymlab.protocol.worker import (
    BlobGrant,
    LoadPolicy,
    ReadModel,
    StartEvaluation,
    StartRun,
    ToWorker,
    WriteModel,
)

READ_BYTES = 256 * 1024
_MAX_DESCRIPTORS = 253
"""Most descriptors that Linux passes with one message (SCM_MAX_FD)."""

Handler = Callable[[ToWorker, list[int]], None]


def num_descriptors(message: ToWorker) -> int:
    """Return how many descriptors travel with a message."""
    match message:
        case BlobGrant():
            return 1
        case StartRun(resume=resume, policy=policy):
            return _without_content(resume.members if resume else policy)
        case (
            LoadPolicy(members=members)
            | StartEvaluation(members=members)
            | StartPreview(members=members)
            | WriteModel(members=members)
        ):
            return _without_content(members)
        case ReadModel(file=file):
            return _without_content([file])
        case _:
            return 0


class Inbox:
    """Reads commands on a thread of its own until the other end is gone."""

    def __init__(
        self,
        link: socket.socket,
        handle: Handler,
        *,
        on_end: Callable[[ProtocolError | None], None],
    ) -> None:
        """Start reading.

        Args:
            link: Connected unix stream socket.
            handle: Called on the reading thread with each command and its descriptors,
                which it owns; must not block.
            on_end: Called on the reading thread when the other end is gone (None) or has
                sent what no shim sends.
        """
        self._link = link
        self._handle = handle
        self._on_end = on_end
        self._descriptors: deque[int] = deque()
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for message in self._messages():
                self._handle(message, self._take(num_descriptors(message)))
        except ProtocolError as error:
            self._on_end(error)
        except OSError:
            self._on_end(None)
        else:
            self._on_end(None)

    def _messages(self) -> Iterator[ToWorker]:
        reader = worker_command_reader()
        while chunk := self._receive():
            yield from reader.feed(chunk)

    def _receive(self) -> bytes:
        item_size = array.array("i").itemsize
        space = socket.CMSG_SPACE(_MAX_DESCRIPTORS * item_size)
        chunk, ancillary, _flags, _address = self._link.recvmsg(READ_BYTES, space)
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                numbers = array.array("i")
                numbers.frombytes(data[: len(data) - len(data) % item_size])
                self._descriptors.extend(numbers)
        return chunk

    def _take(self, count: int) -> list[int]:
        if len(self._descriptors) < count:
            raise ProtocolError(f"{count} descriptors expected, {len(self._descriptors)} came")
        taken = [self._descriptors.popleft() for _ in range(count)]
        for descriptor in taken:
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - the standard library's signature
        return taken


def _without_content(members: list[Member]) -> int:
    return sum(member.content is None for member in members)
