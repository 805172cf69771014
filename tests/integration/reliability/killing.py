"""Killing runs at random moments and comparing them with one that was left alone."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from gymlab.agents.parsing import parse_config as parse_own_config
from gymlab.domain.comparing import comparable_row
from gymlab.domain.ids import new_run_id
from gymlab.domain.runs import Device, RunSpec
from gymlab.protocol.shim import Assign
from gymlab.runners.native.algorithms import CONFIGS as NATIVE_CONFIGS
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.turbo.algorithms import CONFIGS as TURBO_CONFIGS
from gymlab.supervisor.checkpoint_store import CheckpointStore
from gymlab.worker.discovery import discover_runners
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
_OWN_NETWORK: dict[str, Any] = {"network": {"layers": [{"type": "dense", "units": 16}]}}
_OWN_REPLAY: dict[str, Any] = {"buffer_size": 2000, "batch_size": 16, "learning_starts": 100}
_ROLLOUT: dict[str, Any] = {"n_steps": 32, "num_envs": 2, "net_arch": [16]}
SETTINGS: dict[str, tuple[dict[str, Any], int]] = {
    "ppo": (_ROLLOUT | {"batch_size": 32, "n_epochs": 4}, 6_000),
    "a2c": (_ROLLOUT, 6_000),
    "trpo": (_ROLLOUT | {"batch_size": 32}, 4_000),
    "recurrent_ppo": (
        _ROLLOUT | {"batch_size": 32, "n_epochs": 2, "lstm_hidden_size": 8}, 2_000
    ),
    "ars": ({"n_delta": 2, "n_top": 1, "normalize": True}, 6_000),
    "dqn": (_REPLAY, 4_000),
    "qrdqn": (_REPLAY | {"n_quantiles": 8}, 4_000),
    "sac": (_REPLAY, 3_000),
    "td3": (_REPLAY, 3_000),
    "ddpg": (_REPLAY, 3_000),
    "tqc": (_REPLAY | {"n_quantiles": 5}, 2_000),
    "native ppo": (_OWN_NETWORK | {"n_steps": 32, "num_envs": 2, "batch_size": 32}, 6_000),
    "native dqn": (_OWN_NETWORK | _OWN_REPLAY | {"prioritized_replay": True}, 4_000),
    "turbo ppo": (_OWN_NETWORK | {"n_steps": 32, "num_envs": 2, "batch_size": 32}, 15_000),
    "turbo dqn": (_OWN_NETWORK | _OWN_REPLAY, 4_000),
    "turbo sac": (_OWN_NETWORK | _OWN_REPLAY, 3_000),
}  # fmt: skip
"""Runner (sb3 where it is not said) and algorithm -> hyperparameters, and timesteps that take a few seconds."""
CHECKPOINT_EVERY = 200
OWN_CONFIGS = {"native": NATIVE_CONFIGS, "turbo": TURBO_CONFIGS}

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
_DISCRETE = frozenset({"dqn", "qrdqn", "native dqn", "turbo dqn"})
_CONTINUOUS = frozenset({"sac", "td3", "ddpg", "tqc", "turbo sac"})
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


def declared_exact() -> set[str]:
    """Return the algorithms that are declared to continue exactly, named as in `SETTINGS`."""
    found: set[str] = set()
    for runner in discover_runners()[0]:
        manifest = runner.manifest
        if not manifest.is_listed or "resume_exact" not in manifest.capabilities:
            continue
        prefix = "" if manifest.id == "sb3" else f"{manifest.id} "
        found |= {prefix + one.id for one in manifest.algorithms if one.approximate_resume is None}
    return found


def runner_of(algorithm: str) -> str:
    """Return the id of the backend that a name of `SETTINGS` belongs to."""
    return algorithm.rpartition(" ")[0] or "sb3"


def assigned_run(
    home: Path, algorithm: str, env_id: str, timesteps: int | None = None, device: str = "auto"
) -> Assign:
    """Return the first attempt of a run."""
    settings, usual = SETTINGS[algorithm]
    runner, algorithm = runner_of(algorithm), algorithm.rpartition(" ")[2]
    config = (
        parse_own_config(OWN_CONFIGS[runner][algorithm], settings)
        if runner in OWN_CONFIGS
        else parse_config(algorithm, settings)
    )
    kwargs: dict[str, Any] = {}
    if env_id.startswith("ALE/"):
        kwargs = {"observation": "ram", "max_num_frames_per_episode": 1200}
    run_id = new_run_id()
    spec = RunSpec(
        run_id=run_id,
        env_id=env_id,
        env_kwargs=kwargs,
        runner=runner,
        algorithm=algorithm,
        hyperparameters=config.model_dump(mode="json"),
        total_timesteps=timesteps or usual,
        seed=5,
        device=Device(device),
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


def first_difference(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> str:
    """Say where two runs part."""
    for ours, theirs in zip(rows, expected, strict=False):
        names = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
        if names:
            name = min(names)
            return (
                f"timestep {theirs.get('timestep')}: {name} is {ours.get(name)!r} instead of "
                f"{theirs.get(name)!r}"
            )
    return f"{len(rows)} rows instead of {len(expected)}"


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
        shim = await server.assign(attempt)
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


def play(
    home: Path,
    scenario: Callable[[ShimServer], Coroutine[Any, Any, None]],
    *,
    num_warm: int = 0,
    only_runner: str | None = None,
) -> None:
    """Run a scenario with a server for its shims."""

    async def served() -> None:
        async with ShimServer(home, num_warm=num_warm, only_runner=only_runner) as server:
            await scenario(server)

    asyncio.run(served())


def compare_with_kills(
    home: Path,
    pair: tuple[str, str],
    *,
    kills: int,
    seed: int,
    timesteps: int | None = None,
    num_warm: int = 0,
    device: str = "auto",
) -> int:
    """Train once whole and until as many kills were survived; everything must be equal."""
    counted = 0
    luck = random.Random(seed)  # noqa: S311 - moments, no secrets

    async def scenario(server: ShimServer) -> None:
        nonlocal counted
        whole = assigned_run(home, *pair, timesteps, device)
        await server.assign(whole)
        await completed(server, whole)
        expected = outcome(home, whole.run_id)
        while counted < kills:
            run_id = new_run_id()
            spec = whole.spec | {"run_id": run_id}
            run_dir = str(home / "runs" / run_id)
            killed = msgspec.structs.replace(whole, run_id=run_id, run_dir=run_dir, spec=spec)
            counted += await survive(server, killed, kills - counted, luck)
            rows, hashes = outcome(home, run_id)
            assert rows == expected[0], first_difference(rows, expected[0])
            wrong = [name for name, digest in expected[1].items() if hashes.get(name) != digest]
            assert hashes == expected[1], f"of the last checkpoint: {', '.join(wrong)}"
            texts = [event["message"] for event in events_of(home, run_id)]
            new = [text for text in texts if "new episodes" in text]
            assert not new, new[0]

    play(home, scenario, num_warm=num_warm, only_runner=runner_of(pair[0]))
    return counted
