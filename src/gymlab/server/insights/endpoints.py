"""Paths of the insights resource."""

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.insights.schemas import InsightItem
from gymlab.server.insights.service import insights_of

router = api_router("insights")


@router.get("/runs/{run_id}/insights")
def list_insights(run_id: RunId, lab: LabDep) -> Page[InsightItem]:
    """List what rules found out about the run, with the evidence."""
    return insights_of(lab, run_id)
