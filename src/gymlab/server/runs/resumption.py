"""How exactly a run continues: what backend, environment, device, buffer and libraries allow."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gymlab.domain.environments import EnvironmentInfo, ResumeLevel
from gymlab.domain.runners import AlgorithmDescription, RunnerDescription
from gymlab.errors import EnvironmentNotFoundError
from gymlab.server.catalogue.catalogue import Catalogue, find_algorithm
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.custom_reward import resume_reasons
from gymlab.server.runs.schemas import Resumption
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.checkpoint_choice import foreseen
from gymlab.supervisor.checkpoint_store import CheckpointStore, StoredCheckpoint, missing_transient

EXACT = (
    "Weights, optimizer, random generators, buffers and environments continue where they were: "
    "the numbers are those of a run without an interruption."
)


async def resumption_of(lab: Lab, run_id: str) -> Resumption:
    """Return how exactly a run would continue from its latest checkpoint."""
    catalogue = await lab.catalogue.ready()
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
    catalogue = await lab.own_environments.joined(catalogue, run.spec)
    runner = catalogue.runner(run.runner)
    store = CheckpointStore(lab.settings.runs_dir / run.id)
    # In a thread: the lasting files are hashed.
    begin = await asyncio.to_thread(_beginning, store)
    changed = _changed_versions(begin.checkpoint, runner, catalogue)
    if runner is None or "resume" not in runner.manifest.capabilities:
        reason = "Its training backend cannot continue a run."
        return Resumption(level="none", reasons=[reason], changed_versions=changed)
    reasons = _reasons(run, runner, catalogue)
    if begin.checkpoint is not None and (missing := missing_transient(begin.checkpoint)):
        reasons.append(f"Its latest checkpoint has no {', '.join(missing)}; that is filled anew.")
    if changed:
        named = ", ".join(f"{name} {old} -> {new}" for name, (old, new) in changed.items())
        reasons.append(f"Libraries changed since its latest checkpoint: {named}.")
    level: Literal["exact", "approximate"] = "approximate" if reasons else "exact"
    told = [*(reasons or [EXACT]), *begin.notes]
    return Resumption(level=level, reasons=told, changed_versions=changed)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Where the run would continue, and what is to be said of newer checkpoints."""

    checkpoint: StoredCheckpoint | None
    notes: list[str]


def _beginning(store: CheckpointStore) -> _Beginning:
    checkpoint, num_damaged = foreseen(store.all())
    since = checkpoint.manifest.timestep if checkpoint is not None else -1
    num_damaged += sum(_timestep_of(folder) > since for folder in store.unreadable())
    if num_damaged == 0:
        return _Beginning(checkpoint, [])
    if checkpoint is None:
        text = "No sound checkpoint is left: training would begin anew."
        return _Beginning(None, [text])
    which = "Its latest checkpoint is" if num_damaged == 1 else f"{num_damaged} checkpoints are"
    text = f"{which} damaged: it would continue from timestep {checkpoint.manifest.timestep:,}."
    return _Beginning(checkpoint, [text])


def _timestep_of(folder: Path) -> int:
    digits = folder.name.partition("-")[0]
    return int(digits) if digits.isdecimal() else -1


def _reasons(run: StoredRun, runner: RunnerDescription, catalogue: Catalogue) -> list[str]:
    """Return everything that keeps a run from continuing exactly."""
    found: list[str] = []
    if "resume_exact" not in runner.manifest.capabilities:
        found.append(f"{runner.manifest.title} continues the learner and begins new episodes.")
    algorithm = find_algorithm(runner, run.algorithm)
    if algorithm is not None and algorithm.approximate_resume is not None:
        found.append(algorithm.approximate_resume)
    env = _environment(run, catalogue)
    if env is not None and env.resume is not None and env.resume.level is not ResumeLevel.EXACT:
        found.append(env.resume.reason)
    found += resume_reasons(run.spec)
    device = run.state.device if run.state is not None else None
    if device is not None and device != "cpu":
        found.append(f"It computes on {device}, which rounds sums in an order of its own.")
    if algorithm is not None and env is not None:
        found += _buffer_reasons(run, algorithm, env)
    return found


def _buffer_reasons(
    run: StoredRun, algorithm: AlgorithmDescription, env: EnvironmentInfo
) -> list[str]:
    memory = algorithm.memory
    if memory.buffer_size_field is None or memory.largest_saved_bytes is None:
        return []
    capacity = run.spec["hyperparameters"].get(memory.buffer_size_field, 0)
    transitions = min(int(capacity), run.total_timesteps)
    space = env.observation_space
    size = transitions * memory.buffer_observation_copies * ((space and space.size_bytes) or 64)
    if size <= memory.largest_saved_bytes:
        return []
    limit = f"{memory.largest_saved_bytes / 1e9:.1f} GB"
    reason = (
        f"Its replay buffer grows to about {size / 1e9:.1f} GB; from {limit} on it is not kept "
        "with checkpoints and is filled again."
    )
    return [reason]


def _environment(run: StoredRun, catalogue: Catalogue) -> EnvironmentInfo | None:
    try:
        return catalogue.environment(run.env_id)[0]
    except EnvironmentNotFoundError:
        return None


def _changed_versions(
    checkpoint: StoredCheckpoint | None, runner: RunnerDescription | None, catalogue: Catalogue
) -> dict[str, list[str]]:
    if checkpoint is None or runner is None:
        return {}
    now = {**catalogue.versions, **runner.versions}
    then = checkpoint.manifest.versions
    return {
        name: [then[name], now[name]]
        for name in sorted(then.keys() & now.keys())
        if then[name] != now[name]
    }
