"""Large files leave and arrive as shared memory that the shim makes and owns."""

import mmap
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from itertools import count

from gymlab.errors import UnavailableError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import Member
from gymlab.protocol.version import MAX_INLINE_BYTES
from gymlab.protocol.worker import BlobGrant, BlobRefused, BlobRequest
from gymlab.runner_api.runner import Members

GRANT_TIMEOUT_S = 60.0
MAX_INLINE_TOTAL_BYTES = 2 * 1024 * 1024
"""Most bytes that all inline members of one message hold together."""


class BlobRefusedError(UnavailableError):
    """The shim did not give the shared memory that a file needs."""

    code = "blob_refused"


class BlobWriter:
    """Turns file contents into message members; used by any thread."""

    def __init__(
        self, send: Callable[[BlobRequest], None], timeout_s: float = GRANT_TIMEOUT_S
    ) -> None:
        """Begin without blobs.

        Args:
            send: Sends a request to the shim.
            timeout_s: How long an answer may take.
        """
        self._send = send
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._tokens = count(1)
        self._waiting: dict[int, Future[int]] = {}

    def granted(self, grant: BlobGrant, descriptor: int) -> None:
        """Hand over the descriptor of an answer; called by the reading thread."""
        future = self._forget(grant.token)
        if future is None:
            os.close(descriptor)
        else:
            future.set_result(descriptor)

    def refused(self, refusal: BlobRefused) -> None:
        """Note a refusal; called by the reading thread."""
        future = self._forget(refusal.token)
        if future is not None:
            future.set_exception(BlobRefusedError(f"No room for a file: {refusal.reason}"))

    def members(self, durable: Members, transient: Members | None = None) -> list[Member]:
        """Return message members for the files, small ones inline, large ones as blobs.

        Raises:
            BlobRefusedError: The shim refused the memory or did not answer.
        """
        room = MAX_INLINE_TOTAL_BYTES
        made: list[Member] = []
        for files, is_transient in ((durable, False), (transient or {}, True)):
            for name, content in files.items():
                size = memoryview(content).nbytes
                if size <= min(MAX_INLINE_BYTES, room):
                    room -= size
                    made.append(Member(name, size, content=bytes(content), transient=is_transient))
                else:
                    token = self._store(content, size)
                    made.append(Member(name, size, token=token, transient=is_transient))
        return made

    def _store(self, content: bytes | bytearray | memoryview, size: int) -> int:
        future: Future[int] = Future()
        with self._lock:
            token = next(self._tokens)
            self._waiting[token] = future
        self._send(BlobRequest(token, size))
        try:
            descriptor = future.result(self._timeout_s)
        except TimeoutError as error:
            self._forget(token)
            raise BlobRefusedError("No room for a file: the shim did not answer.") from error
        try:
            with mmap.mmap(descriptor, size) as shared:
                shared[:] = memoryview(content).cast("B")
        except (OSError, ValueError) as error:
            raise BlobRefusedError(f"No room for a file: {error}") from error
        finally:
            os.close(descriptor)
        return token

    def _forget(self, token: int) -> Future[int] | None:
        with self._lock:
            return self._waiting.pop(token, None)


def read_members(members: Iterable[Member], descriptors: Sequence[int]) -> Members:
    """Return the contents of members that arrived, and close their descriptors.

    Raises:
        ProtocolError: A descriptor is missing or holds less than its member's size.
    """
    remaining = iter(descriptors)
    try:
        return {member.name: _read(member, remaining) for member in members}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _read(member: Member, descriptors: Iterable[int]) -> bytes | memoryview:
    if member.content is not None:
        return member.content
    descriptor = next(iter(descriptors), None)
    if descriptor is None:
        raise ProtocolError(f"no descriptor came for {member.name!r}")
    if member.size == 0:
        return b""
    try:
        return memoryview(mmap.mmap(descriptor, member.size, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise ProtocolError(f"cannot read member {member.name!r}: {error}") from error
