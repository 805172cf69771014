"""Large files travel as shared memory, small ones inline."""

import os
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import Member
from gymlab.protocol.version import MAX_INLINE_BYTES
from gymlab.protocol.worker import BlobGrant, BlobRefused, BlobRequest
from gymlab.worker.blobs import (
    MAX_INLINE_TOTAL_BYTES,
    BlobRefusedError,
    BlobWriter,
    read_members,
)
from tests.unit.worker.shim_end import memory_of

Answer = Callable[[BlobWriter, BlobRequest], None]


class Granting:
    """Grants every request and keeps the memory."""

    def __init__(self) -> None:
        self.memory: dict[int, int] = {}
        self.writer = BlobWriter(self._grant)

    def content(self, member: Member) -> bytes:
        """Return what was written."""
        if member.content is not None:
            return member.content
        assert member.token is not None
        return os.pread(self.memory[member.token], member.size + 1, 0)

    def close(self) -> None:
        """Free the memory."""
        for descriptor in self.memory.values():
            os.close(descriptor)

    def _grant(self, request: BlobRequest) -> None:
        self.memory[request.token] = memory_of(bytes(request.size))
        self.writer.granted(BlobGrant(request.token), os.dup(self.memory[request.token]))


@given(st.lists(st.integers(0, MAX_INLINE_BYTES + 2000), max_size=12))
def test_contents_arrive_whole(sizes: list[int]) -> None:
    """Whatever the sizes, and inline bytes stay within the bound."""
    granting = Granting()
    files = {f"{place}.bin": os.urandom(size) for place, size in enumerate(sizes)}
    members = granting.writer.members(files)
    assert {member.name: granting.content(member) for member in members} == files
    assert all(member.token != 0 for member in members)
    inline = [len(member.content) for member in members if member.content is not None]
    assert sum(inline) <= MAX_INLINE_TOTAL_BYTES
    assert all(size <= MAX_INLINE_BYTES for size in inline)
    granting.close()


def test_views_and_transient_files_are_kept_apart() -> None:
    """Any buffer will do; transient members say so."""
    granting = Granting()
    members = granting.writer.members(
        {"a": bytearray(b"abc")}, {"b": memoryview(bytes(MAX_INLINE_BYTES + 1))}
    )
    assert [(member.name, member.transient) for member in members] == [("a", False), ("b", True)]
    assert granting.content(members[1]) == bytes(MAX_INLINE_BYTES + 1)
    granting.close()


@pytest.mark.parametrize("is_answered", [True, False], ids=["refused", "unanswered"])
def test_no_memory_is_an_error_that_says_so(is_answered: bool) -> None:
    """The caller can go on without the file."""

    def answer(request: BlobRequest) -> None:
        if is_answered:
            writer.refused(BlobRefused(request.token, "the disk is full"))

    writer = BlobWriter(answer, timeout_s=0.05)
    with pytest.raises(BlobRefusedError, match="full" if is_answered else "did not answer"):
        writer.members({"a": bytes(MAX_INLINE_BYTES + 1)})


def test_memory_that_is_too_small_is_an_error() -> None:
    """A shim that grants less than asked for does not crash the worker."""

    def answer(request: BlobRequest) -> None:
        writer.granted(BlobGrant(request.token), memory_of(b"short"))

    writer = BlobWriter(answer)
    with pytest.raises(BlobRefusedError):
        writer.members({"a": bytes(MAX_INLINE_BYTES + 1)})


def test_an_answer_that_nobody_waits_for_is_closed() -> None:
    """A late grant leaks no descriptor."""
    descriptor = memory_of(b"late")
    BlobWriter(lambda _request: None).granted(BlobGrant(99), descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_members_are_read_in_order_and_closed() -> None:
    """Inline members have no descriptor, empty ones have one."""
    members = [Member("a", 3), Member("b", 1, content=b"b"), Member("c", 0), Member("d", 2)]
    descriptors = [memory_of(content) for content in (b"aaa", b"", b"dd")]
    read = read_members(members, descriptors)
    contents = {name: bytes(content) for name, content in read.items()}
    assert contents == {"a": b"aaa", "b": b"b", "c": b"", "d": b"dd"}
    for descriptor in descriptors:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


@pytest.mark.parametrize("contents", [[], [b"x"]], ids=["missing", "short"])
def test_a_member_that_did_not_come_is_an_error(contents: list[bytes]) -> None:
    """Wrong weights are never used by accident."""
    with pytest.raises(ProtocolError):
        read_members([Member("a", 3)], [memory_of(content) for content in contents])
