"""Answering questions about series and rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.responses import Response

from gymlab.domain.metrics import METRICS, find_metric, is_valid_metric_name
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.late import np
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.metrics.schemas import MetricName
from gymlab.server.run_lookup import existing_run
from gymlab.storage.row_index import offset_before, read_visibility
from gymlab.storage.run_indexer import METRICS_FILE
from gymlab.storage.series import DownsampledSeries, Range, read_series, series_ids
from gymlab.storage.visible_rows import Position, read_page

MAX_NAMES = 100
POSITION = "x-stream-position"


@dataclass(frozen=True, slots=True)
class Query:
    """Which series, where and how fine."""

    names: tuple[str, ...] = ()
    from_timestep: int | None = None
    to_timestep: int | None = None
    max_points: int = 2000


def split_names(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of repeated or comma-joined parameters.

    Raises:
        InvalidInputError: One cannot be a name, or there are too many.
    """
    found = tuple(dict.fromkeys(
        name.strip() for part in names or () for name in part.split(",") if name.strip()
    ))  # fmt: skip
    wrong = next((name for name in found if not is_valid_metric_name(name)), None)
    if wrong is not None:
        detail = f"{wrong[:60]!r} is not the name of a metric."
        raise InvalidInputError(detail, fields=[FieldProblem("names", "not_a_name", detail)])
    if len(found) > MAX_NAMES:
        detail = f"{len(found)} names; at most {MAX_NAMES} are allowed."
        raise InvalidInputError(detail, fields=[FieldProblem("names", "too_many", detail)])
    return found


def series_answer(lab: Lab, run_id: str, wanted: Query) -> Response:
    """Return downsampled series and the stream position they reach."""
    extent = Range(wanted.from_timestep, wanted.to_timestep)
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        known = series_ids(connection, run_id)
        names = wanted.names or tuple(known)
        found = {
            name: read_series(connection, known[name], extent, wanted.max_points)
            for name in names
            if name in known
        }
    body = {
        "series": {
            name: _encode(name, found[name]) if name in found else _empty(name) for name in names
        }
    }
    return _json(body, run_id, (run.metrics_attempt, run.metrics_seq))


def rows_answer(lab: Lab, run_id: str, tail: int) -> Response:
    """Return the last rows that count, as they stand in the file."""
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        position, end = lab.ingest.live_end(run_id) or (
            (run.metrics_attempt, run.metrics_seq),
            run.metrics_offset,
        )
        visibility = read_visibility(connection, run_id)
        first = max(1, position[1] - tail + 1)
        offset = offset_before(connection, run_id, first)
    page = read_page(
        lab.settings.runs_dir / run_id / METRICS_FILE,
        visibility,
        after=(position[0], first - 1),
        offset=offset,
        end=end,
        limit=tail,
    )
    body = b'{"items":[' + b",".join(page.lines) + b"]}"
    return _response(body, run_id, page.position if page.lines else position)


def metric_names() -> Page[MetricName]:
    """Return every house name."""
    items = [
        MetricName.model_validate(metric.model_dump(mode="json")) for metric in METRICS.values()
    ]
    return Page[MetricName](items=items)


def _encode(name: str, data: DownsampledSeries) -> dict[str, object]:
    values: list[float | None] = data.values.tolist()
    if np.isnan(data.values).any():
        values = [None if value != value else value for value in values]  # noqa: PLR0124
    return {
        "unit": _unit(name),
        "timestep": data.timesteps.astype(np.int64).tolist(),
        "value": values,
        "total_points": data.total_points,
    }


def _empty(name: str) -> dict[str, object]:
    return {"unit": _unit(name), "timestep": [], "value": [], "total_points": 0}


def _unit(name: str) -> str:
    metric = find_metric(name)
    return metric.unit if metric is not None else ""


def _json(body: object, run_id: str, position: Position) -> Response:
    return _response(msgspec.json.encode(body), run_id, position)


def _response(body: bytes, run_id: str, position: Position) -> Response:
    headers = {POSITION: f"{run_id}:m={position[0]}.{position[1]}"}
    return Response(body, media_type="application/json", headers=headers)
