"""Paths of the previews resource."""

from typing import Annotated, Literal

from fastapi import Path, Query, WebSocket

from gymlab.server.dependencies import LabDep
from gymlab.server.http.routers import api_router
from gymlab.server.orchestration.audience import Viewer
from gymlab.server.orchestration.previews import SOURCE
from gymlab.server.previews import service
from gymlab.server.previews.schemas import NewPreview, Preview
from gymlab.server.viewing import serve_viewer

router = api_router("previews")
PreviewId = Annotated[str, Path(description="Identifier of the preview.")]


@router.post("/previews", status_code=201)
async def open_preview(body: NewPreview, lab: LabDep) -> Preview:
    """Show an environment without training; the WebSocket of the answer plays and obeys."""
    return await service.open_preview(lab, body)


@router.delete("/previews/{preview_id}", status_code=204)
async def close_preview(preview_id: PreviewId, lab: LabDep) -> None:
    """End a preview; one that nobody looks at ends by itself."""
    lab.previews.close_one(preview_id)


@router.websocket("/previews/{preview_id}/ws")
async def watch_preview(
    websocket: WebSocket,
    preview_id: str,
    lab: LabDep,
    fps: Annotated[float, Query(ge=1, le=60)] = 30.0,
    encoding: Annotated[Literal["binary", "base64"], Query(alias="format")] = "binary",
) -> None:
    """Send pictures and states of a preview, and obey."""
    preview = lab.previews.find(preview_id)
    viewer = Viewer(run_id=preview_id, source=SOURCE, fps=fps, tiles=1)

    def obey(content: str | bytes) -> None:
        command = service.command_of(content)
        if command is not None:
            preview.send(command)

    await serve_viewer(
        lab,
        websocket,
        viewer,
        is_base64=encoding == "base64",
        greeting=lambda: preview.greeting,
        on_text=obey,
    )
