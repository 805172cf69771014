"""Paths of the live pictures."""

from typing import Annotated, Literal

from fastapi import Query, WebSocket

from gymlab.domain.runs import FINISHED_STATUSES
from gymlab.protocol.parts import RunSource
from gymlab.protocol.shim import FrameNotice
from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import NOT_POSSIBLE, api_router
from gymlab.server.orchestration.audience import Viewer
from gymlab.server.orchestration.evaluation_queue import NOT_RUNNING
from gymlab.server.viewing import MAX_SPEED, require_run, serve_viewer

router = api_router("frames", errors=NOT_POSSIBLE)


@router.websocket("/runs/{run_id}/frames")
async def watch(
    websocket: WebSocket,
    run_id: RunId,
    lab: LabDep,
    fps: Annotated[float, Query(ge=1, le=60)] = 15.0,
    source: RunSource = "training",
    tiles: Annotated[int, Query(ge=1, le=8)] = 1,
    encoding: Annotated[Literal["binary", "base64"], Query(alias="format")] = "binary",
    states: Annotated[bool, Query()] = False,
    speed: Annotated[float | None, Query(ge=0, le=MAX_SPEED)] = None,
) -> None:
    """Send pictures of a run for as long as somebody watches.

    With `states` a game of our own is not sent as pictures but as the states it draws itself from.
    `speed` is a multiple of the natural one, 0 for as fast as it goes; it holds for all who watch
    showcase or evaluation.
    """
    run = await require_run(lab, run_id)
    viewer = Viewer(run_id=run_id, source=source, fps=fps, tiles=tiles, wants_states=states)
    viewer.has_ended = run.status in FINISHED_STATUSES and source != "evaluation"
    viewer.has_ended &= not lab.stages.shows(run_id, source)
    if source == "evaluation" and not lab.evaluations.is_playing(run_id):
        viewer.notices.append(FrameNotice(source, "status", NOT_RUNNING, "idle"))
    is_base64 = encoding == "base64"
    await serve_viewer(lab, websocket, viewer, is_base64=is_base64, speed=speed)
