"""Paths of the filters resource."""

from typing import Annotated

from fastapi import Path

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep
from gymlab.server.filters import service
from gymlab.server.filters.schemas import FilterChanges, NewFilter, SavedFilter
from gymlab.server.http.routers import api_router

router = api_router("filters")
FilterId = Annotated[str, Path(description="Identifier of the filter.")]


@router.get("/filters")
def list_filters(lab: LabDep) -> Page[SavedFilter]:
    """List the saved filters of the list of runs, by name."""
    return Page[SavedFilter](items=service.listed(lab))


@router.post("/filters", status_code=201)
def save_filter(body: NewFilter, lab: LabDep) -> SavedFilter:
    """Save a filter of the list of runs; one of the same name is replaced."""
    return service.save(lab, body)


@router.patch("/filters/{filter_id}")
def change_filter(filter_id: FilterId, body: FilterChanges, lab: LabDep) -> SavedFilter:
    """Rename a saved filter, or change what it asks of runs."""
    return service.change(lab, filter_id, body)


@router.delete("/filters/{filter_id}", status_code=204)
def delete_filter(filter_id: FilterId, lab: LabDep) -> None:
    """Remove a saved filter."""
    service.remove(lab, filter_id)
