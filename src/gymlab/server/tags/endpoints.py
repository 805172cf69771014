"""Paths of the tags resource."""

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep, Limit
from gymlab.server.http.routers import api_router
from gymlab.server.tags.schemas import Tag
from gymlab.storage.run_tags import count_tags

router = api_router("tags")


@router.get("/tags")
def list_tags(lab: LabDep, limit: Limit = 200) -> Page[Tag]:
    """List the tags of all runs, the most used first."""
    with lab.database.reading() as connection:
        found = count_tags(connection)[:limit]
    return Page[Tag](items=[Tag(tag=tag, num_runs=count) for tag, count in found])
