"""Training time at rows of a run, from a few rows of its file."""

from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from gymlab.late import Floats, np
from gymlab.storage.line_scanner import MAX_LINE_BYTES
from gymlab.storage.tables import row_offsets

MAX_KNOTS = 64
SMALL_FILE_BYTES = 128 * 1024
"""A file up to this size is read whole."""

Knots = tuple[Floats, Floats]
"""Row numbers, ascending, and the training time at each in seconds."""


class _TimedLine(msgspec.Struct):
    seq: int | None = None
    wall_time_s: float | None = None


_DECODER = msgspec.json.Decoder(_TimedLine)


def wall_time_knots(connection: Connection, run_id: str, path: Path, end: int) -> Knots:
    """Return the training time at some rows; between them time passes evenly.

    Args:
        connection: A snapshot.
        run_id: The run.
        path: Its `metrics.jsonl`.
        end: Offset up to which the file was indexed.

    Returns:
        Empty arrays where the file cannot be read.
    """
    found: dict[int, float] = {}
    try:
        with path.open("rb") as file:
            if end <= SMALL_FILE_BYTES:
                lines = file.read(end).splitlines()
            else:
                file.seek(end - MAX_LINE_BYTES)
                last = file.read(MAX_LINE_BYTES).splitlines()[-1:]
                lines: list[bytes] = []
                for offset in _some_offsets(connection, run_id):
                    file.seek(offset)
                    lines.append(file.readline(MAX_LINE_BYTES))
                lines += last
    except OSError:
        lines = []
    for line in lines:
        timed = _decode(line)
        if timed.seq is not None and timed.wall_time_s is not None:
            # A row that a resumed attempt wrote again stands further behind and wins.
            found[timed.seq] = timed.wall_time_s
    seqs = sorted(found)
    times = np.array([found[seq] for seq in seqs], dtype=np.float64)
    return np.array(seqs, dtype=np.float64), np.maximum.accumulate(times)


def _decode(line: bytes) -> _TimedLine:
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, ValueError):
        return _TimedLine()


def _some_offsets(connection: Connection, run_id: str) -> list[int]:
    query = (
        select(row_offsets.c.offset)
        .where(row_offsets.c.run_id == run_id)
        .order_by(row_offsets.c.seq)
    )
    offsets = [int(offset) for offset in connection.execute(query).scalars()]
    if len(offsets) <= MAX_KNOTS:
        return offsets
    chosen = np.linspace(0, len(offsets) - 1, MAX_KNOTS).astype(int)
    return [offsets[idx] for idx in chosen]
