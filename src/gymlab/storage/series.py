"""Storing series of numbers as chunks, and reading them at a fitting resolution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from gymlab.late import Booleans, Floats, np, tsdownsample
from gymlab.storage.database import Writer
from gymlab.storage.pyramid import (
    CHUNK_POINTS,
    NUM_COLUMNS,
    SEQ,
    TIMESTEP,
    VALUE,
    OpenChunk,
    Points,
    SeriesTail,
    counts_after_cut,
    decode_points,
    encode_points,
)
from gymlab.storage.tables import chunks, series

MIN_DOWNSAMPLED = 4
OVERSAMPLING = 2
"""A level is fine enough when it has this many points for each one asked for."""


@dataclass(frozen=True, slots=True)
class Range:
    """A part of the axis of timesteps, both ends included; None is open."""

    from_timestep: int | None = None
    to_timestep: int | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is cut off."""
        return self.from_timestep is None and self.to_timestep is None

    def mask(self, points: Points) -> Booleans:
        """Tell which points lie inside."""
        timesteps = points[:, TIMESTEP]
        inside = np.ones(len(points), bool)
        if self.from_timestep is not None:
            inside &= timesteps >= self.from_timestep
        if self.to_timestep is not None:
            inside &= timesteps <= self.to_timestep
        return inside

    def conditions(self) -> list[Any]:
        """Return what chunks that touch the range have in common."""
        conditions: list[Any] = []
        if self.from_timestep is not None:
            conditions.append(chunks.c.max_timestep >= self.from_timestep)
        if self.to_timestep is not None:
            conditions.append(chunks.c.min_timestep <= self.to_timestep)
        return conditions


@dataclass(frozen=True, slots=True)
class DownsampledSeries:
    """What a chart draws."""

    timesteps: Floats
    values: Floats
    total_points: int


def series_ids(connection: Connection, run_id: str) -> dict[str, int]:
    """Return the series of a run: name -> id."""
    rows = connection.execute(
        select(series.c.name, series.c.id).where(series.c.run_id == run_id).order_by(series.c.id)
    )
    return {row.name: row.id for row in rows}


def create_series(writer: Writer, run_id: str, name: str) -> int:
    """Add a series and return its id."""
    result = writer.connection.execute(insert(series).values(run_id=run_id, name=name))
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101
    return int(key[0])


def write_chunks(
    writer: Writer, series_id: int, changes: Sequence[tuple[int, int, Points]]
) -> None:
    """Store chunks: level, index, points."""
    if not changes:
        return
    rows = [
        {
            "series_id": series_id,
            "level": level,
            "idx": idx,
            "num_points": len(points),
            "min_timestep": float(points[:, TIMESTEP].min()),
            "max_timestep": float(points[:, TIMESTEP].max()),
            "data": encode_points(points),
        }
        for level, idx, points in changes
    ]
    statement = upsert(chunks)
    columns = ("num_points", "min_timestep", "max_timestep", "data")
    writer.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["series_id", "level", "idx"],
            set_={name: statement.excluded[name] for name in columns},
        ),
        rows,
    )


def load_tail(connection: Connection, series_id: int) -> SeriesTail:
    """Return the growing ends of a stored series."""
    rows = connection.execute(
        select(chunks.c.level, func.max(chunks.c.idx).label("idx"))
        .where(chunks.c.series_id == series_id)
        .group_by(chunks.c.level)
        .order_by(chunks.c.level)
    ).all()
    levels: list[OpenChunk] = []
    for row in rows:
        points = read_chunk(connection, series_id, row.level, row.idx)
        is_full = len(points) == CHUNK_POINTS
        levels.append(OpenChunk(row.idx + 1) if is_full else OpenChunk(row.idx, points))
    return SeriesTail(levels)


def cut_series(writer: Writer, series_id: int, last_seq: int) -> None:
    """Remove every point of a row behind `last_seq`, at every level."""
    connection = writer.connection
    top = connection.execute(
        select(func.max(chunks.c.level)).where(chunks.c.series_id == series_id)
    ).scalar()
    if top is None:
        return
    kept = _points_up_to(connection, series_id, last_seq)
    for level, count in enumerate(counts_after_cut(kept, top + 1)):
        idx, rest = divmod(count, CHUNK_POINTS)
        points = read_chunk(connection, series_id, level, idx)[:rest]
        connection.execute(
            delete(chunks).where(
                chunks.c.series_id == series_id, chunks.c.level == level, chunks.c.idx >= idx
            )
        )
        if rest:
            write_chunks(writer, series_id, [(level, idx, points)])


def delete_series(writer: Writer, run_id: str) -> None:
    """Forget every series of a run."""
    own = select(series.c.id).where(series.c.run_id == run_id)
    writer.connection.execute(delete(chunks).where(chunks.c.series_id.in_(own)))
    writer.connection.execute(delete(series).where(series.c.run_id == run_id))


def read_series(
    connection: Connection, series_id: int, wanted: Range, max_points: int
) -> DownsampledSeries:
    """Return at most `max_points` points of a range that keep its minima and maxima.

    The work depends on `max_points`, not on the length of the series.
    """
    total = _count(connection, series_id, 0, wanted)
    top = connection.execute(
        select(func.max(chunks.c.level)).where(chunks.c.series_id == series_id)
    ).scalar()
    level = top or 0
    while level > 0 and _count(connection, series_id, level, wanted) < OVERSAMPLING * max_points:
        level -= 1
    parts = [_read_range(connection, series_id, level, wanted)]
    # What a level does not cover yet is the open chunk of each finer one.
    for finer in range(level - 1, -1, -1):
        tail = open_chunk(connection, series_id, finer)
        parts.append(tail[wanted.mask(tail)])
    points = np.concatenate(parts)
    timesteps, values = _downsample(points, max_points)
    return DownsampledSeries(timesteps, values, total)


def read_chunk(connection: Connection, series_id: int, level: int, idx: int) -> Points:
    """Return the points of one chunk, none where there is no such chunk."""
    data = connection.execute(
        select(chunks.c.data).where(
            chunks.c.series_id == series_id, chunks.c.level == level, chunks.c.idx == idx
        )
    ).scalar()
    return decode_points(data) if data is not None else np.empty((0, NUM_COLUMNS))


def open_chunk(connection: Connection, series_id: int, level: int) -> Points:
    """Return the points of a level's last chunk, none when it is full."""
    last = connection.execute(
        select(func.max(chunks.c.idx)).where(
            chunks.c.series_id == series_id, chunks.c.level == level
        )
    ).scalar()
    points = read_chunk(connection, series_id, level, last if last is not None else 0)
    return points if len(points) < CHUNK_POINTS else points[:0]


def _read_range(connection: Connection, series_id: int, level: int, wanted: Range) -> Points:
    rows = connection.execute(
        select(chunks.c.data)
        .where(chunks.c.series_id == series_id, chunks.c.level == level, *wanted.conditions())
        .order_by(chunks.c.idx)
    ).scalars()
    parts = [decode_points(data) for data in rows]
    points = np.concatenate(parts) if parts else np.empty((0, NUM_COLUMNS))
    return points if wanted.is_everything else points[wanted.mask(points)]


def _count(connection: Connection, series_id: int, level: int, wanted: Range) -> int:
    """Return the exact number of points of a range; reads the points of border chunks alone."""
    own = (chunks.c.series_id == series_id, chunks.c.level == level, *wanted.conditions())
    total = int(connection.execute(select(func.sum(chunks.c.num_points)).where(*own)).scalar() or 0)
    if wanted.is_everything:
        return total
    borders: list[Any] = []
    if wanted.from_timestep is not None:
        borders.append(chunks.c.min_timestep < wanted.from_timestep)
    if wanted.to_timestep is not None:
        borders.append(chunks.c.max_timestep > wanted.to_timestep)
    rows = connection.execute(select(chunks.c.idx).where(*own, or_(*borders))).scalars().all()
    for idx in rows:
        outside = ~wanted.mask(read_chunk(connection, series_id, level, idx))
        total -= int(outside.sum())
    return total


def _points_up_to(connection: Connection, series_id: int, last_seq: int) -> int:
    """Return how many points of level 0 belong to rows up to `last_seq`; halves the chunks."""
    last = connection.execute(
        select(func.max(chunks.c.idx)).where(chunks.c.series_id == series_id, chunks.c.level == 0)
    ).scalar()
    low, high = 0, last if last is not None else 0
    while low < high:
        middle = (low + high) // 2
        points = read_chunk(connection, series_id, 0, middle)
        if points[-1, SEQ] <= last_seq:
            low = middle + 1
        else:
            high = middle
    points = read_chunk(connection, series_id, 0, low)
    return low * CHUNK_POINTS + int(np.searchsorted(points[:, SEQ], last_seq, side="right"))


def _downsample(points: Points, max_points: int) -> tuple[Floats, Floats]:
    if len(points) <= max_points:
        return points[:, TIMESTEP], points[:, VALUE]
    # Missing values are not drawn once points are merged.
    points = points[~np.isnan(points[:, VALUE])]
    if len(points) <= max_points:
        return points[:, TIMESTEP], points[:, VALUE]
    if max_points < MIN_DOWNSAMPLED:
        # Too few for the library: the least and the greatest value.
        ends = sorted({int(points[:, VALUE].argmin()), int(points[:, VALUE].argmax())})
        return points[ends, TIMESTEP], points[ends, VALUE]
    timesteps = np.ascontiguousarray(points[:, TIMESTEP])
    values = np.ascontiguousarray(points[:, VALUE])
    downsampler: Any = tsdownsample.MinMaxLTTBDownsampler()
    # Buckets along the axis where it has an extent: what stands for many points and the
    # newest ones, which stand for themselves, then get room by their share of the axis.
    if timesteps[-1] > timesteps[0] and np.all(timesteps[1:] >= timesteps[:-1]):
        kept = downsampler.downsample(timesteps, values, n_out=max_points)
    else:
        kept = downsampler.downsample(values, n_out=max_points)
    return timesteps[kept], values[kept]
