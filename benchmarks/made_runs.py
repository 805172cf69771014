"""Folders of runs that were never trained: a server imports them when it starts."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from gymlab.domain.ids import new_run_id
from gymlab.domain.runs import RunSpec
from gymlab.protocol.parts import EpisodeRow, LearnerRow
from gymlab.protocol.shim import RunState
from gymlab.supervisor.rows import RowNumberer
from gymlab.supervisor.run_folder import RunFolder

ROWS_PER_WRITE = 1000
TIMESTEPS_PER_SECOND = 1000.0


@dataclass(frozen=True, slots=True)
class MadeRun:
    """What a run that never happened looks like."""

    final_return: float = 100.0
    """Where its returns end."""
    noise: float = 5.0
    """Standard deviation of a return."""
    seed: int = 0
    num_episodes: int = 300
    total_timesteps: int = 30_000
    env_id: str = "CartPole-v1"
    env_kwargs: dict[str, Any] = field(default_factory=dict[str, Any])
    algorithm: str = "random"
    hyperparameters: dict[str, Any] = field(default_factory=dict[str, Any])
    metrics: tuple[str, ...] = ("loss/policy", "policy/entropy")
    num_updates: int = 30
    status: str = "completed"
    progress: float = 1.0
    """Share of the budget that was done."""


def make_run(runs_dir: Path, wish: MadeRun) -> str:
    """Write a run's folder and return its id."""
    run_id = new_run_id()
    spec = RunSpec(
        run_id=run_id,
        env_id=wish.env_id,
        env_kwargs=wish.env_kwargs,
        runner="fake",
        algorithm=wish.algorithm,
        hyperparameters=wish.hyperparameters,
        total_timesteps=wish.total_timesteps,
        seed=wish.seed,
    )
    folder = RunFolder(runs_dir / run_id, attempt=1)
    folder.write_spec(spec.model_dump(mode="json"))
    numberer = RowNumberer(attempt=1, seq=0, main_loss=None)
    waiting: list[dict[str, Any]] = []
    for row in _rows(wish):
        waiting += (
            [numberer.learner(row)] if isinstance(row, LearnerRow) else numberer.episodes([row])
        )
        if len(waiting) >= ROWS_PER_WRITE:
            folder.metrics.append(waiting)
            waiting = []
    folder.metrics.append(waiting)
    done = round(wish.total_timesteps * wish.progress)
    state = RunState(
        status=wish.status,
        attempt=1,
        seq=numberer.seq,
        timestep=done,
        episodes=wish.num_episodes,
        metrics=dict(numberer.latest),
        metrics_bytes=folder.metrics.size_bytes,
        started_at=time.time(),
        finished_at=time.time(),
        duration_s=done / TIMESTEPS_PER_SECOND,
    )
    folder.write_state(msgspec.structs.replace(state, updated_at=time.time()), durable=False)
    folder.close()
    return run_id


def _rows(wish: MadeRun) -> Iterator[EpisodeRow | LearnerRow]:
    rng = np.random.default_rng(wish.seed)
    done = wish.total_timesteps * wish.progress
    moments = [(done * n / wish.num_episodes, n, True) for n in range(1, wish.num_episodes + 1)]
    moments += [(done * n / wish.num_updates, n, False) for n in range(1, wish.num_updates + 1)]
    noise = rng.normal(0.0, wish.noise, size=wish.num_episodes)
    now = time.time()
    for moment, number, is_episode in sorted(moments):
        timestep = round(moment)
        wall_time_s = timestep / TIMESTEPS_PER_SECOND
        share = moment / wish.total_timesteps
        if is_episode:
            grown = wish.final_return * (1 - math.exp(-8 * share))
            yield EpisodeRow(
                timestep=timestep,
                timestamp=now,
                wall_time_s=wall_time_s,
                episode=number,
                env_index=0,
                episode_return=round(grown + float(noise[number - 1]), 3),
                episode_length=max(1, timestep // number),
                terminated=True,
                truncated=False,
            )
        else:
            values = (math.sin(number / 9 + place) + 1.1 for place in range(len(wish.metrics)))
            yield LearnerRow(
                timestep=timestep,
                timestamp=now,
                wall_time_s=wall_time_s,
                gradient_steps=number,
                metrics=dict(zip(wish.metrics, values, strict=True)),
            )
