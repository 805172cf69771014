"""Paths of the live pictures."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, WebSocket

from gymlab.domain.runs import FINISHED_STATUSES
from gymlab.protocol.parts import RunSource
from gymlab.protocol.shim import FrameNotice
from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.orchestration.audience import Viewer
from gymlab.server.orchestration.evaluation_queue import NOT_RUNNING
from gymlab.server.viewing import MAX_SPEED, bounded_speed, require_run, serve_viewer

router = APIRouter(tags=["frames"])


@router.websocket("/runs/{run_id}/frames")
async def watch(
    websocket: WebSocket,
    run_id: RunId,
    lab: LabDep,
    fps: Annotated[float, Query(ge=1, le=60)] = 15.0,
    source: RunSource = "training",
    tiles: Annotated[int, Query(ge=1, le=8)] = 1,
    speed: Annotated[float, Query(ge=0, le=MAX_SPEED)] = 1.0,
    encoding: Annotated[Literal["binary", "base64"], Query(alias="format")] = "binary",
) -> None:
    """Send pictures of a run for as long as somebody watches; `speed` is that of an evaluation."""
    run = await require_run(lab, run_id)
    viewer = Viewer(run_id=run_id, source=source, fps=fps, tiles=tiles)
    viewer.speed = bounded_speed(speed)
    viewer.has_ended = run.status in FINISHED_STATUSES and source != "evaluation"
    viewer.has_ended &= not lab.stages.shows(run_id, source)
    if source == "evaluation" and not lab.evaluations.is_playing(run_id):
        viewer.notices.append(FrameNotice(source, "status", NOT_RUNNING, "idle"))
    await serve_viewer(lab, websocket, viewer, is_base64=encoding == "base64")
