"""A stored run as the API shows it."""

from typing import Any

from sqlalchemy import Connection

from gymlab.domain.runs import FINISHED_STATUSES, RunAction, RunStatus, allowed_actions
from gymlab.domain.timestamps import rfc3339
from gymlab.protocol.shim import RunState
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.schemas import Failure, Run
from gymlab.storage.runs import StoredRun, queue_positions

_PHASES = {"rollout", "update", "setup", "saving"}
_EMPTY = RunState(status="created", attempt=0)


def actions_of(run: StoredRun) -> tuple[RunAction, ...]:
    """Return what may be asked of a run now."""
    return allowed_actions(
        run.status,
        has_checkpoint=run.num_checkpoints > 0,
        has_budget_left=run.timestep < run.total_timesteps,
    )


def viewed_run(connection: Connection, run_id: str) -> Run:
    """Return a run as it is answered.

    Raises:
        RunNotFoundError: There is none of that id.
    """
    run = existing_run(connection, run_id)
    return view_run(run, queue_positions(connection).get(run_id))


def view_run(run: StoredRun, queue_position: int | None) -> Run:
    """Return the run as it is answered and streamed."""
    state = run.state or _EMPTY
    is_finished = run.status in FINISHED_STATUSES
    return Run(
        id=run.id,
        name=run.name,
        tags=run.tags,
        notes=run.notes,
        status=run.status,
        status_reason=run.status_reason,
        failure=_failure(state, run.status),
        phase=_phase(state, run.status),
        queue_position=queue_position,
        env_id=run.env_id,
        env_title=run.env_title,
        env_kwargs=run.spec["env_kwargs"],
        runner=run.runner,
        algorithm=run.algorithm,
        preset=run.spec["preset"],
        hyperparameters=run.spec["hyperparameters"],
        total_timesteps=run.total_timesteps,
        max_episodes=run.spec["max_episodes"],
        seed=run.spec["seed"],
        device=state.device or run.spec["device"],
        attempt=run.attempt,
        timestep=run.timestep,
        episodes=state.episodes,
        gradient_steps=state.gradient_steps,
        progress=_progress(run),
        time_left_s=_time_left(run),
        metrics=state.metrics,
        created_at=rfc3339(run.created_at),
        started_at=rfc3339(run.started_at) if run.started_at else None,
        finished_at=rfc3339(run.finished_at) if run.finished_at and is_finished else None,
        duration_s=run.duration_s,
        archived=run.archived,
        starred=run.starred,
        experiment_id=run.experiment_id,
        parent_run_id=run.parent_run_id,
        relation=run.relation,
        parent_timestep=run.parent_timestep,
        evaluation_return=run.evaluation_return,
        owner=run.owner,
        allowed_actions=list(actions_of(run)),
        imported=run.spec.get("imported"),
        versions=run.spec["versions"],
        spec_sha256=run.spec_sha256,
        num_checkpoints=run.num_checkpoints,
        can_render=state.can_render,
        no_render_reason=state.no_render_reason,
        recording_id=state.recording_id,
    )


def render_run(run: StoredRun, queue_position: int | None) -> bytes:
    """Return the run as JSON, or the note that it was deleted."""
    if run.deleted_at is not None:
        return b'{"id":"' + run.id.encode() + b'","deleted":true}'
    return view_run(run, queue_position).model_dump_json().encode()


def _progress(run: StoredRun) -> float:
    if run.status is RunStatus.COMPLETED:
        return 1.0
    share = run.timestep / run.total_timesteps
    episodes = run.spec["max_episodes"]
    if episodes and run.state is not None:
        share = max(share, run.state.episodes / episodes)
    return round(min(1.0, share), 6)


def _time_left(run: StoredRun) -> float | None:
    progress = _progress(run)
    if run.status not in {RunStatus.RUNNING, RunStatus.PAUSED} or progress <= 0:
        return None
    # The average, not the latest speed: long updates make that jump by a factor of ten.
    return round(run.duration_s * (1 - progress) / progress, 1)


def _phase(state: RunState, status: RunStatus) -> Any:
    is_under_way = status in {RunStatus.STARTING, RunStatus.RUNNING, RunStatus.STOPPING}
    return state.phase if is_under_way and state.phase in _PHASES else None


def _failure(state: RunState, status: RunStatus) -> Failure | None:
    if state.failure is None or status not in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
        return None
    known = {name: state.failure.get(name) for name in Failure.model_fields}
    return Failure.model_validate(
        known | {"code": known["code"] or "unknown", "detail": known["detail"] or "Unknown."}
    )
