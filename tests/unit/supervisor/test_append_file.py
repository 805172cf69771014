"""What a disk does not take waits, in order, and comes whole."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymlab.supervisor.append_file import AppendFile
from gymlab.supervisor.log_pump import LOST, MAX_WAITING_BYTES, LogFile
from tests.unit.supervisor.conftest import FailingDisk


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EFBIG])
@pytest.mark.parametrize("takes_bytes", [0, 1, 9, 10, 11])
def test_what_the_disk_refuses_waits_and_follows(
    tmp_path: Path, disk: FailingDisk, number: int, takes_bytes: int
) -> None:
    """However much of a piece was taken, no reader sees a part of it, and the order stays."""
    path = tmp_path / "rows"
    file = AppendFile(path)
    file.append(b"before\n")
    disk.fails_with, disk.takes_bytes = number, takes_bytes
    with pytest.raises(OSError, match=os.strerror(number)):
        file.append(b"one is longer\n")
    assert path.read_bytes() == b"before\n"
    file.append(b"two\n")  # no second try, no second error: it waits behind the first
    assert file.waiting_bytes == len(b"one is longer\ntwo\n")
    with pytest.raises(OSError, match=os.strerror(number)):
        file.sync()

    disk.heal()
    file.append(b"three\n")
    file.sync()
    assert path.read_bytes() == b"before\none is longer\ntwo\nthree\n"
    assert (file.waiting_bytes, file.size_bytes) == (0, path.stat().st_size)
    file.close()


def test_what_a_failed_sync_forgot_is_written_again(tmp_path: Path, disk: FailingDisk) -> None:
    """After a failed fsync the kernel holds pages for clean that never reached the disk."""
    path = tmp_path / "rows"
    file = AppendFile(path)
    file.append(b"safe\n")
    file.sync()
    file.append(b"at risk\n")
    disk.fails_to_sync = True
    with pytest.raises(OSError, match="Input/output"):
        file.sync()
    with path.open("r+b") as other:  # what the disk has of those pages is anybody's guess
        other.seek(5)
        other.write(b"\0" * 8)
    file.append(b"later\n")
    disk.heal()
    file.sync()
    assert path.read_bytes() == b"safe\nat risk\nlater\n"
    file.close()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.binary(max_size=30), st.sampled_from(["", "full", "short", "heal"])),
        max_size=30,
    )
)
def test_any_sequence_of_faults_loses_and_repeats_nothing(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[bytes, str]]
) -> None:
    """The file is at every moment a prefix of what was appended, cut at a piece's end."""
    path = tmp_path_factory.mktemp("faults") / "rows"
    made = FailingDisk()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pwrite", made.pwrite)
        file = AppendFile(path)
        pieces: list[bytes] = []
        for content, fault in story:
            if fault == "heal":
                made.heal()
            elif fault:
                made.fails_with = errno.ENOSPC
                made.takes_bytes = 7 if fault == "short" else 0
            pieces.append(content.replace(b"\n", b"") + b"\n")
            try:
                file.append(pieces[-1])
                file.flush()
            except OSError:
                assert made.fails_with is not None
            written = path.read_bytes()
            assert b"".join(pieces).startswith(written)
            assert written == b"" or written.endswith(b"\n")
        made.heal()
        file.close()
        assert path.read_bytes() == b"".join(pieces)


def test_a_log_waits_and_says_what_it_lost(tmp_path: Path, disk: FailingDisk) -> None:
    """Output is bounded in memory; of too much the last is kept."""
    log = LogFile(tmp_path)
    log.write(b"first\n")
    disk.fails_with = errno.ENOSPC
    with pytest.raises(OSError, match="No space"):
        log.write(b"x" * MAX_WAITING_BYTES)
    with pytest.raises(OSError, match="No space"):
        log.write(b"last\n")
    disk.heal()
    log.flush()
    content = (tmp_path / "log.txt").read_bytes()
    assert content.startswith(b"first\n" + LOST)
    assert content.endswith(b"xlast\n")
    assert log.written_bytes == len(content) <= MAX_WAITING_BYTES + 6
    log.close()
