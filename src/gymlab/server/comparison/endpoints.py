"""Paths of the comparison resource."""

from typing import Annotated, Literal

from fastapi import Query, Response

from gymlab.server.comparison import service
from gymlab.server.comparison.curves import SeriesWish
from gymlab.server.comparison.schemas import Axis, RunComparison, Summary
from gymlab.server.comparison.scores import BasisWish
from gymlab.server.dependencies import LabDep
from gymlab.server.http.routers import api_router
from gymlab.storage.run_indexer import EPISODE_RETURN

router = api_router("comparison")
MAX_POINTS = 2000
Part = Literal["series", "statistics", "efficiency"]


@router.get("/runs/compare", response_model=RunComparison)
def compare_runs(
    lab: LabDep,
    ids: Annotated[list[str], Query(description="2 to 200 ids of runs, repeated or comma-joined.")],
    metric: Annotated[
        str, Query(max_length=200, description="House name of the metric to draw.")
    ] = EPISODE_RETURN,
    x: Annotated[Axis, Query(description="What the common axis counts.")] = "timesteps",
    basis: Annotated[
        BasisWish,
        Query(description="Returns to judge by; `auto`: evaluations where all runs have one."),
    ] = "auto",
    own_metric: Annotated[
        str | None,
        Query(
            max_length=100,
            description="Judge by a metric of an own evaluation: an `id` of `own_metrics`.",
        ),
    ] = None,
    part: Annotated[
        list[Part] | None,
        Query(description="What is wanted besides runs and differences; by default the first two."),
    ] = None,
    summary: Annotated[
        Summary, Query(description="Also summarise the curves of each group.")
    ] = "none",
    max_points: Annotated[
        int | None, Query(ge=2, le=MAX_POINTS, description="Places of the common axis.")
    ] = None,
) -> Response:
    """Put runs side by side: a metric on a common axis, what differs, and a fair verdict."""
    wish = service.Wish(
        series=SeriesWish(service.checked_metric(metric), x, summary, max_points),
        basis=basis,
        own_metric=own_metric,
        parts=frozenset(part or ("series", "statistics")),
    )
    found = service.compare_runs(lab, service.split_ids(ids), wish)
    return Response(found.model_dump_json(), media_type="application/json")
