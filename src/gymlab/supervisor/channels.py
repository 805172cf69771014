"""What a session needs of its worker and of the way to the server, and passing pictures between."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from gymlab.protocol.game_states import GameStateError, checked_states
from gymlab.protocol.shim import FrameNotice, FrameRelay, FromShim
from gymlab.protocol.version import MAX_FRAME_BYTES
from gymlab.protocol.worker import Frame, FrameStatus, FramesUnavailable, FromWorker, ToWorker
from gymlab.supervisor.marker_page import MarkerPage
from gymlab.supervisor.watchdog import Watchdog

LOGGER = logging.getLogger(__name__)


class Worker(Protocol):
    """A worker process as its session sees it."""

    @property
    def pid(self) -> int:
        """Process id."""
        ...

    @property
    def marker(self) -> MarkerPage:
        """Where it notes that user code is running."""
        ...

    @property
    def last_printed(self) -> bytes:
        """The end of what it printed."""
        ...

    def send(self, message: ToWorker, descriptors: Sequence[int] = ()) -> None:
        """Queue a message."""
        ...

    def watchdog(
        self,
        *,
        memory_limit_bytes: int,
        timestep: Callable[[], int],
        has_user_code: bool,
        lent_bytes: Callable[[], int],
    ) -> Watchdog:
        """Return what looks at it from outside."""
        ...

    def limit_memory(self, limit_bytes: int) -> None:
        """Have the kernel hold it to this much memory."""
        ...

    def was_ended_for_memory(self) -> bool:
        """Tell whether the kernel ended it for going past that memory."""
        ...

    def listen(self, *, on: bool) -> None:
        """Read what it says, or leave it waiting."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


class Link(Protocol):
    """The way to the server as a session sees it."""

    def send_if_room(self, message: FromShim) -> None:
        """Send a message that a later one replaces."""
        ...


def picture_of(message: FromWorker) -> FrameRelay | FrameNotice | None:
    """Return what viewers are sent; None for what is no picture, or too large for one."""
    match message:
        case Frame():
            return _checked(message)
        case FramesUnavailable():
            return FrameNotice(source=message.source, kind="unavailable", detail=message.reason)
        case FrameStatus():
            return FrameNotice(
                source=message.source, kind="status", detail=message.detail, phase=message.phase
            )
        case _:
            return None


def _checked(frame: Frame) -> FrameRelay | None:
    """Return what of a moment may travel on: nothing of a worker reaches a page unread."""
    if len(frame.image) > MAX_FRAME_BYTES:
        return None
    states = b""
    if frame.states:
        try:
            states = checked_states(frame.states)
        except GameStateError as error:
            LOGGER.debug("states were refused: %s", error)
    if not states and not frame.image:
        return None
    return FrameRelay(header=frame.header, image=frame.image, states=states)


async def wait_for(event: asyncio.Event, timeout_s: float) -> None:
    """Wait for an event, but no longer than this."""
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
