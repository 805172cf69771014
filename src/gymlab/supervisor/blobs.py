"""Shared memory that a worker fills and the shim reads.

The shim makes the memory and seals its size, so that a worker can neither grow it
past what was granted nor shrink it under the reader.
"""

import fcntl
import os
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress

from gymlab.protocol.parts import Member
from gymlab.protocol.version import MAX_BLOB_BYTES, MAX_INLINE_BYTES
from gymlab.protocol.worker import BlobGrant, BlobRefused, BlobRequest

CHUNK_BYTES = 1024 * 1024
MAX_OPEN_BLOBS = 64
MAX_OPEN_BYTES = 4 * 1024**3
"""Most that one worker can have lent to it at a time: a replay buffer of 1 GiB and its successor."""
BLOB_NAME = "gymlab-blob"
_HAS_MEMFD = sys.platform == "linux"


class BlobError(Exception):
    """The worker asked for, or named, a blob that it cannot have."""


def make_blob(size: int, name: str = BLOB_NAME) -> int:
    """Return a descriptor of `size` zero bytes whose size nobody can change."""
    if _HAS_MEMFD:
        descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, size)
        seals = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        return descriptor
    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        return os.dup(file.fileno())


def blob_of(content: bytes) -> int:
    """Return a descriptor with this content."""
    descriptor = make_blob(len(content))
    os.pwrite(descriptor, content, 0)
    return descriptor


class BlobTable:
    """The blobs granted to one worker and not yet taken back."""

    def __init__(self) -> None:
        """Begin without blobs."""
        self._descriptors: dict[int, tuple[int, int]] = {}

    def grant(self, token: int, size: int) -> int:
        """Make a blob and remember it under the worker's token.

        Raises:
            BlobError: The token is in use, or number or size is over the limit.
            OSError: The machine has no memory or descriptor left.
        """
        if token in self._descriptors or len(self._descriptors) >= MAX_OPEN_BLOBS:
            raise BlobError(f"blob {token} is in use or {MAX_OPEN_BLOBS} blobs are open")
        if not 0 < size <= MAX_BLOB_BYTES:
            raise BlobError(f"a blob of {size} bytes is not granted")
        if size + sum(size for _, size in self._descriptors.values()) > MAX_OPEN_BYTES:
            raise BlobError(f"blobs of more than {MAX_OPEN_BYTES // 2**30} GB are open")
        descriptor = make_blob(size)
        self._descriptors[token] = (descriptor, size)
        return descriptor

    @property
    def allocated_bytes(self) -> int:
        """Memory that the worker has filled in what was granted."""
        total = 0
        for descriptor, _ in list(self._descriptors.values()):
            with suppress(OSError):  # a thread that stores a checkpoint has just closed it
                total += os.fstat(descriptor).st_blocks * 512
        return total

    @contextmanager
    def lent(self, member: Member) -> Generator[int]:
        """Yield a descriptor with the member's content; the blob stays until it is discarded.

        Raises:
            BlobError: The member names no granted blob, or its size does not fit.
        """
        if member.content is not None:
            with self.taken(member) as descriptor:
                yield descriptor
            return
        descriptor, size = self._descriptors.get(member.token or 0, (-1, -1))
        if descriptor < 0 or size != member.size:
            raise BlobError(f"member {member.name!r} names no blob of its size")
        yield descriptor

    @contextmanager
    def taken(self, member: Member) -> Generator[int]:
        """Yield a descriptor with the member's content and close it afterwards.

        Raises:
            BlobError: The member names no granted blob, or its size does not fit.
        """
        if member.content is not None:
            if len(member.content) != member.size or member.size > MAX_INLINE_BYTES:
                raise BlobError(f"member {member.name!r} does not have the size it says")
            descriptor = blob_of(member.content)
        else:
            descriptor, size = self._descriptors.pop(member.token or 0, (-1, -1))
            if descriptor < 0 or size != member.size:
                if descriptor >= 0:
                    os.close(descriptor)
                raise BlobError(f"member {member.name!r} names no blob of its size")
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def discard(self, members: Iterable[Member]) -> None:
        """Give back what members name that nobody will take any more."""
        for member in members:
            descriptor, _ = self._descriptors.pop(member.token or 0, (-1, -1))
            if descriptor >= 0:
                os.close(descriptor)

    def close(self) -> None:
        """Give every blob back."""
        for descriptor, _ in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()


def answer(
    blobs: BlobTable, request: BlobRequest
) -> tuple[BlobGrant | BlobRefused, tuple[int, ...]]:
    """Return what a worker is told that asks for memory, and the descriptor that goes along."""
    try:
        descriptor = blobs.grant(request.token, request.size)
    except (BlobError, OSError) as error:
        return BlobRefused(request.token, str(error)), ()
    return BlobGrant(request.token), (descriptor,)


def read_chunks(descriptor: int, size: int) -> Iterator[bytes]:
    """Yield the content of a blob piece by piece."""
    offset = 0
    while offset < size:
        chunk = os.pread(descriptor, min(CHUNK_BYTES, size - offset), offset)
        if not chunk:
            raise BlobError("a blob is shorter than it was granted")
        yield chunk
        offset += len(chunk)
