"""Series at several resolutions agree with the points they were made from."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gymlab.storage.database import Database
from gymlab.storage.migrating import prepare_database
from gymlab.storage.pyramid import (
    CHUNK_POINTS,
    SEQ,
    SUMMARY_POINTS,
    TIMESTEP,
    VALUE,
    Points,
    SeriesTail,
    decode_points,
    encode_points,
    summary,
)
from gymlab.storage.series import (
    Range,
    create_series,
    cut_series,
    load_tail,
    read_series,
    write_chunks,
)

SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module", name="database")
def fixture_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Yield a new database, closed at the end."""
    path = tmp_path_factory.mktemp("series") / "gymlab.db"
    prepare_database(path)
    database = Database(path)
    yield database
    database.close()


def _points(count: int, seed: int, start: int = 0) -> Points:
    rng = np.random.default_rng(seed)
    points = np.empty((count, 3))
    points[:, SEQ] = np.arange(start + 1, start + count + 1)
    points[:, TIMESTEP] = points[:, SEQ] * 10
    points[:, VALUE] = rng.normal(size=count)
    return points


def _store(database: Database, parts: list[Points], *, reload_every: int = 1) -> int:
    with database.writing() as writer:
        series_id = create_series(writer, "run", f"m{np.random.default_rng().integers(2**60)}")
    tail = SeriesTail()
    for number, part in enumerate(parts):
        tail.append(part)
        with database.writing() as writer:
            write_chunks(writer, series_id, tail.take_changes())
            if number % reload_every == 0:
                tail = load_tail(writer.connection, series_id)
    return series_id


def _stored_levels(database: Database, series_id: int) -> list[Points]:
    with database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT level, data FROM chunks WHERE series_id = ? ORDER BY level, idx", (series_id,)
        ).all()
    levels: dict[int, list[Points]] = {}
    for level, data in rows:
        levels.setdefault(level, []).append(decode_points(data))
    return [np.concatenate(levels[level]) for level in sorted(levels)]


def _brute_force_levels(points: Points) -> list[Points]:
    levels = [points]
    while len(levels[-1]) >= CHUNK_POINTS:
        below = levels[-1]
        full = [
            below[i : i + CHUNK_POINTS]
            for i in range(0, len(below) - CHUNK_POINTS + 1, CHUNK_POINTS)
        ]
        levels.append(np.concatenate([summary(chunk) for chunk in full]))
    return levels


def test_a_summary_keeps_least_and_greatest_in_order() -> None:
    """Of every bucket of sixteen points."""
    chunk = _points(CHUNK_POINTS, seed=1)
    kept = summary(chunk)
    assert len(kept) == SUMMARY_POINTS
    assert np.all(np.diff(kept[:, SEQ]) >= 0)
    for bucket, pair in zip(chunk.reshape(64, 16, 3), kept.reshape(64, 2, 3), strict=True):
        assert sorted(pair[:, VALUE]) == [bucket[:, VALUE].min(), bucket[:, VALUE].max()]


def test_missing_values_hide_nothing() -> None:
    """A bucket with one number left still shows it."""
    chunk = _points(CHUNK_POINTS, seed=2)
    chunk[:15, VALUE] = np.nan
    assert set(summary(chunk)[:2, VALUE]) == {chunk[15, VALUE]}
    chunk[:, VALUE] = np.nan
    assert np.isnan(summary(chunk)[:, VALUE]).all()


@given(count=st.integers(0, 50), seed=st.integers(0, 9))
def test_chunks_survive_storing(count: int, seed: int) -> None:
    """Bytes and points are the same thing."""
    points = _points(count, seed)
    assert np.array_equal(decode_points(encode_points(points)), points)


@SETTINGS
@given(
    sizes=st.lists(st.integers(0, 6000), min_size=1, max_size=6),
    reload_every=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_growing_in_parts_gives_the_levels_of_the_whole(
    database: Database, sizes: list[int], reload_every: int, seed: int
) -> None:
    """However the points arrived, and however often the ends were read back."""
    parts, start = list[Points](), 0
    for size in sizes:
        parts.append(_points(size, seed + start, start))
        start += size
    series_id = _store(database, parts, reload_every=reload_every)
    expected = [level for level in _brute_force_levels(np.concatenate(parts)) if len(level)]
    stored = _stored_levels(database, series_id)
    assert len(stored) == len(expected)
    for ours, theirs in zip(stored, expected, strict=True):
        assert np.array_equal(ours, theirs)


@SETTINGS
@given(count=st.integers(1, 12_000), last_seq=st.integers(0, 12_500), more=st.integers(0, 3000))
def test_a_cut_is_as_if_the_rest_had_never_been(
    database: Database, count: int, last_seq: int, more: int
) -> None:
    """At every level, also after growing on."""
    points = _points(count, seed=count)
    series_id = _store(database, [points])
    kept = points[points[:, SEQ] <= last_seq]
    grown = _points(more, seed=more, start=min(count, last_seq))
    with database.writing() as writer:
        cut_series(writer, series_id, last_seq)
        tail = load_tail(writer.connection, series_id)
        tail.append(grown)
        write_chunks(writer, series_id, tail.take_changes())
    expected = [x for x in _brute_force_levels(np.concatenate([kept, grown])) if len(x)]
    stored = _stored_levels(database, series_id)
    assert [len(level) for level in stored] == [len(level) for level in expected]
    assert all(np.array_equal(a, b) for a, b in zip(stored, expected, strict=True))


@SETTINGS
@given(
    count=st.integers(0, 30_000),
    low=st.one_of(st.none(), st.integers(0, 300_000)),
    high=st.one_of(st.none(), st.integers(0, 300_000)),
    max_points=st.integers(2, 500),
)
def test_a_range_keeps_its_extremes_and_its_count(
    database: Database, count: int, low: int | None, high: int | None, max_points: int
) -> None:
    """With few points in order, all of them points of the series."""
    points = _points(count, seed=count)
    series_id = _store(database, [points])
    wanted = Range(low, high)
    inside = points[wanted.mask(points)]
    with database.reading() as connection:
        found = read_series(connection, series_id, wanted, max_points)
    assert found.total_points == len(inside)
    assert len(found.timesteps) <= max_points
    assert set(zip(found.timesteps, found.values, strict=True)) <= set(
        zip(inside[:, TIMESTEP], inside[:, VALUE], strict=True)
    )
    assert np.all(np.diff(found.timesteps) >= 0)
    if len(inside) <= max_points:
        assert np.array_equal(found.values, inside[:, VALUE])


def test_a_long_series_shows_its_peaks(database: Database) -> None:
    """One high and one low point among a hundred thousand."""
    points = _points(100_000, seed=3)
    points[33_333, VALUE], points[77_777, VALUE] = 1e6, -1e6
    series_id = _store(database, [points])
    with database.reading() as connection:
        found = read_series(connection, series_id, Range(), 400)
    assert found.values.max() == 1e6
    assert found.values.min() == -1e6


def test_a_series_outlives_the_process(tmp_path: Path) -> None:
    """A database can be closed and opened again."""
    prepare_database(tmp_path / "gymlab.db")
    database = Database(tmp_path / "gymlab.db")
    series_id = _store(database, [_points(3000, seed=5)])
    database.close()
    again = Database(tmp_path / "gymlab.db")
    with again.reading() as connection:
        assert read_series(connection, series_id, Range(), 5000).total_points == 3000
    again.close()
