"""Workloads and measurements that the tests of this folder share."""

from typing import Any

from gymlab.domain.costs import Calibration, Cost, FinishedRun, Written
from gymlab.domain.environments import SpaceInfo
from gymlab.domain.runners import (
    AlgorithmDescription,
    CostModel,
    MemoryModel,
    RunnerDescription,
    RunnerKind,
    RunnerManifest,
)
from gymlab.domain.runs import RunSpec
from gymlab.server.estimating.workloads import Workload
from gymlab.supervisor.this_machine import machine_key

NUMBERS = SpaceInfo(type="Box", text="Box(4)", shape=[4], dtype="float32", size_bytes=16)
TWO = SpaceInfo(type="Discrete", text="Discrete(2)", size_bytes=8)
ON_POLICY = MemoryModel(rollout_length_field="n_steps")
OFF_POLICY = MemoryModel(buffer_size_field="buffer_size", largest_saved_bytes=10**9)
COST = CostModel(
    free=["learning_rate", "gamma"],
    at_most={"learning_starts": 500, "buffer_size": 20_000},
    learning_starts_field="learning_starts",
)
SCHEMA: dict[str, Any] = {
    "properties": {
        "batch_size": {"canonical": "minibatch_size"},
        "num_envs": {"maximum": 256},
    }
}
VERSIONS = {"torch": "1", "gymnasium": "2"}


def workload(
    *,
    memory: MemoryModel = ON_POLICY,
    total_timesteps: int = 100_000,
    env_id: str = "X-v0",
    speed: float | None = 5000.0,
    **values: Any,
) -> Workload:
    """Return a workload of one runner `r` with the algorithm `a`."""
    algorithm = AlgorithmDescription(
        id="a",
        title="A",
        summary="",
        action_spaces=["Discrete"],
        observation_spaces=["Box"],
        memory=memory,
        timesteps_per_second=speed,
        schema=SCHEMA,
        presets=[],
    )
    manifest = RunnerManifest(
        id="r", title="R", kind=RunnerKind.PYTHON, cost=COST, algorithms=[algorithm]
    )
    runner = RunnerDescription(
        manifest=manifest, available=True, versions=VERSIONS, algorithms=[algorithm]
    )
    spec = RunSpec(
        run_id="",
        env_id=env_id,
        runner="r",
        algorithm="a",
        hyperparameters=values,
        total_timesteps=total_timesteps,
        seed=0,
    )
    return Workload(
        spec=spec,
        runner=runner,
        algorithm=algorithm,
        observed=NUMBERS,
        acted=TWO,
        has_accelerator=False,
        max_episode_steps=500,
    )


def cost(**changes: Any) -> Cost:
    """Return a measurement of 1,000 timesteps a second."""
    measured: dict[str, Any] = {
        "imports_s": 3.0,
        "setup_s": 0.5,
        "s_per_timestep": 0.001,
        "spread": 0.02,
        "measured_timesteps": 3000,
        "measured_s": 3.0,
        "saw_updates": True,
        "peak_bytes": 400_000_000,
        "timesteps_done": 4000,
        "files": written(),
    }
    return Cost(**{**measured, **changes})


def written(**changes: Any) -> Written:
    """Return what 4,000 timesteps in episodes of 20 would have written."""
    measured: dict[str, Any] = {
        "num_episodes": 200,
        "episode_length": 20.0,
        "episode_row_bytes": 300.0,
        "learner_row_bytes_per_timestep": 1.0,
        "checkpoint_bytes": 100_000,
        "transient_bytes": 50_000,
        "checkpoint_timestep": 4000,
    }
    return Written(**{**measured, **changes})


def calibration(of: Workload, *, measured_at: float = 1000.0, **changes: Any) -> Calibration:
    """Return the measurement of a workload."""
    return Calibration(
        workload=of.key,
        machine=machine_key(),
        versions=VERSIONS,
        env_id=of.spec.env_id,
        runner="r",
        algorithm="a",
        num_envs=1,
        measured_at=measured_at,
        buffer_bytes=of.measured_buffers(4000),
        cost=cost(**changes),
    )


def finished(of: Workload, timesteps: int, duration_s: float, **changes: Any) -> FinishedRun:
    """Return a run of the workload that ended."""
    told: dict[str, Any] = {
        "workload": of.key,
        "versions": VERSIONS,
        "timesteps": timesteps,
        "duration_s": duration_s,
        "setup_s": 0.4,
        "peak_bytes": 350_000_000,
        "buffer_bytes": of.buffers(timesteps=timesteps),
        "run_id": "0" * 12,
        "finished_at": 2000.0,
    }
    return FinishedRun(**{**told, **changes})
