"""Who watches what: at most the newest moment waits for each viewer."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import get_args

from gymlab.protocol.parts import FrameSource
from gymlab.protocol.shim import FrameNotice, FrameRelay, ToShim
from gymlab.protocol.worker import Watch

EARLY_SHARE = 0.5
"""A picture may come this share of an interval early: senders' clocks jitter."""
SOURCES: tuple[FrameSource, ...] = get_args(FrameSource)
SendToShim = Callable[[str, ToShim], bool]


@dataclass(slots=True, eq=False)
class Viewer:
    """One open WebSocket."""

    run_id: str
    source: FrameSource
    fps: float
    tiles: int
    wants_states: bool = False
    """Whether it draws games itself from their states."""
    is_paused: bool = False
    frame: FrameRelay | None = None
    notices: list[FrameNotice] = field(default_factory=list[FrameNotice])
    told: dict[str, str] = field(default_factory=dict[str, str])
    """Messages of a preview as JSON, the newest of each kind."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    next_at: float = 0.0
    has_ended: bool = False
    """Whether the run was seen to end."""

    def offer(self, frame: FrameRelay) -> None:
        """Take a moment if one is due; it replaces one that was not sent yet."""
        if not frame.image and not (self.wants_states and frame.states):
            return
        present = time.monotonic()
        if self.is_paused or present < self.next_at:
            return
        interval = 1 / self.fps
        # Due times keep the viewer's rhythm, so that jitter does not cost every second picture.
        self.next_at = max(self.next_at + interval, present - interval * EARLY_SHARE)
        self.frame = frame
        self.news.set()


class Audience:
    """Viewers of all runs. Lives on the event loop."""

    def __init__(self, send: SendToShim) -> None:
        """Tell shims what is watched with `send`."""
        self._send = send
        self._viewers: dict[str, set[Viewer]] = {}
        self._told: dict[tuple[str, FrameSource], Watch] = {}
        self._speeds: dict[tuple[str, FrameSource], float] = {}
        self._latest: dict[tuple[str, FrameSource], FrameRelay] = {}
        """What a viewer sees who joins while nothing moves."""
        self._unavailable: dict[tuple[str, FrameSource], FrameNotice] = {}

    def join(self, viewer: Viewer) -> None:
        """Begin to show."""
        self._viewers.setdefault(viewer.run_id, set()).add(viewer)
        known = self._unavailable.get((viewer.run_id, viewer.source))
        if known is not None:
            viewer.notices.append(known)
            viewer.news.set()
        latest = self._latest.get((viewer.run_id, viewer.source))
        if latest is not None:
            viewer.offer(latest)
        self.adjust(viewer.run_id)

    def leave(self, viewer: Viewer) -> None:
        """Show no more."""
        viewers = self._viewers.get(viewer.run_id, set())
        viewers.discard(viewer)
        if not any(other.source == viewer.source for other in viewers):
            self._speeds.pop((viewer.run_id, viewer.source), None)
            self._latest.pop((viewer.run_id, viewer.source), None)
        self.adjust(viewer.run_id)
        if not viewers:
            self._viewers.pop(viewer.run_id, None)

    def set_speed(self, run_id: str, source: FrameSource, speed: float) -> None:
        """Play a source at a multiple of its natural speed, for all who watch it; 0: no limit."""
        self._speeds[run_id, source] = speed
        self.adjust(run_id)

    def adjust(self, run_id: str) -> None:
        """Tell the run's shim what is watched, where that changed."""
        for source in SOURCES:
            watching = [
                viewer
                for viewer in self._viewers.get(run_id, ())
                if viewer.source == source and not viewer.is_paused
            ]
            key = (run_id, source)
            wish = Watch(source=source, fps=0.0)
            if watching:
                wish = Watch(
                    source=source,
                    fps=max(viewer.fps for viewer in watching),
                    tiles=max(viewer.tiles for viewer in watching),
                    pictures=not all(viewer.wants_states for viewer in watching),
                    states=any(viewer.wants_states for viewer in watching),
                    speed=self._speeds.get(key, 1.0),
                )
            if self._told.get(key, Watch(source=source, fps=0.0)) == wish:
                continue
            if self._send(run_id, wish):
                self._told[key] = wish
            if not watching:
                self._told.pop(key, None)

    def is_watched(self, run_id: str, source: FrameSource) -> bool:
        """Tell whether somebody looks at a source."""
        return any(viewer.source == source for viewer in self._viewers.get(run_id, ()))

    def shim_is_new(self, run_id: str) -> None:
        """Tell a shim that just connected, or just took the run, everything that is watched."""
        for source in SOURCES:
            if source != "evaluation":
                self._forget(run_id, source)
        self.adjust(run_id)

    def source_is_new(self, run_id: str, source: FrameSource) -> None:
        """Tell the process that just began to show a source what is watched of it."""
        self._forget(run_id, source)
        self.adjust(run_id)

    def _forget(self, run_id: str, source: FrameSource) -> None:
        self._told.pop((run_id, source), None)
        self._unavailable.pop((run_id, source), None)
        self._latest.pop((run_id, source), None)

    def frame(self, run_id: str, frame: FrameRelay) -> None:
        """Hand on a moment."""
        source = frame.header.source
        if self.is_watched(run_id, source):
            self._latest[run_id, source] = frame
        for viewer in self._viewers.get(run_id, ()):
            if viewer.source == source:
                viewer.offer(frame)

    def notice(self, run_id: str, notice: FrameNotice) -> None:
        """Hand on why there is no picture."""
        key = (run_id, notice.source)
        if notice.kind == "unavailable":
            self._unavailable[key] = notice
        else:
            self._unavailable.pop(key, None)
        for viewer in self._viewers.get(run_id, ()):
            if viewer.source == notice.source and len(viewer.notices) < 16:
                viewer.notices.append(notice)
                viewer.news.set()

    def tell(self, run_id: str, source: FrameSource, kind: str, text: str) -> None:
        """Hand on a message; a newer one replaces one of the same kind that waits."""
        for viewer in self._viewers.get(run_id, ()):
            if viewer.source == source:
                viewer.told[kind] = text
                viewer.news.set()

    def run_ended(self, run_id: str) -> None:
        """Forget what was told of a run, and wake its viewers so that they look."""
        for source in SOURCES:
            if source != "evaluation":
                self._forget(run_id, source)
        for viewer in self._viewers.get(run_id, ()):
            if viewer.source != "evaluation":
                viewer.has_ended = True
                viewer.news.set()

    def wake_everybody(self) -> None:
        """Wake every viewer, for the end."""
        for viewers in self._viewers.values():
            for viewer in viewers:
                viewer.news.set()
