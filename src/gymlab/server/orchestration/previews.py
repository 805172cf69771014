"""Previews that are open: each has a worker while somebody looks, and little longer."""

import asyncio
import logging
from collections.abc import Callable

import msgspec

from gymlab.errors import PreviewNotFoundError, UnavailableError
from gymlab.protocol.parts import FrameSource, Json
from gymlab.protocol.previews import PreviewCommand, PreviewReady, PreviewState, StartPreview
from gymlab.protocol.shim import FrameNotice, FrameRelay
from gymlab.protocol.worker import Watch
from gymlab.server.orchestration.audience import Audience
from gymlab.supervisor.preview import PreviewProcess
from gymlab.supervisor.resuming import Descriptors

MAX_OPEN = 4
LINGER_S = 20.0
"""How long a preview that nobody looks at keeps its worker."""
MAX_STATE_BYTES = 64 * 1024
SOURCE: FrameSource = "preview"
CLOSED = '{"type":"status","phase":"ended","detail":"The preview was closed."}'
LOGGER = logging.getLogger(__name__)


class OpenPreview:
    """One environment that is shown, and what a new viewer must be told."""

    def __init__(self, preview_id: str, audience: Audience, on_end: Callable[[str], None]) -> None:
        """Begin without a worker."""
        self.id = preview_id
        self._audience = audience
        self._on_end = on_end
        self._process: PreviewProcess | None = None
        self._is_closed = False
        self._last: dict[str, str] = {}
        self.linger: asyncio.TimerHandle | None = None

    @property
    def greeting(self) -> dict[str, str]:
        """What a new viewer is told first: kind -> JSON."""
        return dict(self._last)

    async def start(self, message: StartPreview, files: Descriptors) -> None:
        """Start the worker."""
        process = await PreviewProcess.start(message, files, self)
        if self._is_closed:
            process.close()
            return
        self._process = process

    def send(self, message: Watch | PreviewCommand) -> bool:
        """Pass on what is watched or wanted; tell whether there is a worker."""
        if self._process is None:
            return False
        self._process.send(message)
        return True

    def close(self) -> None:
        """End the worker."""
        self._is_closed = True
        if self.linger is not None:
            self.linger.cancel()
        process, self._process = self._process, None
        if process is not None:
            process.close()

    # ---- what the worker does -----------------------------------------------------------------

    def preview_showed(self, message: FrameRelay | FrameNotice) -> None:
        """Hand on a picture, or why there is none."""
        if isinstance(message, FrameRelay):
            if message.header.source == SOURCE:
                self._audience.frame(self.id, message)
        elif message.source == SOURCE:
            self._audience.notice(self.id, message)

    def preview_told(self, message: PreviewReady | PreviewState) -> None:
        """Hand on a state."""
        kind = "state" if isinstance(message, PreviewState) else "ready"
        content = msgspec.json.encode(message)
        if len(content) > MAX_STATE_BYTES:
            LOGGER.warning("a state of preview %s has %d bytes", self.id, len(content))
            return
        self._tell(kind, {**msgspec.json.decode(content), "type": kind})

    def preview_ended(self, why: Json) -> None:
        """Tell viewers why it is over."""
        told = {"type": "failed", **{name: why.get(name) for name in ("code", "detail", "hint")}}
        self._last.clear()
        self._tell("failed", told)
        self._on_end(self.id)

    def _tell(self, kind: str, content: Json) -> None:
        text = msgspec.json.encode(content).decode()
        self._last[kind] = text
        self._audience.tell(self.id, SOURCE, kind, text)


class Previews:
    """All previews of a server. Lives on the event loop."""

    def __init__(self, audience: Callable[[], Audience]) -> None:
        """Begin without any; pictures go to this audience."""
        self._audience = audience
        self._open: dict[str, OpenPreview] = {}

    async def open(self, preview_id: str, message: StartPreview, files: Descriptors) -> None:
        """Start showing.

        Raises:
            UnavailableError: Too many are open already.
        """
        if len(self._open) >= MAX_OPEN:
            idle = next((one for one in self._open.values() if one.linger is not None), None)
            if idle is None:
                files.close()
                raise UnavailableError(
                    f"{len(self._open)} previews are open already; there is room for {MAX_OPEN}.",
                    hint="Close one of them.",
                )
            self.close_one(idle.id)
        preview = OpenPreview(preview_id, self._audience(), self._ended)
        self._open[preview_id] = preview
        self._let_linger(preview)
        await preview.start(message, files)
        self._audience().source_is_new(preview_id, SOURCE)

    def find(self, preview_id: str) -> OpenPreview:
        """Return a preview.

        Raises:
            PreviewNotFoundError: There is none of that id.
        """
        preview = self._open.get(preview_id)
        if preview is None:
            raise PreviewNotFoundError(preview_id[:64])
        return preview

    def send(self, preview_id: str, message: Watch) -> bool:
        """Tell a preview what is watched of it; one without viewers ends in a while."""
        preview = self._open.get(preview_id)
        if preview is None:
            return False
        if preview.linger is not None:
            preview.linger.cancel()
            preview.linger = None
        if message.fps == 0:
            self._let_linger(preview)
        return preview.send(message)

    def close_one(self, preview_id: str) -> None:
        """End a preview.

        Raises:
            PreviewNotFoundError: There is none of that id.
        """
        preview = self.find(preview_id)
        del self._open[preview_id]
        preview.close()
        self._audience().tell(preview_id, SOURCE, "closed", CLOSED)

    def close(self) -> None:
        """End all."""
        for preview_id in list(self._open):
            self.close_one(preview_id)

    def _let_linger(self, preview: OpenPreview) -> None:
        loop = asyncio.get_running_loop()
        preview.linger = loop.call_later(LINGER_S, self._forget, preview.id)

    def _forget(self, preview_id: str) -> None:
        if preview_id in self._open:
            self.close_one(preview_id)

    def _ended(self, preview_id: str) -> None:
        # The worker is gone; viewers keep the reason on their screens.
        asyncio.get_running_loop().call_later(LINGER_S, self._forget, preview_id)
