"""Reading one series of many runs with few questions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Row, and_, func, or_, select

from gymlab.late import Floats, np
from gymlab.storage.pyramid import NUM_COLUMNS, VALUE, Points, decode_points
from gymlab.storage.series import open_chunk
from gymlab.storage.tables import chunks, series


def find_series(connection: Connection, run_ids: Sequence[str], name: str) -> dict[str, int]:
    """Return the series of one name: run id -> series id; runs without it are absent."""
    query = select(series.c.run_id, series.c.id).where(
        series.c.run_id.in_(run_ids), series.c.name == name
    )
    return {row.run_id: row.id for row in connection.execute(query)}


def count_names(connection: Connection, run_ids: Sequence[str]) -> dict[str, int]:
    """Return every name of a series of these runs and how many of them have it."""
    query = (
        select(series.c.name, func.count())
        .where(series.c.run_id.in_(run_ids))
        .group_by(series.c.name)
        .order_by(func.min(series.c.id))
    )
    return {name: int(count) for name, count in connection.execute(query).tuples()}


def read_many(
    connection: Connection, series_ids: Sequence[int], max_points: int
) -> dict[int, tuple[Points, int]]:
    """Return points of each series and how many it has.

    Every point where there are at most `max_points`, else the finest level of minima and maxima
    that has no more.
    """
    levels = _counts(connection, series_ids)
    fitting = {one: _finest(counts, max_points) for one, counts in levels.items()}
    parts = _read_levels(connection, fitting)
    found: dict[int, tuple[Points, int]] = {}
    for series_id, counts in levels.items():
        own = parts[series_id]
        # What a level does not cover yet is the open chunk of each finer one.
        own += [
            open_chunk(connection, series_id, finer)
            for finer in range(fitting[series_id] - 1, -1, -1)
        ]
        # Columns lie one after the other, as they are stored: nobody reads across them.
        joined = np.concatenate([part.T for part in own], axis=1).T
        found[series_id] = (joined, counts[0])
    return found


def read_last_values(
    connection: Connection, series_ids: Sequence[int], count: int
) -> dict[int, Floats]:
    """Return the last values of each series, at most `count` and at most a chunk of them."""
    last = (
        select(chunks.c.series_id, func.max(chunks.c.idx).label("idx"))
        .where(chunks.c.series_id.in_(series_ids), chunks.c.level == 0)
        .group_by(chunks.c.series_id)
        .subquery()
    )
    query = (
        select(chunks.c.series_id, chunks.c.data)
        .join(last, chunks.c.series_id == last.c.series_id)
        .where(chunks.c.level == 0, chunks.c.idx >= last.c.idx - 1)
        .order_by(chunks.c.series_id, chunks.c.idx)
    )
    parts = _by_series(connection.execute(query).all())
    return {series_id: np.concatenate(own)[-count:, VALUE] for series_id, own in parts.items()}


def _counts(connection: Connection, series_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    query = (
        select(chunks.c.series_id, chunks.c.level, func.sum(chunks.c.num_points))
        .where(chunks.c.series_id.in_(series_ids))
        .group_by(chunks.c.series_id, chunks.c.level)
        .order_by(chunks.c.series_id, chunks.c.level)
    )
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for series_id, level, total in connection.execute(query).tuples():
        counts[series_id][level] = int(total or 0)
    return counts


def _finest(counts: Mapping[int, int], max_points: int) -> int:
    return next((level for level in sorted(counts) if counts[level] <= max_points), max(counts))


def _read_levels(connection: Connection, levels: Mapping[int, int]) -> dict[int, list[Points]]:
    by_level: dict[int, list[int]] = defaultdict(list)
    for series_id, level in levels.items():
        by_level[level].append(series_id)
    if not by_level:
        return {}
    wanted = [
        and_(chunks.c.level == level, chunks.c.series_id.in_(own))
        for level, own in by_level.items()
    ]
    query = (
        select(chunks.c.series_id, chunks.c.data)
        .where(or_(*wanted))
        .order_by(chunks.c.series_id, chunks.c.idx)
    )
    return _by_series(connection.execute(query).all())


def _by_series(rows: Sequence[Row[tuple[int, bytes]]]) -> dict[int, list[Points]]:
    parts: dict[int, list[Points]] = defaultdict(lambda: [np.empty((0, NUM_COLUMNS))])
    for series_id, data in rows:
        parts[series_id].append(decode_points(data))
    return parts
