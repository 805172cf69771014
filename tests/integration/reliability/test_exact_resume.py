"""Real shims and workers that are killed at any moment lose nothing and change nothing."""

import signal
from pathlib import Path

import msgspec
import pytest

from gymlab.domain.ids import new_run_id
from gymlab.protocol.worker import Watch
from gymlab.supervisor.checkpoint_store import CheckpointStore
from tests.integration.reliability.killing import (
    NUM_KILLS,
    PATIENCE_S,
    SETTINGS,
    assigned_run,
    compare_with_kills,
    completed,
    declared_exact,
    outcome,
    pairs,
    play,
)
from tests.integration.shims import ShimServer, events_of, next_attempt, send_signal


@pytest.mark.parametrize(
    "pair",
    [
        ("ppo", "CartPole-v1"),
        ("sac", "Pendulum-v1"),
        ("native ppo", "CartPole-v1"),
        ("native dqn", "CartPole-v1"),
    ],
    ids="-".join,
)
def test_a_killed_run_ends_like_one_that_was_left_alone(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    """Rows and every file of the last checkpoint are the same."""
    assert compare_with_kills(tmp_path, pair, kills=1, seed=1, timesteps=2000) == 1


def test_a_torn_checkpoint_with_its_replay_buffer_changes_nothing(tmp_path: Path) -> None:
    """The one before it has its buffer as well, so training repeats a little and ends the same."""

    async def scenario(server: ShimServer) -> None:
        whole = assigned_run(tmp_path, "sac", "Pendulum-v1", 2000)
        server.launch(whole)
        await completed(server, whole)
        run_id = new_run_id()
        spec, run_dir = whole.spec | {"run_id": run_id}, tmp_path / "runs" / run_id
        torn = msgspec.structs.replace(whole, run_id=run_id, run_dir=str(run_dir), spec=spec)
        shim = server.launch(torn)
        store = CheckpointStore(run_dir)
        await server.until(lambda: len(store.all()) >= 3, PATIENCE_S)
        state = server.state_of(run_id)
        assert state is not None
        assert state.worker is not None
        send_signal(state.worker.pid, signal.SIGKILL)
        await server.until(lambda: shim.poll() is not None, PATIENCE_S)
        buffer = next(store.all()[-1].folder.glob("replay_buffer*"))
        buffer.write_bytes(buffer.read_bytes()[: buffer.stat().st_size // 2])
        again = next_attempt(torn)
        server.launch(again)
        await completed(server, again)
        texts = [event["message"] for event in events_of(tmp_path, run_id)]
        assert any("is corrupt and was not used" in text for text in texts)
        assert not [text for text in texts if "filled anew" in text]
        assert outcome(tmp_path, run_id) == outcome(tmp_path, whole.run_id)

    play(tmp_path, scenario)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: "-".join(pair).replace("/", "_"))
def test_twenty_kills_make_no_difference(tmp_path: Path, pair: tuple[str, str]) -> None:
    """For every algorithm and family that is declared exact; `make kills` prints the table."""
    found = compare_with_kills(tmp_path, pair, kills=NUM_KILLS, seed=2, num_warm=1)
    assert found == NUM_KILLS


def test_every_algorithm_that_is_declared_exact_is_killed() -> None:
    """One that a backend adds needs settings small enough to be killed twenty times."""
    assert declared_exact() <= set(SETTINGS)


def test_a_watched_run_is_the_same_run(tmp_path: Path) -> None:
    """Pictures of a lander with its sparks change neither what is learnt nor how it resumes."""

    async def scenario(server: ShimServer) -> None:
        alone = assigned_run(tmp_path, "ppo", "LunarLander-v3", 2000)
        server.launch(alone)
        await server.finished(alone, "completed")
        run_id = new_run_id()
        watched = msgspec.structs.replace(
            alone,
            run_id=run_id,
            run_dir=str(tmp_path / "runs" / run_id),
            spec=alone.spec | {"run_id": run_id},
        )
        server.launch(watched)
        await server.until(lambda: bool(server.of_run(run_id)))
        server.of_run(run_id)[0].send(Watch(source="training", fps=60, tiles=2))
        await server.until(lambda: (state := server.state_of(run_id)) is not None
                           and state.checkpoints_version > 0)  # fmt: skip
        state = server.state_of(run_id)
        assert state is not None
        assert state.worker is not None
        send_signal(state.worker.pid, signal.SIGKILL)
        await server.finished(watched, "interrupted")
        again = next_attempt(watched)
        server.launch(again)
        await server.finished(again, "completed")

        assert outcome(tmp_path, run_id) == outcome(tmp_path, alone.run_id)

    play(tmp_path, scenario)
