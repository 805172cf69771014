"""A real worker process serves a run over a real socketpair."""

import signal
import time

import pytest

from gymlab.protocol.parts import Member
from gymlab.protocol.worker import (
    Artifact,
    Checkpoint,
    Failed,
    Finished,
    Frame,
    Heartbeat,
    Initialized,
    Learner,
    LoadPolicy,
    LogEvent,
    Pause,
    Paused,
    Policy,
    Ready,
    Record,
    ResetEpisode,
    ResumePoint,
    Shutdown,
    Started,
    StartRun,
    Stop,
    StopRecording,
    Unpause,
    Unpaused,
    WantPolicy,
    Watch,
)
from tests.unit.worker.shim_end import PATIENCE_S, ShimEnd, memory_of, run_spec

SLOW = {"timesteps_per_second": 400.0}
FOREVER = 10_000_000


def test_a_run_says_what_happens_in_order() -> None:
    """Ready, initialized, started, rows, checkpoint, finished; then the process ends."""
    with ShimEnd() as shim:
        shim.start()
        assert shim.until_end() == 0
        order = [type(message) for message in shim.messages]
        milestones = [Ready, Initialized, Started, Checkpoint, Finished]
        assert [order.index(kind) for kind in milestones] == sorted(
            order.index(kind) for kind in milestones
        )
        finished = shim.all_of(Finished)[0]
        assert shim.messages[-1] == finished
        assert (finished.outcome, finished.timestep) == ("completed", 600)
        rows = shim.rows()
        assert [row.episode for row in rows] == list(range(1, finished.episodes + 1))
        assert all(row.episode_return == row.episode_length for row in rows)
        assert shim.all_of(Checkpoint)[-1].timestep == 600
        assert shim.all_of(Heartbeat)[-1].timestep == 600


def test_the_same_seed_gives_the_same_returns() -> None:
    """Two processes with one specification agree on every episode."""
    returns: list[list[float | None]] = []
    for _ in range(2):
        with ShimEnd() as shim:
            shim.start()
            shim.until_end()
            returns.append([row.episode_return for row in shim.rows()])
    assert returns[0] == returns[1] != []


@pytest.mark.parametrize(
    ("kind", "code"),
    [("exit", 3), ("segv", -signal.SIGSEGV), ("kill", -signal.SIGKILL)],
)
def test_a_death_has_its_exit_code(kind: str, code: int) -> None:
    """What kills the process is not hidden by the worker."""
    with ShimEnd() as shim:
        shim.start(hyperparameters={"crash_at": 50, "crash_kind": kind})
        assert shim.until_end() == code
        if kind == "segv":
            assert "crashes.py" in shim.log()


@pytest.mark.parametrize(
    ("kind", "failure"), [("exception", "exception"), ("oom", "out_of_memory")]
)
def test_an_exception_is_reported_with_its_line(kind: str, failure: str) -> None:
    """The failure names code, line and traceback, and the process exits with 1."""
    with ShimEnd() as shim:
        shim.start(hyperparameters={"crash_at": 50, "crash_kind": kind})
        assert shim.until_end() == 1
        failed = shim.all_of(Failed)[0]
        assert failed.code == failure
        assert (failed.line or "").startswith("gymlab/runners/fake/crashes.py:")
        assert "Traceback" in failed.traceback


@pytest.mark.parametrize(
    "changes",
    [{"runner": "no-such"}, {"env_id": "NoSuch-v1"}, {"seed": -1}, {"hyperparameters": {"x": 1}}],
)
def test_an_impossible_run_fails_with_a_reason(changes: dict[str, object]) -> None:
    """Nothing that a specification says makes the worker die without a word."""
    with ShimEnd() as shim:
        shim.start(**changes)
        assert shim.until_end() == 1
        assert shim.all_of(Failed)[0].detail


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hyperparameters": {"num_envs": 0, "x": 1}}, ["num_envs: ", "x: Extra inputs"]),
        ({"env_kwargs": {"no_such": 1}}, ["no_such"]),
    ],
)
def test_what_the_backend_refuses_is_never_begun(
    changes: dict[str, object], expected: list[str]
) -> None:
    """Every reason of the runner is in the failure, and no environment was set up for training."""
    with ShimEnd() as shim:
        shim.start(**changes)
        assert shim.until_end() == 1
        failed = shim.all_of(Failed)[0]
        assert all(reason in failed.detail for reason in expected), failed.detail
        assert failed.hint or "env_kwargs" in changes
        assert shim.all_of(Initialized) == []
        if "hyperparameters" in changes:
            assert failed.code == "invalid_configuration"


def test_a_pause_holds_the_run_its_clock_and_its_core() -> None:
    """Nothing moves and no processor time is used until the run is let go on."""
    with ShimEnd() as shim:
        # The update is far longer than any patience: the pause must take effect inside it.
        shim.start(total_timesteps=FOREVER, hyperparameters={"update_s": 3000.0})
        shim.until(Started)
        shim.send(Pause())
        shim.until(Paused)
        before = shim.until(Heartbeat)
        cpu_time_s = shim.cpu_time_s()
        begun = time.monotonic()
        beats = [shim.until(Heartbeat) for _ in range(5)]
        assert beats[-1] == before
        assert shim.cpu_time_s() - cpu_time_s < 0.5 * (time.monotonic() - begun)
        shim.send(Unpause())
        shim.until(Unpaused)
        shim.until(Heartbeat, lambda beat: beat.wall_time_s > before.wall_time_s)
        shim.send(Stop())
        assert shim.until(Finished).outcome == "stopped"


def test_a_paused_run_can_be_watched_and_stopped() -> None:
    """A viewer who comes during a pause sees where training stands."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters=SLOW)
        shim.until(Heartbeat, lambda beat: beat.timestep > 10)
        shim.send(Pause())
        shim.until(Paused)
        shim.send(Watch("training", 10))
        frame = shim.until(Frame)
        shim.send(Watch("training", 0))
        shim.send(Watch("training", 10))
        assert shim.until(Frame).header.run_timestep == frame.header.run_timestep
        shim.send(Stop())
        assert shim.until(Finished).outcome == "stopped"


def test_a_budget_of_episodes_ends_the_run_exactly() -> None:
    """The run completes at its last episode, with a checkpoint of that moment."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, max_episodes=4)
        assert shim.until_end() == 0
        finished = shim.all_of(Finished)[0]
        assert (finished.outcome, finished.episodes) == ("completed", 4)
        assert shim.all_of(Checkpoint)[-1].timestep == finished.timestep


def test_a_reset_cuts_the_episode_shown() -> None:
    """The next row of that sub-environment is truncated."""
    with ShimEnd() as shim:
        shim.start(
            env_id="MountainCar-v0",
            total_timesteps=FOREVER,
            hyperparameters={"timesteps_per_second": 100.0},
        )
        shim.until(Heartbeat, lambda beat: beat.timestep > 3)
        shim.send(ResetEpisode(7))  # no such sub-environment: nothing happens
        shim.send(ResetEpisode(0))
        shim.until(Heartbeat, lambda beat: beat.episodes == 1)
        row = shim.rows()[0]
        assert row.truncated
        assert not row.terminated
        assert row.episode_length < 200


def test_large_files_travel_as_shared_memory_and_come_back() -> None:
    """A checkpoint's blob is complete, and a resumed run gets the same bytes."""
    with ShimEnd() as shim:
        shim.start(hyperparameters={"checkpoint_bytes": 3_000_000, "transient_bytes": 300_000})
        shim.until_end()
        checkpoint = shim.all_of(Checkpoint)[-1]
        by_name = {member.name: member for member in checkpoint.members}
        assert by_name["filler.bin"].token is not None
        assert by_name["policy.safetensors"].content is not None
        assert by_name["buffer.bin"].transient
        contents = {member.name: shim.content(member) for member in checkpoint.members}
        assert len(set(contents["filler.bin"])) == 256

    point = ResumePoint(
        timestep=checkpoint.timestep,
        episodes=checkpoint.episodes,
        gradient_steps=checkpoint.gradient_steps,
        wall_time_s=7.5,
        members=[Member(name, len(content)) for name, content in contents.items()],
    )
    with ShimEnd() as shim:
        descriptors = [memory_of(content) for content in contents.values()]
        spec = run_spec(total_timesteps=900)
        shim.send(StartRun(spec, 2, point), descriptors)
        assert shim.until_end() == 0
        finished = shim.all_of(Finished)[0]
        assert shim.all_of(Started)[0].timestep == 600
        assert (finished.timestep, shim.rows()[0].episode) == (900, checkpoint.episodes + 1)
        assert finished.wall_time_s > 7.5
        assert shim.all_of(Checkpoint)[-1].gradient_steps > checkpoint.gradient_steps


def test_a_refused_blob_is_a_warning() -> None:
    """A full disk costs the checkpoint, not the run."""
    with ShimEnd(refuses_blobs=True) as shim:
        shim.start(hyperparameters={"checkpoint_bytes": 3_000_000})
        assert shim.until_end() == 0
        assert shim.all_of(Checkpoint) == []
        warnings = [event for event in shim.all_of(LogEvent) if event.level == "warning"]
        assert "the disk is full" in warnings[0].message
        assert shim.all_of(Finished)[0].outcome == "completed"


def test_checkpoints_come_as_often_as_asked() -> None:
    """Spacing in timesteps is kept, rows before a checkpoint belong to it."""
    with ShimEnd() as shim:
        shim.start(checkpoint_every_timesteps=200)
        shim.until_end()
        assert [item.timestep for item in shim.all_of(Checkpoint)] == [200, 400, 600, 600]
        episodes = 0
        for message in shim.messages:
            episodes += len(getattr(message, "rows", []))
            if isinstance(message, Checkpoint):
                assert message.episodes == episodes


def test_not_a_number_is_null_with_one_warning() -> None:
    """A diverging loss is marked in every row and told once."""
    with ShimEnd() as shim:
        shim.start(hyperparameters={"nan_at": 300})
        shim.until_end()
        losses = [message.row.metrics["loss/policy"] for message in shim.all_of(Learner)]
        assert losses[:2] == [0.5, pytest.approx(1 / 3)]
        assert losses[2:] == [None] * 4
        assert shim.all_of(Learner)[-1].row.nonfinite == ["loss/policy"]
        warnings = [event for event in shim.all_of(LogEvent) if event.level == "warning"]
        assert len(warnings) == 1


def test_frames_come_only_while_watched() -> None:
    """Every picture is a JPEG of another moment; nobody watching means none."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters=SLOW)
        shim.until(Heartbeat, lambda beat: beat.timestep > 20)
        assert shim.all_of(Frame) == []
        shim.send(Watch("training", 30))
        for _ in range(4):
            shim.until(Frame)
        frames = shim.all_of(Frame)
        assert all(frame.image.startswith(b"\xff\xd8") for frame in frames)
        moments = [frame.header.run_timestep for frame in frames]
        assert len(set(moments)) == len(moments)
        first = frames[0].header
        assert (first.width, first.height, first.source, first.encoding) == (
            600,
            400,
            "training",
            "jpeg",
        )
        assert first.episode_return == first.timestep


def test_tiles_are_one_picture() -> None:
    """The header says which sub-environment is where."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters={**SLOW, "num_envs": 5})
        shim.send(Watch("training", 10, tiles=8))
        header = shim.until(Frame).header
        assert (header.columns, header.rows) == (3, 2)
        assert [tile.env_index for tile in header.tiles] == [0, 1, 2, 3, 4]
        assert header.width <= 640


def test_a_recording_is_an_artifact() -> None:
    """It ends at its limit, when told to, and with the run."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters=SLOW)
        shim.until(Started)
        shim.send(Record("r1", "training", 5, 60))
        first = shim.until(Artifact)
        assert (first.path, first.kind, first.data["num_frames"]) == (
            "recordings/r1.mp4",
            "recording",
            5,
        )
        assert shim.content(first.member)[4:8] == b"ftyp"
        shim.send(Record("r2", "training", 1000, 60))
        timestep = shim.until(Heartbeat).timestep
        shim.until(Heartbeat, lambda beat: beat.timestep > timestep + 100)
        shim.send(StopRecording())
        assert shim.until(Artifact).path == "recordings/r2.mp4"
        shim.send(Record("r3", "training", 1000, 60))
        timestep = shim.until(Heartbeat).timestep
        shim.until(Heartbeat, lambda beat: beat.timestep > timestep + 100)
        shim.send(Stop())
        shim.until(Finished)
        assert shim.all_of(Artifact)[-1].path == "recordings/r3.mp4"


def test_policies_are_sent_while_wanted() -> None:
    """The showcase gets the policy of the moment."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters={**SLOW, "learner_every": 10})
        shim.until(Heartbeat, lambda beat: beat.timestep > 30)
        assert shim.all_of(Policy) == []
        shim.send(WantPolicy(0.01))
        first, second = shim.until(Policy), shim.until(Policy)
        assert second.timestep > first.timestep > 0


def test_prints_go_to_the_log() -> None:
    """What a run prints is in its output, not in the link."""
    with ShimEnd() as shim:
        shim.start(hyperparameters={"print_per_second": 1000.0})
        shim.until_end()
        assert "fake runner at timestep" in shim.log()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xff\xff\xff" + b"x" * 100,
        b"\x00\x00\x00\x05hello",
        b"\x00\x00\x00\x0b\x81\xa4type\xa5bogus",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_garbage_ends_the_worker(garbage: bytes) -> None:
    """A link that cannot be trusted any more is left with its own exit code and a line."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters=SLOW)
        shim.until(Started)
        shim.link.sendall(garbage)
        if garbage.startswith(b"GET"):
            shim.link.sendall(bytes(100))
        assert shim.until_end() == 70
        assert "the link to the shim is broken" in shim.log()


@pytest.mark.parametrize("command", [Pause(), LoadPolicy(1, [])])
def test_a_command_out_of_place_ends_the_worker(command: Pause | LoadPolicy) -> None:
    """A command before any run, or one of a showcase to a run, is a broken shim."""
    with ShimEnd() as shim:
        if isinstance(command, LoadPolicy):
            shim.start(total_timesteps=FOREVER, hyperparameters=SLOW)
            shim.until(Started)
        shim.send(command)
        assert shim.until_end() == 70


def test_a_second_run_is_refused() -> None:
    """A worker serves one run."""
    with ShimEnd() as shim:
        shim.start(total_timesteps=FOREVER, hyperparameters=SLOW)
        shim.start()
        assert shim.until_end() == 70


def test_missing_descriptors_are_noticed() -> None:
    """A resume without its files is a broken shim, not a run with wrong weights."""
    with ShimEnd() as shim:
        point = ResumePoint(1, 0, 0, 0.0, [Member("policy.safetensors", 10)])
        shim.send(StartRun(run_spec(), 2, point))
        assert shim.until_end() == 70


@pytest.mark.parametrize("how", ["eof", "shutdown"])
def test_the_worker_leaves_when_the_shim_is_gone(how: str) -> None:
    """Neither an idle nor a busy worker outlives its shim, stuck runs included."""
    for crash_kind in (None, "stall"):
        with ShimEnd() as shim:
            if crash_kind:
                hyperparameters = {"crash_at": 10, "crash_kind": crash_kind}
                shim.start(total_timesteps=FOREVER, hyperparameters=hyperparameters)
                shim.until(Heartbeat, lambda beat: beat.timestep == 10)
            else:
                shim.until(Ready)
            if how == "eof":
                shim.link.shutdown(1)
            else:
                shim.send(Shutdown())
            assert shim.process.wait(PATIENCE_S) == 0


def test_a_hang_stops_the_heartbeat() -> None:
    """A process whose interpreter is stuck says nothing more, so the shim can tell."""
    with ShimEnd() as shim:
        hyperparameters = {"crash_at": 30, "crash_kind": "hang", "timesteps_per_second": 50.0}
        shim.start(hyperparameters=hyperparameters)
        shim.until(Heartbeat)
        assert shim.is_silent_within(PATIENCE_S)
        assert shim.process.poll() is None
