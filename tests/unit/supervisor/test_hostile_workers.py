"""What a worker can do to its shim by talking, printing and keeping."""

import mmap
import os
from pathlib import Path

import pytest

from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.worker import Episodes, Heartbeat
from gymlab.supervisor.blobs import MAX_OPEN_BYTES, BlobError, BlobTable
from gymlab.supervisor.deaths import name_exit, over_memory_limit, runs_user_code
from gymlab.supervisor.log_pump import MAX_LOG_BYTES, LogFile
from gymlab.supervisor.rate_cap import ROW_COST, RateCap, cost_of
from gymlab.supervisor.watchdog import Scratch, Watchdog, held_memory, kept_memory, remove_scratch

DISK_BYTES = 10 * 1024 * 1024


class Clock:
    """Time that passes when told."""

    now = 0.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


def test_a_flood_is_read_at_its_rate_and_a_burst_at_once() -> None:
    """What is over the rate waits exactly as long as the bucket needs."""
    clock = Clock()
    cap = RateCap(per_s=100, burst=1000, clock=clock)
    assert cap.take(1000) == 0
    assert cap.take(50) == pytest.approx(0.5)
    clock.now = 10.5
    assert cap.take(1000) == 0


def test_rows_cost_more_than_their_bytes() -> None:
    """Heartbeats do not."""
    row = EpisodeRow(1, 0.0, 0.0, 1, 0, 1.0, 1, terminated=True, truncated=False)
    assert cost_of(Episodes([row, row])) == 2 * ROW_COST
    assert cost_of(Heartbeat(0, 0, 0, 0.0)) == 0


def test_a_flood_of_output_leaves_ten_megabytes(tmp_path: Path) -> None:
    """The newest part is kept, whatever was printed."""
    log = LogFile(tmp_path)
    chunk = b"x" * (64 * 1024)
    for _ in range(2000):
        log.write(chunk)
    log.close()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= DISK_BYTES
    assert 2 * MAX_LOG_BYTES <= DISK_BYTES
    assert log.written_bytes == 2000 * len(chunk)


def test_blobs_have_a_total() -> None:
    """Many small requests get no more than one large."""
    blobs = BlobTable()
    size = MAX_OPEN_BYTES // 4
    for token in range(1, 5):
        blobs.grant(token, size)
    with pytest.raises(BlobError, match="GB are open"):
        blobs.grant(5, 1)
    assert blobs.allocated_bytes == 0
    blobs.close()


def test_memory_behind_a_blob_is_seen_with_a_descriptor_or_a_mapping_alone() -> None:
    """Neither of them shows in the pages of the process when it looks away."""
    before = kept_memory(os.getpid()).blobs
    blobs = BlobTable()
    size = 8 * 1024 * 1024
    descriptor = blobs.grant(1, size)
    kept = os.dup(descriptor)
    with mmap.mmap(descriptor, size) as shared:
        shared[:] = b"x" * size
        assert blobs.allocated_bytes == size
        blobs.close()
        assert kept_memory(os.getpid()).blobs - before == size
        os.close(kept)
        shared.madvise(mmap.MADV_DONTNEED)
        assert kept_memory(os.getpid()).blobs - before >= size
    assert kept_memory(os.getpid()).blobs - before == 0


def test_shared_memory_of_no_file_is_seen_by_its_mappings() -> None:
    """Also where every page of it was put out of sight."""
    size = 80 * 1024 * 1024
    before = kept_memory(os.getpid()).shared_anonymous
    watchdog = Watchdog(os.getpid, memory_limit_bytes=2**62, timestep=lambda: 0)
    watchdog.check()
    seen = watchdog.peak_bytes
    with mmap.mmap(-1, size) as shared:
        shared.madvise(mmap.MADV_DONTNEED)
        assert kept_memory(os.getpid()).shared_anonymous - before == size
        watchdog.check()
        assert watchdog.peak_bytes - seen >= size
    assert kept_memory(os.getpid()).shared_anonymous == before


def test_libraries_are_not_the_workers_memory() -> None:
    """Private and shared pages are."""
    status = b"VmRSS:\t 900 kB\nRssAnon:\t 300 kB\nRssFile:\t 500 kB\nRssShmem:\t 100 kB\n"
    assert held_memory(status) == 400 * 1024


def test_the_watchdog_names_memory_and_files(tmp_path: Path) -> None:
    """Both in words of the author."""
    small = Watchdog(os.getpid, memory_limit_bytes=1024, timestep=lambda: 7, has_user_code=True)
    death = small.check()
    assert death is not None
    assert death.code == "out_of_memory"
    assert death.detail.startswith("Your code used more than ")
    for number in range(49):
        (tmp_path / str(number)).write_bytes(os.urandom(1024 * 1024))
    full = Watchdog(
        os.getpid,
        memory_limit_bytes=2**62,
        timestep=lambda: 7,
        scratch=lambda: Scratch(tmp_path, is_own_file_system=False),
    )
    death = full.check()
    assert death is not None
    assert death.code == "over_limit"
    assert "48 MB of files" in death.detail


def test_a_scratch_folder_goes_however_deep_it_is(tmp_path: Path) -> None:
    """Recursion ends before the folders do."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    here = os.open(scratch, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    remove_scratch(scratch)
    assert not scratch.exists()


def test_a_crash_is_blamed_on_user_code_only_where_there_was_some() -> None:
    """A stock run crashed by itself."""
    assert runs_user_code({"reward_code": {"sha256": "x"}})
    assert not runs_user_code({"reward_code": None})
    own = name_exit(-11, timestep=1234, kernel_memory_kill=False, has_user_code=True)
    assert own.detail == "Your code crashed the interpreter at timestep 1,234 (SIGSEGV)."
    stock = name_exit(-11, timestep=1234, kernel_memory_kill=False)
    assert stock.detail == "The interpreter crashed with SIGSEGV at timestep 1,234."
    assert over_memory_limit(512 * 2**20, 5).detail.startswith("The worker used more than 512 MB")
