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
from gymlab.protocol.parts import FrameHeader
from gymlab.protocol.shim import FrameNotice, FrameRelay
from gymlab.server.lab import Lab
from gymlab.server.orchestration.audience import Viewer
from gymlab.server.run_lookup import existing_run
from gymlab.storage.runs import StoredRun, get_run

MAX_FPS = 60.0
MAX_SPEED = 100.0
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
    speed: float | None = None,
    greeting: Callable[[], dict[str, str]] = dict,
    on_text: OnText | None = None,
) -> None:
    """Send pictures and notices until the viewer, the run or the server leaves.

    Args:
        lab: The laboratory.
        websocket: The connection, not yet accepted.
        viewer: Who watches what.
        is_base64: Whether pictures are sent as JSON.
        speed: The speed at which everybody shall see it; None leaves it as it is.
        greeting: What the viewer is told first; asked for when nothing newer can be missed.
        on_text: Also told what the viewer says.
    """
    await websocket.accept()
    viewer.told = greeting()
    if speed is not None:
        lab.audience.set_speed(viewer.run_id, viewer.source, speed)
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
        _carry_out(lab, viewer, content)
        if on_text is not None:
            on_text(content)
        lab.audience.adjust(viewer.run_id)


def _carry_out(lab: Lab, viewer: Viewer, content: str | bytes) -> None:
    try:
        command = msgspec.json.decode(content, type=_Command)
    except (msgspec.MsgspecError, ValueError):
        return
    if command.fps is not None and command.fps == command.fps:
        viewer.fps = min(MAX_FPS, max(1.0, command.fps))
    if command.pause is not None:
        viewer.is_paused = command.pause
    if command.speed is not None and 0 <= command.speed <= MAX_SPEED:
        lab.audience.set_speed(viewer.run_id, viewer.source, command.speed)


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
                text = base64_message(frame, with_states=viewer.wants_states)
                await _send(websocket.send_text(text))
            else:
                content = binary_message(frame, with_states=viewer.wants_states)
                await _send(websocket.send_bytes(content))
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


def binary_message(frame: FrameRelay, *, with_states: bool = False) -> bytes:
    """Return header length, JSON header, and a picture or the JSON list of states."""
    is_drawn = with_states and bool(frame.states)
    header = msgspec.json.encode(_header(frame, is_drawn=is_drawn))
    return _LENGTH.pack(len(header)) + header + (frame.states if is_drawn else frame.image)


def base64_message(frame: FrameRelay, *, with_states: bool = False) -> str:
    """Return one JSON object with the picture in `data`, or with `states`."""
    is_drawn = with_states and bool(frame.states)
    body: dict[str, Any] = msgspec.to_builtins(_header(frame, is_drawn=is_drawn))
    if is_drawn:
        body["states"] = msgspec.Raw(frame.states)
    else:
        body["data"] = base64.b64encode(frame.image).decode("ascii")
    return msgspec.json.encode(body).decode()


def _header(frame: FrameRelay, *, is_drawn: bool) -> FrameHeader:
    encoding = "json" if is_drawn else "jpeg"
    return msgspec.structs.replace(frame.header, encoding=encoding)


def _notice_text(notice: FrameNotice) -> str:
    if notice.kind == "unavailable":
        body = {"type": "unavailable", "reason": notice.detail}
    else:
        body = {"type": "status", "phase": notice.phase, "detail": notice.detail}
    return msgspec.json.encode(body).decode()
