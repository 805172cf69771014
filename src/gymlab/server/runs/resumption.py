"""How exactly a run continues: what backend, environment, device, buffer and libraries allow."""

from collections.abc import Sequence
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
    checkpoints = CheckpointStore(lab.settings.runs_dir / run.id).all()
    changed = _changed_versions(checkpoints, runner, catalogue)
    if runner is None or "resume" not in runner.manifest.capabilities:
        reason = "Its training backend cannot continue a run."
        return Resumption(level="none", reasons=[reason], changed_versions=changed)
    reasons = _reasons(run, runner, catalogue)
    if checkpoints and (missing := missing_transient(checkpoints[-1])):
        reasons.append(f"Its latest checkpoint has no {', '.join(missing)}; that is filled anew.")
    if changed:
        named = ", ".join(f"{name} {old} -> {new}" for name, (old, new) in changed.items())
        reasons.append(f"Libraries changed since its latest checkpoint: {named}.")
    level: Literal["exact", "approximate"] = "approximate" if reasons else "exact"
    return Resumption(level=level, reasons=reasons or [EXACT], changed_versions=changed)


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
    checkpoints: Sequence[StoredCheckpoint], runner: RunnerDescription | None, catalogue: Catalogue
) -> dict[str, list[str]]:
    if not checkpoints or runner is None:
        return {}
    now = {**catalogue.versions, **runner.versions}
    then = checkpoints[-1].manifest.versions
    return {
        name: [then[name], now[name]]
        for name in sorted(then.keys() & now.keys())
        if then[name] != now[name]
    }
