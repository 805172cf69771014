"""Listing runs by what they take on the disk, which no table knows."""

from gymlab.errors import InvalidCursorError
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.runs.schemas import Run
from gymlab.server.runs.view import view_run
from gymlab.storage.runs import (
    RunFilter,
    current_revision,
    decode_cursor,
    encode_cursor,
    get_runs,
    matching_ids,
    queue_positions,
)

BY_SIZE = frozenset({"disk_bytes", "-disk_bytes"})


def list_by_size(
    lab: Lab, wanted: RunFilter, *, sort: str, limit: int, cursor: str | None
) -> tuple[Page[Run], str]:
    """Return a page of runs, and the stream position it reflects.

    Raises:
        InvalidCursorError: The cursor is not one of this list.
    """
    is_downwards = sort.startswith("-")
    with lab.database.reading() as connection:
        ids = matching_ids(connection, wanted)
        position = f"runs={current_revision(connection)}"
        places = queue_positions(connection)
    order = sorted(((lab.sizes.size(run_id), run_id) for run_id in ids), reverse=is_downwards)
    if cursor is not None:
        last = _last(cursor)
        order = [item for item in order if (item < last if is_downwards else item > last)]
    shown = order[:limit]
    with lab.database.reading() as connection:
        runs = {run.id: run for run in get_runs(connection, [run_id for _, run_id in shown])}
    items = [view_run(runs[run_id], places.get(run_id)) for _, run_id in shown if run_id in runs]
    next_cursor = encode_cursor(*shown[-1]) if len(order) > limit else None
    return Page[Run](items=items, next_cursor=next_cursor), position


def _last(cursor: str) -> tuple[int, str]:
    size, run_id = decode_cursor(cursor)
    if not isinstance(size, int):
        raise InvalidCursorError("The list cursor is one of another order.")
    return size, run_id
