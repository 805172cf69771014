"""Paths of the metrics resource."""

from typing import Annotated, Literal

from fastapi import Query, Response

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.metrics import service
from gymlab.server.metrics.csv_file import csv_answer
from gymlab.server.metrics.schemas import MetricName, RowsAnswer, SeriesAnswer

router = api_router("metrics")
MAX_TIMESTEP = 10**12


@router.get("/runs/{run_id}/metrics", response_model=SeriesAnswer | RowsAnswer)
def get_metrics(
    run_id: RunId,
    lab: LabDep,
    names: Annotated[
        list[str] | None, Query(description="House names, repeated or comma-joined; default all.")
    ] = None,
    from_timestep: Annotated[int | None, Query(ge=0, le=MAX_TIMESTEP)] = None,
    to_timestep: Annotated[int | None, Query(ge=0, le=MAX_TIMESTEP)] = None,
    max_points: Annotated[int, Query(ge=2, le=20_000)] = 2000,
    tail: Annotated[
        int | None, Query(ge=1, le=10_000, description="The last rows instead.")
    ] = None,
    form: Annotated[
        Literal["json", "csv"],
        Query(alias="format", description="`csv`: every point as metric, timestep, value."),
    ] = "json",
) -> Response:
    """Return downsampled series, or with `tail` the last rows as written."""
    if tail is not None:
        return service.rows_answer(lab, run_id, tail)
    wanted = service.Query(
        names=service.split_names(names),
        from_timestep=from_timestep,
        to_timestep=to_timestep,
        max_points=max_points,
    )
    if form == "csv":
        return csv_answer(lab, run_id, wanted)
    return service.series_answer(lab, run_id, wanted)


@router.get("/metric-names")
def list_metric_names() -> Page[MetricName]:
    """List the house names with unit and meaning."""
    return service.metric_names()
