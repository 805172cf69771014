"""Comparing a run with its repetition while the repetition runs."""

import threading
from functools import lru_cache
from typing import Literal

from sqlalchemy import Connection

from gymlab.domain.runs import FINISHED_STATUSES, Relation, RunStatus
from gymlab.server.hand_changes import hand_changes
from gymlab.server.lab import Lab
from gymlab.server.reproductions.schemas import FirstDifference, Reproduction
from gymlab.server.run_lookup import existing_run
from gymlab.storage.relatives import latest_reproduction
from gymlab.storage.row_comparison import RowComparison, RowSource
from gymlab.storage.row_index import read_visibility
from gymlab.storage.run_indexer import METRICS_FILE
from gymlab.storage.runs import StoredRun, get_run
from gymlab.supervisor.checkpoint_store import CheckpointStore

ROWS_PER_CALL = 20_000
MAX_REMEMBERED = 32
POLICY = "policy.safetensors"
_BEFORE_ROWS = frozenset({RunStatus.CREATED, RunStatus.QUEUED, RunStatus.STARTING})
Status = Literal["waiting", "running", "equal", "different", "not_comparable"]
_LOCK = threading.Lock()


@lru_cache(maxsize=MAX_REMEMBERED)
def _comparison(instance: str, original_id: str, reproduction_id: str) -> RowComparison:
    """Return the comparison of a pair, which goes on with every call."""
    del instance, original_id, reproduction_id
    return RowComparison()


def reproduction_of(lab: Lab, run_id: str) -> Reproduction | None:
    """Return how a run and its repetition compare; None where there is no repetition."""
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        if run.relation is Relation.REPRODUCTION:
            again, original = run, get_run(connection, run.parent_run_id or "")
        else:
            again, original = latest_reproduction(connection, run_id), run
        if again is None:
            return None
        if original is None:
            return _without_original(again)
        sources = (_source(lab, connection, original), _source(lab, connection, again))
        by_hand = hand_changes(connection, original.id) + hand_changes(connection, again.id)
    with _LOCK:
        comparison = _comparison(lab.instance, original.id, again.id)
        comparison.advance(*sources, limit=ROWS_PER_CALL)
        status, reason = _outcome(original, again, comparison, sources)
        if by_hand and status != "equal":
            status = "not_comparable"
            reason = f"A run was changed by hand while it trained: {by_hand[0]}."
        return _answer(lab, (original, again), comparison, (status, reason))


def _source(lab: Lab, connection: Connection, run: StoredRun) -> RowSource:
    path = lab.settings.runs_dir / run.id / METRICS_FILE
    return RowSource(path, read_visibility(connection, run.id), run.metrics_offset)


def _outcome(
    original: StoredRun,
    again: StoredRun,
    comparison: RowComparison,
    sources: tuple[RowSource, RowSource],
) -> tuple[Status, str | None]:
    """Return the status and what to know about it."""
    are_both_complete = original.status is again.status is RunStatus.COMPLETED
    mine, theirs = comparison.has_more
    if comparison.difference is None and are_both_complete and _are_indexed(original, again):
        comparison.note_missing_rows(*sources)
    if comparison.difference is not None:
        return "different", _attempts_note(original, again)
    if (mine and theirs) or not _are_indexed(original, again):
        return "running", None
    if original.status not in FINISHED_STATUSES:
        return "running", "The original still trains."
    if not mine and (are_both_complete or original.status is not RunStatus.COMPLETED):
        return _all_rows_equal(original, comparison)
    return _not_yet(again)


def _not_yet(again: StoredRun) -> tuple[Status, str | None]:
    """Return why there are rows of the original that the reproduction does not have."""
    if again.status in FINISHED_STATUSES:
        text = f"The reproduction ended early, at timestep {again.timestep:,}"
        return "not_comparable", f"{text} ({again.status.value}); it is equal up to there."
    if again.status in _BEFORE_ROWS:
        return "waiting", again.status_reason
    return "running", None


def _are_indexed(*pair: StoredRun) -> bool:
    """Tell whether every row that finished runs wrote is known here by now."""
    return all(
        run.status not in FINISHED_STATUSES
        or run.state is None
        or run.metrics_offset >= run.state.metrics_bytes
        for run in pair
    )


def _all_rows_equal(original: StoredRun, comparison: RowComparison) -> tuple[Status, str | None]:
    if not comparison.num_equal:
        return "not_comparable", "The original has no rows to compare with."
    if original.status is RunStatus.COMPLETED:
        return "equal", None
    end = f"The original ended early ({original.status.value})"
    return "equal", f"{end}; all its rows up to timestep {comparison.timestep:,} are equal."


def _attempts_note(original: StoredRun, again: StoredRun) -> str | None:
    resumed = [run.name for run in (original, again) if run.attempt > 1]
    return f"{' and '.join(resumed)} was interrupted and resumed." if resumed else None


def _without_original(again: StoredRun) -> Reproduction:
    return Reproduction(
        original_run_id=again.parent_run_id or "",
        reproduction_run_id=again.id,
        status="not_comparable",
        compared_rows=0,
        compared_timestep=0,
        first_difference=None,
        is_policy_equal=None,
        changed_versions={},
        reason="The original was deleted.",
    )


def _answer(
    lab: Lab,
    pair: tuple[StoredRun, StoredRun],
    comparison: RowComparison,
    outcome: tuple[Status, str | None],
) -> Reproduction:
    original, again = pair
    found = comparison.difference
    difference = (
        FirstDifference(
            timestep=found.timestep,
            metric=found.metric,
            original=found.original,
            reproduction=found.reproduction,
        )
        if found is not None
        else None
    )
    then, now = original.spec["versions"], again.spec["versions"]
    return Reproduction(
        original_run_id=original.id,
        reproduction_run_id=again.id,
        status=outcome[0],
        compared_rows=comparison.num_equal,
        compared_timestep=comparison.timestep,
        first_difference=difference,
        is_policy_equal=_is_policy_equal(lab, original, again),
        changed_versions={
            name: [then.get(name, "none"), now.get(name, "none")]
            for name in sorted(then.keys() | now.keys())
            if then.get(name) != now.get(name)
        },
        reason=outcome[1],
    )


def _is_policy_equal(lab: Lab, original: StoredRun, again: StoredRun) -> bool | None:
    """Compare the policies at the latest timestep at which both have a checkpoint."""
    mine, theirs = (_policies(lab, run) for run in (original, again))
    common = mine.keys() & theirs.keys()
    return mine[max(common)] == theirs[max(common)] if common else None


def _policies(lab: Lab, run: StoredRun) -> dict[int, str]:
    stored = CheckpointStore(lab.settings.runs_dir / run.id).all()
    return {
        item.manifest.timestep: item.manifest.members[POLICY].sha256
        for item in stored
        if POLICY in item.manifest.members
    }
