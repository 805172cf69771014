"""A disk that is full for a while costs a run nothing but time."""

import asyncio
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from gymlab.protocol.shim import RunState
from gymlab.protocol.worker import Stop
from gymlab.supervisor.checkpoint_store import CheckpointStore, is_sound
from tests.integration.lab import LabServer, until
from tests.integration.reliability.small_disk import small_disk
from tests.integration.shims import (
    ShimServer,
    assert_gapless,
    assignment,
    events_of,
    rows_of,
)

pytestmark = pytest.mark.timeout(400)
LONG = 10_000_000
BANNER_S = 2.0


def assert_nothing_is_missing(home: Path, run_id: str, ended: RunState) -> None:
    """Check rows and events of a run that was stopped."""
    rows, events = rows_of(home, run_id), events_of(home, run_id)
    assert_gapless(rows)
    assert ended.seq == len(rows)
    assert [event["seq"] for event in events] == list(range(1, ended.event_seq + 1))
    assert any("nothing was lost" in event["message"] for event in events)


@pytest.mark.needs("mounts")
def test_a_run_waits_for_a_full_disk_and_trains_on_by_itself(tmp_path: Path) -> None:
    """ENOSPC of a real file system: paused within two seconds, and nothing is lost or doubled."""

    async def scenario(server: ShimServer, home: Path) -> None:
        assigned = assignment(
            home, total_timesteps=LONG, timesteps_per_second=2000.0, checkpoint_every=1000
        )
        run_id, folder = assigned.run_id, Path(assigned.run_dir)
        server.launch(assigned)
        store = CheckpointStore(folder)
        await server.until(lambda: server.is_at(run_id, "running") and len(store.all()) >= 2)
        disk.fill()
        filled_at = time.monotonic()
        await server.until(lambda: server.is_at(run_id, "paused"))
        state = server.state_of(run_id)
        assert state is not None
        assert "No space left on device" in (state.status_reason or "")
        # The banner is due within two seconds; on a machine that does other things it may be late.
        assert time.monotonic() - filled_at < 10 * BANNER_S
        assert store.all()
        assert all(is_sound(checkpoint) for checkpoint in store.all())
        num_heard = len(server.of_run(run_id)[0].messages)
        await server.until(lambda: len(server.of_run(run_id)[0].messages) > num_heard + 8)
        still = server.state_of(run_id)
        assert still is not None
        assert still.status == "paused"

        disk.empty()
        await server.until(lambda: server.is_at(run_id, "running"))
        await server.until(lambda: (server.state_of(run_id) or still).timestep > still.timestep)
        server.of_run(run_id)[0].send(Stop())
        ended = await server.finished(assigned, "stopped")
        assert ended.status_reason is None
        assert_nothing_is_missing(home, run_id, ended)
        assert all(is_sound(checkpoint) for checkpoint in store.all())

    with small_disk(tmp_path / "disk", "48m") as disk:

        async def run() -> None:
            async with ShimServer(disk.path) as server:
                await scenario(server, disk.path)

        asyncio.run(run())


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of others are Linux's")
def test_a_file_that_may_not_grow_is_written_when_it_may(tmp_path: Path) -> None:
    """A real short write: the kernel takes a part of a batch and refuses the rest."""

    async def run() -> None:
        async with ShimServer(tmp_path) as server:
            assigned = assignment(tmp_path, total_timesteps=6000, timesteps_per_second=2000.0)
            shim = server.launch(assigned)
            run_id, metrics = assigned.run_id, Path(assigned.run_dir) / "metrics.jsonl"
            await server.until(lambda: metrics.exists() and metrics.stat().st_size > 1000)
            _, hard = resource.prlimit(shim.pid, resource.RLIMIT_FSIZE)
            limit = metrics.stat().st_size + 777
            resource.prlimit(shim.pid, resource.RLIMIT_FSIZE, (limit, hard))
            await server.until(lambda: server.is_at(run_id, "paused"))
            content = metrics.read_bytes()
            assert content.endswith(b"\n")
            assert len(content) <= limit
            resource.prlimit(shim.pid, resource.RLIMIT_FSIZE, (hard, hard))
            ended = await server.finished(assigned, "completed")
            assert ended.seq == len(rows_of(tmp_path, run_id))
            assert_gapless(rows_of(tmp_path, run_id))

    asyncio.run(run())


def evaluation_failure(lab: LabServer, run_id: str) -> dict[str, Any]:
    """Ask for an evaluation that cannot be stored; return what is said of it."""
    asked = lab.post(f"/runs/{run_id}/evaluations", {"seed": 0, "num_episodes": 2})
    if asked.status_code == 503:
        return asked.json()["error"]
    assert asked.status_code == 202, asked.text
    path = f"/runs/{run_id}/evaluations/{asked.json()['id']}"
    until(lambda: lab.get(path).json()["status"] not in {"queued", "running"}, "its end")
    found = lab.get(path).json()
    assert found["status"] == "failed"
    return found["failure"]


@pytest.mark.needs("mounts")
def test_the_page_is_told_while_the_whole_data_folder_is_full(tmp_path: Path) -> None:
    """Database and runs share the disk: the state is answered, an evaluation fails clearly.

    The run keeps its place: the next in the queue does not begin meanwhile.
    """
    with small_disk(tmp_path / "home", "280m") as disk, LabServer(disk.path, max_runs=1) as lab:
        run_id = lab.create(
            total_timesteps=LONG, timesteps_per_second=500.0, checkpoint_every_timesteps=200
        )
        until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
        next_id = lab.create(total_timesteps=LONG, timesteps_per_second=500.0)
        assert lab.run(next_id)["queue_position"] == 1
        disk.fill()
        filled_at = time.monotonic()
        run = lab.wait_for(run_id, "paused")
        assert time.monotonic() - filled_at < 10 * BANNER_S
        assert "No space left on device" in run["status_reason"]

        disk.fill()  # also what was kept back to say so
        failure = evaluation_failure(lab, run_id)
        assert failure["code"] in {"disk", "disk_full"}
        assert "space" in failure["hint"]
        assert lab.run(next_id)["queue_position"] == 1

        disk.empty()
        lab.wait_for(run_id, "running")
        before = lab.run(run_id)["timestep"]
        until(lambda: lab.run(run_id)["timestep"] > before, "more timesteps")
        assert lab.status(next_id) == "queued"
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")
        lab.wait_for(next_id, "running")
        lab.act(next_id, "stop")
        rows = [row["seq"] for row in lab.rows(run_id)]
        assert rows == list(range(rows[0], rows[-1] + 1))


@pytest.mark.needs("mounts")
def test_an_evaluation_without_room_fails_and_its_run_goes_on(tmp_path: Path) -> None:
    """A real ENOSPC while a film is stored ends the evaluation, with the reason, and nothing else."""
    with LabServer(tmp_path / "home") as lab:
        run_id = lab.create(
            total_timesteps=LONG, timesteps_per_second=500.0, checkpoint_every_timesteps=200
        )
        until(lambda: lab.run(run_id)["num_checkpoints"] > 0, "a checkpoint")
        with small_disk(lab.home / "runs" / run_id / "eval", "24k") as disk:
            failure = evaluation_failure(lab, run_id)
            assert failure["code"] == "disk"
            assert "No space left on device" in failure["detail"]
            assert "space" in failure["hint"]
            assert not list(disk.path.rglob("*.mp4"))
            before = lab.run(run_id)
            assert before["status"] == "running"
            until(lambda: lab.run(run_id)["timestep"] > before["timestep"], "more timesteps")
        lab.act(run_id, "stop")
        lab.wait_for(run_id, "stopped")
