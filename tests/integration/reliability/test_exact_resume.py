"""Real shims and workers that are killed at any moment lose nothing and change nothing."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gymlab.domain.comparing import comparable_row
from gymlab.domain.ids import new_run_id
from gymlab.domain.runs import RunSpec
from gymlab.protocol.shim import Assign
from gymlab.protocol.worker import Watch
from gymlab.runners.sb3.config import parse_config
from gymlab.supervisor.checkpoint_store import CheckpointStore
from tests.integration.shims import (
    ShimServer,
    events_of,
    next_attempt,
    rows_of,
    send_signal,
    visible_rows,
)

_REPLAY: dict[str, Any] = {
    "buffer_size": 2000,
    "batch_size": 16,
    "learning_starts": 100,
    "net_arch": [16],
    "gradient_steps": 1,
    "train_freq": 4,
}
_ROLLOUT: dict[str, Any] = {"n_steps": 32, "num_envs": 2, "net_arch": [16]}
SETTINGS: dict[str, tuple[dict[str, Any], int]] = {
    "ppo": (_ROLLOUT | {"batch_size": 32, "n_epochs": 4}, 12_000),
    "a2c": (_ROLLOUT, 16_000),
    "dqn": (_REPLAY, 8_000),
    "sac": (_REPLAY, 4_000),
    "td3": (_REPLAY, 4_000),
}
"""Algorithm -> hyperparameters, and timesteps that take a few seconds."""
CHECKPOINT_EVERY = 400

FAMILIES: dict[str, tuple[str | None, str | None]] = {
    "classic control": ("CartPole-v1", "Pendulum-v1"),
    "toy text": ("Taxi-v3", None),
    "box2d": ("LunarLander-v3", "BipedalWalker-v3"),
    "mujoco": (None, "Hopper-v5"),
    "atari": ("ALE/Breakout-v5", None),
    "minigrid": ("MiniGrid-Empty-5x5-v0", None),
    "gymlab": ("gymlab/GridWorld-v0", None),
}
"""Family -> an environment with discrete actions and one with continuous actions."""
_DISCRETE = frozenset({"dqn"})
_CONTINUOUS = frozenset({"sac", "td3"})
NUM_KILLS = 20
PATIENCE_S = 600.0
_ENDS = frozenset({"completed", "failed", "interrupted"})


def pairs() -> list[tuple[str, str]]:
    """Return every algorithm with an environment of every family it can act in."""
    found: list[tuple[str, str]] = []
    for algorithm in SETTINGS:
        for discrete, continuous in FAMILIES.values():
            env_id = continuous if algorithm in _CONTINUOUS else discrete
            if algorithm not in _CONTINUOUS | _DISCRETE:
                env_id = discrete or continuous
            if env_id is not None:
                found.append((algorithm, env_id))
    return found


def assigned_run(home: Path, algorithm: str, env_id: str, timesteps: int | None = None) -> Assign:
    """Return the first attempt of a run."""
    settings, usual = SETTINGS[algorithm]
    kwargs = {"max_episode_steps": 300} if env_id.startswith("ALE/") else {}
    if env_id.startswith("ALE/"):
        kwargs["observation"] = "ram"
    run_id = new_run_id()
    spec = RunSpec(
        run_id=run_id,
        env_id=env_id,
        env_kwargs=kwargs,
        runner="sb3",
        algorithm=algorithm,
        hyperparameters=parse_config(algorithm, settings).model_dump(mode="json"),
        total_timesteps=timesteps or usual,
        seed=5,
        checkpoint_every_timesteps=CHECKPOINT_EVERY,
    )
    return Assign(
        run_id=run_id,
        run_dir=str(home / "runs" / run_id),
        spec=spec.model_dump(mode="json"),
        attempt=1,
        algorithm={"id": algorithm, "title": algorithm.upper(), "main_loss": "loss/value"},
    )


def outcome(home: Path, run_id: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the rows that count, without times, and the hashes of the last checkpoint's files."""
    rows = [comparable_row(row) for row in visible_rows(rows_of(home, run_id))]
    last = CheckpointStore(home / "runs" / run_id).all()[-1]
    hashes = {name: file.sha256 for name, file in last.manifest.members.items()}
    del hashes["rows.json"]  # holds the latest speed
    return [row for row in rows if row is not None], hashes


async def completed(server: ShimServer, attempt: Assign) -> None:
    """Wait for the end of a run, however busy the machine is."""
    run_id, number = attempt.run_id, attempt.attempt

    def is_over() -> bool:
        state = server.state_of(run_id)
        return state is not None and state.attempt == number and state.status in _ENDS

    await server.until(is_over, PATIENCE_S)
    await server.finished(attempt, "completed")


async def survive(server: ShimServer, first: Assign, kills: int, luck: random.Random) -> int:
    """Run to the end through kills at random moments of training; return how many there were."""
    attempt, done = first, 0
    total = first.spec["total_timesteps"]
    while True:
        shim = server.launch(attempt)
        run_id, number = attempt.run_id, attempt.attempt

        def is_ready(timestep: int, run_id: str = run_id, number: int = number) -> bool:
            state = server.state_of(run_id)
            if state is None or state.attempt != number:
                return False
            is_under_way = state.status == "running" and state.timestep >= timestep
            return is_under_way or state.status == "completed"

        if done == kills:
            await completed(server, attempt)
            return done
        heard = server.state_of(run_id)
        target = (heard.timestep if heard else 0) + luck.randrange(1, max(2, total // 4))
        await server.until(lambda: is_ready(target), PATIENCE_S)  # noqa: B023
        state = server.state_of(run_id)
        assert state is not None
        assert state.worker is not None
        if state.status == "completed":
            return done
        send_signal(state.worker.pid, signal.SIGKILL)
        if luck.random() < 0.3:
            shim.kill()
        await server.until(lambda: shim.poll() is not None, PATIENCE_S)  # noqa: B023
        done += 1
        attempt = next_attempt(attempt)


def play(home: Path, scenario: Callable[[ShimServer], Coroutine[Any, Any, None]]) -> None:
    """Run a scenario with a server for its shims."""

    async def served() -> None:
        async with ShimServer(home) as server:
            await scenario(server)

    asyncio.run(served())


def compare_with_kills(
    home: Path, pair: tuple[str, str], *, kills: int, seed: int, timesteps: int | None = None
) -> int:
    """Train once whole and until as many kills were survived; everything must be equal."""
    counted = 0
    luck = random.Random(seed)  # noqa: S311 - moments, no secrets

    async def scenario(server: ShimServer) -> None:
        nonlocal counted
        whole = assigned_run(home, *pair, timesteps)
        server.launch(whole)
        await completed(server, whole)
        expected = outcome(home, whole.run_id)
        while counted < kills:
            run_id = new_run_id()
            spec = whole.spec | {"run_id": run_id}
            run_dir = str(home / "runs" / run_id)
            killed = msgspec.structs.replace(whole, run_id=run_id, run_dir=run_dir, spec=spec)
            counted += await survive(server, killed, kills - counted, luck)
            rows, hashes = outcome(home, run_id)
            assert rows == expected[0]
            assert hashes == expected[1]
            texts = [event["message"] for event in events_of(home, run_id)]
            assert not [text for text in texts if "new episodes" in text]

    play(home, scenario)
    return counted


@pytest.mark.parametrize("pair", [("ppo", "CartPole-v1"), ("sac", "Pendulum-v1")], ids="-".join)
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
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: "-".join(pair).replace("/", "_"))
def test_twenty_kills_make_no_difference(tmp_path: Path, pair: tuple[str, str]) -> None:
    """For every algorithm and family that is declared exact."""
    assert compare_with_kills(tmp_path, pair, kills=NUM_KILLS, seed=2) == NUM_KILLS


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
