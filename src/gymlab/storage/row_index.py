"""Where the rows of `metrics.jsonl` lie, and which of them still count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from gymlab.storage.database import Writer
from gymlab.storage.tables import attempts, row_offsets

INDEX_EVERY_ROWS = 256


@dataclass(frozen=True, slots=True)
class AttemptStart:
    """A rewind marker: rows of older attempts behind `rewind_to_seq` are superseded."""

    attempt: int
    rewind_to_seq: int
    offset: int
    """First byte after the marker."""
    previous_seq: int
    """Last row before the marker."""


class Visibility:
    """Tells which rows count, given every attempt."""

    def __init__(self, starts: Sequence[AttemptStart]) -> None:
        """Note the attempts, oldest first."""
        self.starts = sorted(starts, key=lambda start: start.attempt)

    @property
    def last_attempt(self) -> int:
        """Number of the newest attempt that has a marker; 0 when none has."""
        return self.starts[-1].attempt if self.starts else 0

    def last_visible_seq(self, attempt: int) -> int | None:
        """Return the last row of an attempt that counts; None when all do."""
        return min(
            (start.rewind_to_seq for start in self.starts if start.attempt > attempt), default=None
        )

    def next_start(self, attempt: int) -> AttemptStart | None:
        """Return the marker that follows an attempt; None when it is the last."""
        return next((start for start in self.starts if start.attempt > attempt), None)

    def last_written_seq(self, attempt: int) -> int | None:
        """Return the last row that an older attempt ever wrote; None for the newest one."""
        following = self.next_start(attempt)
        return following.previous_seq if following is not None else None


def read_visibility(connection: Connection, run_id: str) -> Visibility:
    """Return which rows of a run count."""
    rows = connection.execute(select(attempts).where(attempts.c.run_id == run_id))
    return Visibility([
        AttemptStart(row.attempt, row.rewind_to_seq, row.offset, row.previous_seq) for row in rows
    ])


def offset_before(connection: Connection, run_id: str, seq: int) -> int:
    """Return a place in the file from which reading on meets the row `seq` soon."""
    found = connection.execute(
        select(row_offsets.c.offset)
        .where(row_offsets.c.run_id == run_id, row_offsets.c.seq <= seq)
        .order_by(row_offsets.c.seq.desc())
        .limit(1)
    ).scalar()
    return int(found or 0)


def write_offsets(writer: Writer, run_id: str, offsets: Sequence[tuple[int, int]]) -> None:
    """Store where rows begin: seq, offset."""
    if offsets:
        statement = upsert(row_offsets)
        writer.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["run_id", "seq"], set_={"offset": statement.excluded.offset}
            ),
            [{"run_id": run_id, "seq": seq, "offset": offset} for seq, offset in offsets],
        )


def write_start(writer: Writer, run_id: str, start: AttemptStart) -> None:
    """Store a rewind marker and forget where superseded rows lie."""
    writer.connection.execute(
        insert(attempts).values(
            run_id=run_id,
            attempt=start.attempt,
            rewind_to_seq=start.rewind_to_seq,
            offset=start.offset,
            previous_seq=start.previous_seq,
        )
    )
    writer.connection.execute(
        delete(row_offsets).where(
            row_offsets.c.run_id == run_id, row_offsets.c.seq > start.rewind_to_seq
        )
    )


def delete_row_index(writer: Writer, run_id: str) -> None:
    """Forget everything about the rows of a run."""
    for table in (attempts, row_offsets):
        writer.connection.execute(delete(table).where(table.c.run_id == run_id))
