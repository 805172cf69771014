"""What a shim's report changes in the stored run."""

from pathlib import Path
from typing import Any

from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.protocol.shim import RunState
from gymlab.storage.runs import StoredRun, mean_return
from gymlab.supervisor.checkpoint_store import CHECKPOINTS, MANIFEST

EVALUATION_RETURN = "eval/episode_return"
_UNDER_WAY = frozenset({RunStatus.STARTING, RunStatus.RUNNING, RunStatus.PAUSED})


def mirrored_changes(run: StoredRun, state: RunState, folder: Path) -> dict[str, Any] | None:
    """Return the columns that a report changes; None when it is of another attempt.

    Args:
        run: The stored run.
        state: What its shim reports.
        folder: The run's folder.
    """
    if state.attempt != run.attempt or run.status in {RunStatus.QUEUED, RunStatus.CREATED}:
        return None
    try:
        status = RunStatus(state.status)
    except ValueError:
        return None
    if run.status is RunStatus.STOPPING and status in _UNDER_WAY:
        # A stop was asked for that the shim has not seen yet.
        status = RunStatus.STOPPING
    changes: dict[str, Any] = {
        "status": status,
        "status_reason": state.status_reason,
        "timestep": state.timestep,
        "duration_s": state.duration_s,
        "mean_return": mean_return(state),
        "started_at": state.started_at,
        "finished_at": state.finished_at,
        "state": state,
    }
    evaluated = state.metrics.get(EVALUATION_RETURN)
    before = run.state.metrics.get(EVALUATION_RETURN) if run.state is not None else None
    if evaluated is not None and evaluated != before:
        changes["evaluation_return"] = evaluated
    if run.state is None or run.state.checkpoints_version != state.checkpoints_version:
        changes["num_checkpoints"] = count_checkpoints(folder)
    if status in FINISHED_STATUSES:
        changes["num_checkpoints"] = count_checkpoints(folder)
        changes["queue_order"] = None
    return changes


def count_checkpoints(folder: Path) -> int:
    """Return how many finished checkpoints lie in a run's folder."""
    return sum(1 for _ in (folder / CHECKPOINTS).glob(f"[0-9]*/{MANIFEST}"))
