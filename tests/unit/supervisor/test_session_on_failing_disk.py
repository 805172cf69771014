"""A run whose folder cannot be written stands still, says so, loses nothing and goes on by itself."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from gymlab.protocol.worker import Pause, Stop, Unpause
from gymlab.supervisor.checkpoint_store import CheckpointStore, is_sound
from gymlab.supervisor.run_folder import read_state
from tests.unit.supervisor.conftest import FailingDisk
from tests.unit.supervisor.sessions import Lab, play


@pytest.mark.parametrize(
    ("number", "takes_bytes"),
    [(errno.ENOSPC, 0), (errno.EIO, 0), (errno.ENOSPC, 40), (errno.EIO, 1)],
    ids=["full", "failing", "short", "short then failing"],
)
def test_a_run_waits_for_its_disk_and_goes_on(
    tmp_path: Path, disk: FailingDisk, number: int, takes_bytes: int
) -> None:
    """Paused with the reason, every row there in order, and running again without anybody."""

    async def scenario(lab: Lab) -> None:
        lab.rows(3)
        disk.fails_with, disk.takes_bytes = number, takes_bytes
        lab.rows(5)
        lab.learner()
        await lab.until(lambda: lab.status == "paused")
        reason = lab.session.state.status_reason or ""
        assert os.strerror(number) in reason
        assert "by itself" in reason
        lab.rows(2)
        assert lab.stored() == [1, 2, 3]

        disk.heal()
        await lab.until(lambda: lab.status == "running")
        assert lab.session.state.status_reason is None
        assert lab.stored() == list(range(1, 12))
        lab.rows(1)
        lab.complete()

    play(tmp_path, scenario)
    state = read_state(tmp_path / "runs" / "0123456789ab")
    assert state is not None
    assert (state.status, state.seq) == ("completed", 12)


def test_the_event_log_tells_the_story(tmp_path: Path, disk: FailingDisk) -> None:
    """What could not be written while it happened stands there afterwards, in order."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(1)
        await lab.until(lambda: lab.status == "paused")
        disk.heal()
        await lab.until(lambda: lab.status == "running")
        lab.complete()
        await lab.until(lambda: lab.status == "completed")
        told = [text for text in lab.events() if "disk" in text or "folder" in text]
        assert "cannot be written (No space left on device)" in told[0]
        assert told[1] == "Training paused: the disk is full or failing"
        assert "nothing was lost" in told[2]

    play(tmp_path, scenario)


def test_a_checkpoint_waits_as_well_and_the_older_one_stays(
    tmp_path: Path, disk: FailingDisk
) -> None:
    """It is stored when there is room, without being asked for again."""

    async def scenario(lab: Lab) -> None:
        store = CheckpointStore(lab.path)
        lab.rows(1)
        lab.checkpoint(100)
        await lab.until(lambda: len(store.all()) == 1)
        disk.fails_to_sync = True
        lab.rows(1)
        lab.checkpoint(200)
        await lab.until(lambda: lab.status == "paused")
        (old,) = store.all()
        assert old.manifest.timestep == 100
        assert is_sound(old)
        disk.heal()
        await lab.until(lambda: lab.status == "running")
        assert [c.manifest.timestep for c in store.all()] == [100, 200]
        assert all(is_sound(c) for c in store.all())
        assert store.all()[-1].manifest.seq == 2
        lab.complete()

    play(tmp_path, scenario)


def test_a_run_that_somebody_paused_stays_paused(tmp_path: Path, disk: FailingDisk) -> None:
    """Room on the disk is no reason to train on."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(1)
        await lab.until(lambda: lab.status == "paused")
        lab.session.command(Pause())
        disk.heal()
        await lab.until(lambda: lab.session.state.status_reason is None)
        assert not any(isinstance(message, Unpause) for message in lab.worker.said)
        assert lab.status == "paused"
        lab.session.command(Unpause())
        await lab.until(lambda: lab.status == "running")
        lab.complete()

    play(tmp_path, scenario)


def test_nobody_resumes_a_run_on_a_full_disk(tmp_path: Path, disk: FailingDisk) -> None:
    """The wish is kept until there is room."""

    async def scenario(lab: Lab) -> None:
        lab.session.command(Pause())
        await lab.until(lambda: lab.status == "paused")
        disk.fails_with = errno.ENOSPC
        lab.rows(1)
        lab.session.command(Unpause())
        assert not any(isinstance(message, Unpause) for message in lab.worker.said)
        disk.heal()
        await lab.until(lambda: lab.status == "running")
        lab.complete()

    play(tmp_path, scenario)


def test_a_run_that_ends_meanwhile_waits_with_its_results(
    tmp_path: Path, disk: FailingDisk
) -> None:
    """The last rows, the last checkpoint and the end are written when there is room."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(4)
        lab.checkpoint(1000)
        lab.complete()
        await lab.until(lambda: "cannot be written" in (lab.session.state.status_reason or ""))
        await asyncio.sleep(0)
        assert lab.status != "completed"
        disk.heal()
        await lab.until(lambda: lab.status == "completed")
        assert lab.stored() == [1, 2, 3, 4]
        assert [c.manifest.timestep for c in CheckpointStore(lab.path).all()] == [1000]

    play(tmp_path, scenario)


def test_a_stop_ends_the_waiting(tmp_path: Path, disk: FailingDisk) -> None:
    """Somebody who does not want to wait is told what is missing."""

    async def scenario(lab: Lab) -> None:
        lab.rows(1)
        disk.fails_with = errno.ENOSPC
        lab.rows(4)
        lab.checkpoint(500)
        await lab.until(lambda: lab.status == "paused")
        lab.session.command(Stop())
        await lab.until(lambda: lab.status == "stopped")
        assert "could not be written" in (lab.session.state.status_reason or "")
        assert lab.stored() == [1]

    play(tmp_path, scenario)


def test_a_worker_that_floods_a_full_disk_is_not_read(tmp_path: Path, disk: FailingDisk) -> None:
    """Memory stays bounded: what the shim does not read waits in the worker, which then waits too."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(1_000)
        await lab.until(lambda: not lab.worker.is_listened_to)
        disk.heal()
        await lab.until(lambda: lab.worker.is_listened_to and lab.status == "running")
        assert lab.stored() == list(range(1, 1_001))
        lab.complete()

    play(tmp_path, scenario)
