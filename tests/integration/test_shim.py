"""A real shim and a real worker, driven by a stand-in for the server."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from gymlab.protocol.shim import (
    Exit,
    FrameNotice,
    FrameRelay,
    Goodbye,
    ShimHello,
    WorkerReady,
)
from gymlab.protocol.worker import Pause, Record, Stop, Unpause, Watch
from gymlab.supervisor.checkpoint_store import CheckpointStore, is_sound
from gymlab.supervisor.run_folder import read_state
from tests.integration.shims import (
    ShimServer,
    assert_gapless,
    assignment,
    events_of,
    is_running,
    next_attempt,
    rows_of,
    send_signal,
    visible_rows,
)

pytestmark = pytest.mark.timeout(400)

Scenario = Callable[[ShimServer], Awaitable[None]]
SLOW = 500.0
"""Timesteps a second of runs that must last until something is done to them."""
LONG = 10_000_000


def play(home: Path, scenario: Scenario) -> None:
    """Run a scenario against a stand-in server of this data folder."""

    async def run() -> None:
        async with ShimServer(home) as server:
            await scenario(server)

    asyncio.run(run())


def event_types(home: Path, run_id: str) -> list[str]:
    """Return the types of a run's events, oldest first."""
    return [event["event_type"] for event in events_of(home, run_id)]


def test_a_run_is_trained_recorded_and_said_goodbye_to(tmp_path: Path) -> None:
    """From the assignment on stdin to the final state, with every file in place."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=650, checkpoint_every=200)
        shim = server.launch(assigned)
        state = await server.finished(assigned, "completed")
        assert state.timestep == 650
        await server.until(lambda: shim.poll() is not None)
        assert shim.returncode == 0

        folder = Path(assigned.run_dir)
        rows = rows_of(tmp_path, assigned.run_id)
        assert_gapless(rows)
        assert state.seq == len(rows)
        assert state.metrics_bytes == (folder / "metrics.jsonl").stat().st_size
        assert state.events_bytes == (folder / "events.jsonl").stat().st_size
        assert {row["kind"] for row in rows} == {"episode", "learner"}
        assert [e["seq"] for e in events_of(tmp_path, assigned.run_id)] == list(
            range(1, state.event_seq + 1)
        )
        assert json.loads((folder / "spec.json").read_bytes()) == assigned.spec
        assert read_state(folder) == state
        checkpoints = CheckpointStore(folder).all()
        assert [c.manifest.timestep for c in checkpoints] == [200, 400, 600, 650]
        assert all(is_sound(c) for c in checkpoints)
        types = event_types(tmp_path, assigned.run_id)
        assert types[0] == "environment_initialized"
        assert types[-1] == "training_completed"
        assert types.count("checkpoint_saved") == 4

    play(tmp_path, scenario)


def test_an_idle_shim_takes_a_run_over_its_connection(tmp_path: Path) -> None:
    """The warm worker is handed the run that becomes due."""

    async def scenario(server: ShimServer) -> None:
        server.launch()
        await server.until(lambda: bool(server.connections and server.connections[0].messages))
        connection = server.connections[0]
        assert connection.hello.run_id is None
        await server.until(lambda: bool(connection.of(WorkerReady)))
        assigned = assignment(tmp_path)
        connection.send(assigned)
        await server.finished(assigned, "completed")
        assert_gapless(rows_of(tmp_path, assigned.run_id))

    play(tmp_path, scenario)


def test_an_idle_shim_leaves_with_its_server_or_when_told(tmp_path: Path) -> None:
    """Neither it nor its worker stays behind."""

    async def scenario(server: ShimServer) -> None:
        told, orphan = server.launch(), server.launch()
        await server.until(lambda: sum(bool(c.messages) for c in server.connections) == 2)
        next(c for c in server.connections if c.hello.identity.pid == told.pid).send(Exit())
        await server.until(lambda: told.poll() is not None)
        assert orphan.poll() is None
        server.vanish()
        await server.until(lambda: orphan.poll() is not None)

    play(tmp_path, scenario)


def test_pause_and_resume_stop_the_clock(tmp_path: Path) -> None:
    """A paused run does no timesteps and spends no training time."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        run_id = assigned.run_id
        server.launch(assigned)
        await server.until(lambda: server.is_at(run_id, "running"))
        (connection,) = server.of_run(run_id)
        connection.send(Pause())
        await server.until(lambda: server.is_at(run_id, "paused"))
        num_heard = len(connection.messages)
        await server.until(lambda: len(connection.messages) >= num_heard + 3)
        before = connection.state
        num_heard = len(connection.messages)
        await server.until(lambda: len(connection.messages) >= num_heard + 3)
        after = connection.state
        assert before is not None
        assert after is not None
        assert (after.timestep, after.duration_s) == (before.timestep, before.duration_s)
        connection.send(Unpause())
        await server.until(lambda: server.is_at(run_id, "running"))
        await server.until(lambda: (connection.state or before).timestep > before.timestep)
        connection.send(Stop())
        state = await server.finished(assigned, "stopped")
        assert 0 < state.timestep < LONG
        types = event_types(tmp_path, run_id)
        assert [t for t in types if t in {"paused", "resumed", "stopped"}] == [
            "paused",
            "resumed",
            "stopped",
        ]

    play(tmp_path, scenario)


def test_a_paused_run_can_be_stopped(tmp_path: Path) -> None:
    """Without being continued first."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        server.launch(assigned)
        await server.until(lambda: server.is_at(assigned.run_id, "running"))
        (connection,) = server.of_run(assigned.run_id)
        connection.send(Pause())
        await server.until(lambda: server.is_at(assigned.run_id, "paused"))
        connection.send(Stop())
        await server.finished(assigned, "stopped")

    play(tmp_path, scenario)


def test_commands_that_come_before_the_worker_is_ready_are_kept(tmp_path: Path) -> None:
    """A viewer who opens the page at once is served as soon as there are pictures."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        server.launch(assigned)
        await server.until(lambda: bool(server.of_run(assigned.run_id)))
        (connection,) = server.of_run(assigned.run_id)
        connection.send(Watch(source="training", fps=30))
        await server.until(lambda: len(connection.of(FrameRelay)) >= 5)
        frame = connection.of(FrameRelay)[-1]
        assert frame.image.startswith(b"\xff\xd8")
        assert frame.header.source == "training"
        connection.send(Stop())
        await server.finished(assigned, "stopped")

    play(tmp_path, scenario)


def test_a_stop_before_the_worker_is_ready_ends_the_run(tmp_path: Path) -> None:
    """The worker is not waited for."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path)
        server.launch(assigned)
        await server.until(lambda: bool(server.of_run(assigned.run_id)))
        server.of_run(assigned.run_id)[0].send(Stop())
        state = await server.finished(assigned, "stopped")
        assert state.timestep == 0

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("exception", "DeliberateError"),
        ("exit", "exited"),
        ("segv", "crashed"),
        ("kill", "killed"),
        ("oom", "out_of_memory"),
    ],
)
def test_the_end_of_a_worker_is_named(tmp_path: Path, kind: str, code: str) -> None:
    """In the state, with a sentence, and in the event log; nothing it sent before is lost."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(
            tmp_path, total_timesteps=1000, crash_at=150, crash_kind=kind, learner_every=20
        )
        server.launch(assigned)
        state = await server.finished(assigned, "failed")
        assert state.failure is not None
        assert state.failure["code"] == code or code in state.failure["detail"]
        assert state.status_reason
        assert not is_running(state.worker.pid if state.worker else -1)
        last = events_of(tmp_path, assigned.run_id)[-1]
        assert (last["event_type"], last["level"]) == ("error", "error")
        assert_gapless(rows_of(tmp_path, assigned.run_id))

    play(tmp_path, scenario)


def test_a_worker_over_its_memory_limit_is_ended_and_named(tmp_path: Path) -> None:
    """The limit of the assignment counts, and the sentence says what to do."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(
            tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW, limits={"memory_bytes": 1}
        )
        server.launch(assigned)
        state = await server.finished(assigned, "failed")
        assert state.failure is not None
        assert state.failure["code"] == "out_of_memory"
        assert state.failure["hint"]

    play(tmp_path, scenario)


def test_a_frozen_worker_is_ended_and_its_run_can_be_resumed(tmp_path: Path) -> None:
    """SIGSTOP leaves no exit status; with a checkpoint the run counts as interrupted."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(
            tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW, checkpoint_every=50
        )
        server.launch(assigned)
        await server.until(lambda: bool(CheckpointStore(Path(assigned.run_dir)).all()))
        state = server.state_of(assigned.run_id)
        assert state is not None
        assert state.worker is not None
        send_signal(state.worker.pid, signal.SIGSTOP)
        state = await server.finished(assigned, "interrupted")
        assert state.failure is not None
        assert state.failure["code"] == "frozen"

    play(tmp_path, scenario)


def test_a_resumed_run_rewinds_to_its_last_checkpoint(tmp_path: Path) -> None:
    """Superseded rows stay in the file, the rows that count have no gap and no repeat."""

    async def scenario(server: ShimServer) -> None:
        first = assignment(
            tmp_path,
            total_timesteps=1500,
            checkpoint_every=300,
            crash_at=1190,
            crash_kind="kill",
            timesteps_per_second=600.0,
        )
        run_id, folder = first.run_id, Path(first.run_dir)
        server.launch(first)
        before = await server.finished(first, "interrupted")
        checkpoint = CheckpointStore(folder).all()[-1].manifest
        assert checkpoint.timestep == 900
        assert before.seq > checkpoint.seq

        second = next_attempt(first)
        spec = {**second.spec, "hyperparameters": {"timesteps_per_second": 3000.0}}
        second = msgspec.structs.replace(second, spec=spec)
        server.launch(second)
        after = await server.finished(second, "completed")
        assert after.attempt == 2
        assert after.timestep == 1500
        assert after.failure is None
        lines = rows_of(tmp_path, run_id)
        markers = [line for line in lines if "rewind_to_seq" in line]
        assert [(m["rewind_to_seq"], m["attempt"]) for m in markers] == [(checkpoint.seq, 2)]
        rows = visible_rows(lines)
        assert_gapless(rows)
        assert {row["attempt"] for row in rows} == {1, 2}
        steps = [row["timestep"] for row in rows if row["kind"] == "episode"]
        assert steps == sorted(set(steps))
        assert "resumed" in event_types(tmp_path, run_id)
        assert after.duration_s >= before.duration_s * 0.5

    play(tmp_path, scenario)


@pytest.mark.parametrize("member", ["policy.safetensors", "manifest.json"])
def test_a_corrupt_checkpoint_is_passed_over_and_said_so(tmp_path: Path, member: str) -> None:
    """The one before is used."""

    async def scenario(server: ShimServer) -> None:
        first = assignment(tmp_path, total_timesteps=700, checkpoint_every=200)
        run_id, folder = first.run_id, Path(first.run_dir)
        server.launch(first)
        await server.finished(first, "completed")
        for timestep in (600, 700):
            path = folder / "checkpoints" / str(timestep) / member
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        second = next_attempt(first)
        server.launch(second)
        await server.finished(second, "completed")
        warnings = [e for e in events_of(tmp_path, run_id) if e["event_type"] == "warning"]
        assert len(warnings) == 2
        assert all("was not used" in warning["message"] for warning in warnings)
        resumed = [e for e in events_of(tmp_path, run_id) if e["event_type"] == "resumed"]
        assert "400" in resumed[0]["message"]
        assert_gapless(visible_rows(rows_of(tmp_path, run_id)))

    play(tmp_path, scenario)


def test_an_attempt_starts_at_most_once(tmp_path: Path) -> None:
    """A second shim with the same assignment leaves quietly, also after the first is gone."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        first = server.launch(assigned)
        await server.until(lambda: server.is_at(assigned.run_id, "running"))
        second = server.launch(assigned)
        await server.until(lambda: second.poll() is not None)
        assert second.returncode == 0
        assert first.poll() is None
        server.of_run(assigned.run_id)[0].send(Stop())
        await server.finished(assigned, "stopped")
        third = server.launch(assigned)
        await server.until(lambda: third.poll() is not None)
        assert event_types(tmp_path, assigned.run_id).count("training_started") == 1

    play(tmp_path, scenario)


def test_a_run_outlives_its_server(tmp_path: Path) -> None:
    """The shim records on, and introduces itself to the next server with the whole state."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=2000.0)
        run_id = assigned.run_id
        shim = server.launch(assigned)
        await server.until(lambda: server.is_at(run_id, "running"))
        for _ in range(3):
            before = server.state_of(run_id)
            assert before is not None
            server.vanish()
            await server.until(lambda: _num_rows(tmp_path, run_id) > before.seq + 5)  # noqa: B023
            num_connections = len(server.of_run(run_id))
            await server.appear()
            await server.until(lambda: len(server.of_run(run_id)) > num_connections)  # noqa: B023
            hello = server.of_run(run_id)[-1].hello
            assert hello.identity.pid == shim.pid
            assert hello.state is not None
            assert hello.state.status == "running"
            assert hello.state.seq > before.seq
        server.of_run(run_id)[-1].send(Stop())
        await server.finished(assigned, "stopped")
        assert_gapless(rows_of(tmp_path, run_id))

    play(tmp_path, scenario)


def test_a_run_ends_properly_while_no_server_is_there(tmp_path: Path) -> None:
    """Its state is in the file for the next server to find."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=3000, timesteps_per_second=3000.0)
        shim = server.launch(assigned)
        await server.until(lambda: server.is_at(assigned.run_id, "running"))
        server.vanish()
        await server.until(lambda: shim.poll() is not None)
        state = read_state(Path(assigned.run_dir))
        assert state is not None
        assert (state.status, state.timestep) == ("completed", 3000)

    play(tmp_path, scenario)


def test_nonsense_from_the_server_costs_only_the_connection(tmp_path: Path) -> None:
    """The shim connects again and the run goes on."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        server.launch(assigned)
        await server.until(lambda: server.is_at(assigned.run_id, "running"))
        server.of_run(assigned.run_id)[0].send_bytes(b"\x00\x00\x00\x03\xc1\xc1\xc1")
        await server.until(lambda: len(server.of_run(assigned.run_id)) == 2)
        (tmp_path / "server.json").write_text("[1, 2]")
        server.of_run(assigned.run_id)[1].close()
        server.vanish()
        await server.appear()
        await server.until(lambda: len(server.of_run(assigned.run_id)) == 3)
        server.of_run(assigned.run_id)[-1].send(Stop())
        await server.finished(assigned, "stopped")

    play(tmp_path, scenario)


def test_large_files_travel_as_blobs(tmp_path: Path) -> None:
    """Their hashes are in the manifest, and transient ones stay in the two latest checkpoints only."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(
            tmp_path,
            total_timesteps=500,
            checkpoint_every=200,
            checkpoint_bytes=3_000_000,
            transient_bytes=5_000_000,
        )
        server.launch(assigned)
        await server.finished(assigned, "completed")
        checkpoints = CheckpointStore(Path(assigned.run_dir)).all()
        assert len(checkpoints) == 3
        assert all(is_sound(c) for c in checkpoints)
        sizes = [(c.folder / "filler.bin").stat().st_size for c in checkpoints]
        assert sizes == [3_000_000] * 3
        has_buffer = [(c.folder / "buffer.bin").exists() for c in checkpoints]
        assert has_buffer == [False, True, True]

    play(tmp_path, scenario)


def test_what_is_watched_can_be_recorded(tmp_path: Path) -> None:
    """The film is an artifact of the run, named in the event log."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        run_id = assigned.run_id
        server.launch(assigned)
        await server.until(lambda: server.is_at(run_id, "running"))
        (connection,) = server.of_run(run_id)
        connection.send(Record(recording_id="film1", source="training", max_frames=10, fps=30))
        await server.until(lambda: "recording_saved" in event_types(tmp_path, run_id))
        (saved,) = [e for e in events_of(tmp_path, run_id) if e["event_type"] == "recording_saved"]
        assert saved["data"]["path"] == "recordings/film1.mp4"
        film = Path(assigned.run_dir) / "recordings" / "film1.mp4"
        assert film.stat().st_size == saved["data"]["size_bytes"]
        assert film.read_bytes()[4:8] == b"ftyp"
        connection.send(Stop())
        await server.finished(assigned, "stopped")

    play(tmp_path, scenario)


def test_the_showcase_plays_the_policy_and_records_it(tmp_path: Path) -> None:
    """A second worker shows what the run has learnt so far, and goes when the run ends."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW)
        run_id = assigned.run_id
        server.launch(assigned)
        await server.until(lambda: server.is_at(run_id, "running"))
        (connection,) = server.of_run(run_id)
        connection.send(Watch(source="showcase", fps=30))
        await server.until(lambda: bool(connection.of(FrameNotice)))
        await server.until(
            lambda: sum(f.header.source == "showcase" for f in connection.of(FrameRelay)) >= 5
        )
        connection.send(Record(recording_id="show1", source="showcase", max_frames=5, fps=30))
        await server.until(lambda: "recording_saved" in event_types(tmp_path, run_id))
        assert (Path(assigned.run_dir) / "recordings" / "show1.mp4").exists()
        connection.send(Stop())
        await server.finished(assigned, "stopped")

    play(tmp_path, scenario)


def test_what_the_worker_prints_is_in_the_log(tmp_path: Path) -> None:
    """And the state says how long the log is."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(
            tmp_path, total_timesteps=1000, timesteps_per_second=2000.0, print_per_second=200.0
        )
        server.launch(assigned)
        state = await server.finished(assigned, "completed")
        content = (Path(assigned.run_dir) / "log.txt").read_bytes()
        assert b"fake runner at timestep" in content
        assert state.log_bytes == len(content)

    play(tmp_path, scenario)


def test_a_number_that_is_none_is_stored_as_null_and_flagged(tmp_path: Path) -> None:
    """And a warning event tells of it."""

    async def scenario(server: ShimServer) -> None:
        assigned = assignment(tmp_path, total_timesteps=600, nan_at=300)
        server.launch(assigned)
        await server.finished(assigned, "completed")
        rows = [r for r in rows_of(tmp_path, assigned.run_id) if r["kind"] == "learner"]
        flagged = [r for r in rows if "nonfinite" in r]
        assert flagged
        assert all(r["metrics"]["loss/policy"] is None for r in flagged)
        assert "warning" in event_types(tmp_path, assigned.run_id)

    play(tmp_path, scenario)


def test_a_dead_shim_takes_its_worker_along(tmp_path: Path) -> None:
    """And the lock is free for the next attempt, which finds the last checkpoint."""

    async def scenario(server: ShimServer) -> None:
        first = assignment(
            tmp_path, total_timesteps=LONG, timesteps_per_second=SLOW, checkpoint_every=50
        )
        shim = server.launch(first)
        await server.until(lambda: bool(CheckpointStore(Path(first.run_dir)).all()))
        state = server.state_of(first.run_id)
        assert state is not None
        assert state.worker is not None
        worker_pid = state.worker.pid
        shim.kill()
        await server.until(lambda: not is_running(worker_pid))
        assert not any(c.of(Goodbye) for c in server.connections)
        second = next_attempt(first)
        server.launch(second)
        await server.until(
            lambda: (
                server.is_at(first.run_id, "running")
                and (server.state_of(first.run_id) or state).attempt == 2
            )
        )
        hellos = [h for c in server.of_run(first.run_id) for h in c.of(ShimHello)]
        assert len(hellos) == 2
        server.of_run(first.run_id)[-1].send(Stop())
        await server.finished(second, "stopped")
        assert_gapless(visible_rows(rows_of(tmp_path, first.run_id)))

    play(tmp_path, scenario)


def test_a_worker_that_hangs_does_not_outlive_its_shim(tmp_path: Path) -> None:
    """Also when it cannot run a line of Python any more."""

    async def scenario(server: ShimServer) -> None:
        # Slow enough to say that it runs before it can say nothing any more.
        assigned = assignment(
            tmp_path,
            total_timesteps=1000,
            timesteps_per_second=100.0,
            crash_at=50,
            crash_kind="hang",
        )
        shim = server.launch(assigned)
        await server.until(lambda: server.is_at(assigned.run_id, "running"))
        state = server.state_of(assigned.run_id)
        assert state is not None
        assert state.worker is not None
        worker_pid = state.worker.pid
        shim.kill()
        await server.until(lambda: not is_running(worker_pid))

    play(tmp_path, scenario)


def _num_rows(home: Path, run_id: str) -> int:
    return (home / "runs" / run_id / "metrics.jsonl").read_bytes().count(b"\n")
