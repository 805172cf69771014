"""Reading the end of a log."""

from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run

TAIL_BYTES = 2 * 1024 * 1024
"""Most that is read for a tail, unless it is so long that everything is wanted."""
MAX_TAIL = 100_000
WHOLE = 10_000_000
"""More lines than a log can have: its files are limited, see `LogFile`."""


def read_tail(lab: Lab, run_id: str, num_lines: int) -> tuple[str, str]:
    """Return the last lines, and the stream position behind them.

    A line that lies only in part within what is read for a tail is left out.
    """
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
    files = lab.ingest.log_files(run_id)
    extent = files.extent(run.state.log_bytes if run.state is not None else 0)
    position = extent.rotated_start
    if num_lines <= MAX_TAIL:
        position = max(position, extent.end - TAIL_BYTES)
    begin = position
    parts: list[bytes] = []
    while position < extent.end:
        start, content = files.read(extent, position, TAIL_BYTES)
        if not content:
            break
        parts.append(content)
        position = start + len(content)
    lines = b"".join(parts).splitlines(keepends=True)
    if begin > extent.rotated_start and len(lines) > 1:
        del lines[0]
    text = b"".join(lines[-num_lines:]).decode(errors="replace")
    return text, f"{run_id}:l={position}"
