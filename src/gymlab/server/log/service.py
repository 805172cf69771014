"""Reading the end of a log."""

from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run

MAX_BYTES = 2 * 1024 * 1024


def read_tail(lab: Lab, run_id: str, num_lines: int) -> tuple[str, str]:
    """Return the last lines, and the stream position behind them."""
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
    files = lab.ingest.log_files(run_id)
    extent = files.extent(run.state.log_bytes if run.state is not None else 0)
    position = max(extent.rotated_start, extent.end - MAX_BYTES)
    parts: list[bytes] = []
    while position < extent.end:
        start, content = files.read(extent, position, MAX_BYTES)
        if not content:
            break
        parts.append(content)
        position = start + len(content)
    lines = b"".join(parts).splitlines(keepends=True)
    text = b"".join(lines[-num_lines:]).decode(errors="replace")
    return text, f"{run_id}:l={position}"
