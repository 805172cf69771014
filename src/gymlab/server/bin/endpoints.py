"""Paths of the bin."""

import asyncio

from gymlab.server.answers import Page
from gymlab.server.bin import service
from gymlab.server.bin.schemas import BinnedRun, Emptied
from gymlab.server.dependencies import Cursor, LabDep, Limit, RunId
from gymlab.server.http.routers import api_router

router = api_router("bin")


@router.get("/bin")
def list_bin(lab: LabDep, limit: Limit = 50, cursor: Cursor = None) -> Page[BinnedRun]:
    """List the deleted runs that can still be restored, newest deletion first."""
    return service.list_bin(lab, limit=limit, cursor=cursor)


@router.delete("/bin")
async def empty_bin(lab: LabDep) -> Emptied:
    """Remove every run of the bin for good."""
    return Emptied(num_runs=await asyncio.to_thread(lab.bin.purge_all))


@router.delete("/bin/{run_id}", status_code=204)
async def purge_run(run_id: RunId, lab: LabDep) -> None:
    """Remove a run of the bin for good."""
    await asyncio.to_thread(lab.bin.purge, run_id)
