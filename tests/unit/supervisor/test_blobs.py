"""Shared memory has the size that was granted, and nothing leaks."""

import os
import sys

import pytest

from gymlab.protocol.parts import Member
from gymlab.protocol.version import MAX_BLOB_BYTES
from gymlab.supervisor.blobs import MAX_OPEN_BLOBS, BlobError, BlobTable, make_blob, read_chunks


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux seals shared memory")
def test_nobody_can_change_the_size_of_a_blob() -> None:
    """Growing would be unaccounted memory, shrinking a crash of the reader."""
    descriptor = make_blob(100)
    for size in (50, 200):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)
    os.close(descriptor)


def test_a_blob_is_read_back_and_then_gone() -> None:
    """A token is good for one member."""
    table = BlobTable()
    os.pwrite(table.grant(7, 5), b"hello", 0)
    member = Member(name="a.pt", size=5, token=7)
    with table.taken(member) as descriptor:
        assert b"".join(read_chunks(descriptor, 5)) == b"hello"
    with pytest.raises(BlobError), table.taken(member):
        pass


@pytest.mark.parametrize("size", [0, -1, MAX_BLOB_BYTES + 1])
def test_an_absurd_size_is_not_granted(size: int) -> None:
    """The shim's memory is not the worker's to take."""
    with pytest.raises(BlobError):
        BlobTable().grant(1, size)


def test_a_token_twice_and_too_many_blobs_are_refused() -> None:
    """Every open blob is bounded and named once."""
    table = BlobTable()
    for token in range(1, MAX_OPEN_BLOBS + 1):
        table.grant(token, 1)
    with pytest.raises(BlobError):
        table.grant(MAX_OPEN_BLOBS + 1, 1)
    table.close()
    table.grant(1, 1)
    with pytest.raises(BlobError):
        table.grant(1, 1)
    table.close()


def test_a_member_of_another_size_is_refused() -> None:
    """What was granted and what is named must agree."""
    table = BlobTable()
    table.grant(1, 10)
    with pytest.raises(BlobError), table.taken(Member(name="a.pt", size=9, token=1)):
        pass
