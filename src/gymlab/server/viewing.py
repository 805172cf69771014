"""Sending pictures to one viewer, who may be slow."""

import asyncio
import base64
import contextlib
import struct
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from gymlab.domain.runs import FINISHED_STATUSES
from gymlab.protocol.shim import FrameNotice, FrameRelay
from gymlab.server.lab import Lab
from gymlab.server.orchestration.audience import Viewer
from gymlab.server.run_lookup import existing_run
from gymlab.storage.runs import StoredRun, get_run

MAX_FPS = 60.0
MIN_SPEED, MAX_SPEED = 0.1, 100.0
MAX_COMMAND_BYTES = 1024
STUCK_S = 30.0
_LENGTH = struct.Struct(">I")


class _Command(msgspec.Struct):
    fps: float | None = None
    pause: bool | None = None
    speed: float | None = None


async def require_run(lab: Lab, run_id: str) -> StoredRun:
    """Return a run; refuse, before the upgrade, one that does not exist.

    Raises:
        RunNotFoundError: There is none of that id.
    """

    def look() -> StoredRun:
        with lab.database.reading() as connection:
            return existing_run(connection, run_id)

    return await asyncio.to_thread(look)


OnText = Callable[[str | bytes], object]


async def serve_viewer(
    lab: Lab,
    websocket: WebSocket,
    viewer: Viewer,
    *,
    is_base64: bool,
    on_text: OnText | None = None,
) -> None:
    """Send pictures and notices until the viewer, the run or the server leaves.

    Args:
        lab: The laboratory.
        websocket: The connection, not yet accepted.
        viewer: Who watches what.
        is_base64: Whether pictures are sent as JSON.
        on_text: Also told what the viewer says.
    """
    await websocket.accept()
    lab.audience.join(viewer)
    sending = asyncio.create_task(_send_all(lab, websocket, viewer, is_base64=is_base64))
    try:
        await _obey(lab, websocket, viewer, sending, on_text)
    finally:
        lab.audience.leave(viewer)
        sending.cancel()
        with contextlib.suppress(
            asyncio.CancelledError, WebSocketDisconnect, OSError, RuntimeError
        ):
            await sending


async def _obey(
    lab: Lab,
    websocket: WebSocket,
    viewer: Viewer,
    sending: asyncio.Task[None],
    on_text: OnText | None,
) -> None:
    """Carry out what the viewer asks for; ends with the connection."""
    while not sending.done():
        receiving = asyncio.create_task(websocket.receive())
        await asyncio.wait({receiving, sending}, return_when=asyncio.FIRST_COMPLETED)
        if not receiving.done():
            receiving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await receiving
            return
        message: dict[str, Any] = dict(receiving.result())
        if message["type"] == "websocket.disconnect":
            return
        content = message.get("text") or message.get("bytes") or ""
        if len(content) > MAX_COMMAND_BYTES:
            continue
        _carry_out(viewer, content)
        if on_text is not None:
            on_text(content)
        lab.audience.adjust(viewer.run_id)


def _carry_out(viewer: Viewer, content: str | bytes) -> None:
    try:
        command = msgspec.json.decode(content, type=_Command)
    except (msgspec.MsgspecError, ValueError):
        return
    if command.fps is not None and command.fps == command.fps:
        viewer.fps = min(MAX_FPS, max(1.0, command.fps))
    if command.pause is not None:
        viewer.is_paused = command.pause
    if command.speed is not None and command.speed == command.speed:
        viewer.speed = bounded_speed(command.speed)


def bounded_speed(speed: float) -> float:
    """Return a speed that can be played at; 0 is as fast as it plays."""
    return min(MAX_SPEED, max(MIN_SPEED, speed)) if speed > 0 else 0.0


async def _send_all(lab: Lab, websocket: WebSocket, viewer: Viewer, *, is_base64: bool) -> None:
    told_end = False
    while not lab.hub.is_closed:
        while viewer.notices:
            await _send(websocket.send_text(_notice_text(viewer.notices.pop(0))))
        told, viewer.told = viewer.told, {}
        for text in told.values():
            await _send(websocket.send_text(text))
        frame, viewer.frame = viewer.frame, None
        if frame is not None:
            if is_base64:
                await _send(websocket.send_text(base64_message(frame)))
            else:
                await _send(websocket.send_bytes(binary_message(frame)))
            continue
        has_ended = viewer.has_ended and not lab.stages.shows(viewer.run_id, viewer.source)
        if has_ended and not told_end and await _is_finished(lab, viewer.run_id):
            told_end = True
            await _send(
                websocket.send_text(
                    '{"type":"status","phase":"ended","detail":"The run has ended."}'
                )
            )
            continue
        viewer.news.clear()
        if viewer.frame is None and not viewer.notices and not viewer.told:
            await viewer.news.wait()
    await websocket.close(1001)


async def _send(sending: Any) -> None:
    async with asyncio.timeout(STUCK_S):
        await sending


async def _is_finished(lab: Lab, run_id: str) -> bool:
    def look() -> bool:
        with lab.database.reading() as connection:
            run = get_run(connection, run_id)
        return run is None or run.status in FINISHED_STATUSES

    return await asyncio.to_thread(look)


def binary_message(frame: FrameRelay) -> bytes:
    """Return header length, JSON header and picture."""
    header = msgspec.json.encode(frame.header)
    return _LENGTH.pack(len(header)) + header + frame.image


def base64_message(frame: FrameRelay) -> str:
    """Return one JSON object with the picture in `data`."""
    header: dict[str, Any] = msgspec.to_builtins(frame.header)
    return msgspec.json.encode({
        **header,
        "data": base64.b64encode(frame.image).decode("ascii"),
    }).decode()


def _notice_text(notice: FrameNotice) -> str:
    if notice.kind == "unavailable":
        body = {"type": "unavailable", "reason": notice.detail}
    else:
        body = {"type": "status", "phase": notice.phase, "detail": notice.detail}
    return msgspec.json.encode(body).decode()
