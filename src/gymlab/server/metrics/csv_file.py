"""Every point of a run's series as CSV."""

from collections.abc import Iterator, Sequence

from starlette.responses import Response, StreamingResponse

from gymlab.late import np
from gymlab.server.lab import Lab
from gymlab.server.metrics.service import Query
from gymlab.server.run_lookup import existing_run
from gymlab.storage.pyramid import TIMESTEP, VALUE
from gymlab.storage.series import Range, read_chunk, series_ids

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run as a formula at the beginning of a text."""


def csv_answer(lab: Lab, run_id: str, wanted: Query) -> Response:
    """Return the points as lines of metric, timestep and value, none left out."""
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
        known = series_ids(connection, run_id)
    names = [name for name in wanted.names or known if name in known]
    extent = Range(wanted.from_timestep, wanted.to_timestep)
    return StreamingResponse(
        _lines(lab, [(name, known[name]) for name in names], extent),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{run_id}-metrics.csv"'},
    )


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, quoted where it must be."""
    safe = f"'{text}" if text.startswith(FORMULA_SIGNS) else text
    if any(sign in safe for sign in ',"\r\n'):
        return '"' + safe.replace('"', '""') + '"'
    return safe


def _lines(lab: Lab, series: Sequence[tuple[str, int]], extent: Range) -> Iterator[bytes]:
    yield b"metric,timestep,value\r\n"
    for name, series_id in series:
        cell, idx = harmless(name), 0
        while True:
            # A chunk at a time, each in a snapshot of its own: a slow reader holds nothing.
            with lab.database.reading() as connection:
                points = read_chunk(connection, series_id, 0, idx)
            if len(points) == 0:
                break
            inside = points[extent.mask(points)]
            yield "".join(
                f"{cell},{timestep:.0f},{'' if np.isnan(value) else repr(value)}\r\n"
                for timestep, value in inside[:, [TIMESTEP, VALUE]].tolist()
            ).encode()
            idx += 1
