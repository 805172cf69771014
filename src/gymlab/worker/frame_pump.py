"""Takes pictures on the stepping thread while somebody watches, and encodes them on another.

A game of ours is not drawn here for whoever can draw it: its state is sent instead, as JSON.
"""

import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import Any

import msgspec

from gymlab.protocol.game_states import GameStateError, encoded_states
from gymlab.protocol.parts import FrameHeader, Tile
from gymlab.protocol.version import MAX_FRAME_BYTES
from gymlab.protocol.worker import Frame, FramesUnavailable
from gymlab.worker.foreign import ForeignCodeError, foreign_code
from gymlab.worker.outbox import Outbox
from gymlab.worker.pacing import Pace
from gymlab.worker.pictures import (
    NoPictureError,
    Picture,
    as_picture,
    composite,
    encode_jpeg,
    grid_of,
)
from gymlab.worker.recorder import Recorder
from gymlab.worker.scene import Scene

_LOG = logging.getLogger(__name__)
MAX_TILES = 8
MAX_FPS = 60.0


@dataclass(frozen=True, slots=True)
class Shot:
    """Pictures of one moment, with everything the header says but size and number."""

    pictures: list[Picture]
    header: FrameHeader
    states: list[dict[str, Any]]
    """Of a game that draws itself in the page, where that is wanted."""
    is_film_only: bool = False
    """Whether nobody who watches wants the pictures."""


class FramePump:
    """The live view of one scene.

    `offer` is called on the stepping thread after every timestep; it costs one comparison
    while nobody watches.
    """

    def __init__(self, scene: Scene, outbox: Outbox) -> None:
        """Begin with nobody watching."""
        self._scene = scene
        self._outbox = outbox
        self._pace = Pace()
        self._record_pace = Pace()
        self._recorder: Recorder | None = None
        self._tiles = 1
        self._record_tiles = 1
        self._shown_moment = -1
        self._is_broken = False
        self._is_wanted = False
        self._is_lit = False
        self._wants_pictures = True
        self._wants_states = False
        self._encoder = Encoder(outbox)

    @property
    def is_watched(self) -> bool:
        """Whether somebody watches or records."""
        return self._is_wanted

    def watch(self, fps: float, tiles: int, *, pictures: bool = True, states: bool = False) -> None:
        """Change what is shown; a new viewer gets a picture at once. Called by any thread.

        Args:
            fps: Moments a second; 0 means that nobody watches.
            tiles: Sub-environments side by side.
            pictures: Whether somebody wants pictures even of a game that draws itself.
            states: Whether somebody draws games from their states.
        """
        rate = min(max(fps, 0.0), MAX_FPS) if fps == fps else 0.0  # noqa: PLR0124 - NaN
        now = time.monotonic()
        tiles = min(max(tiles, 1), MAX_TILES)
        is_other = (tiles, pictures, states) != (
            self._tiles,
            self._wants_pictures,
            self._wants_states,
        )
        if is_other or (rate and not self._pace.is_active):
            self._tiles = tiles
            self._wants_pictures, self._wants_states = pictures, states
            self._shown_moment = -1
        self._pace.set_rate(rate, now)
        self._note_wanted()

    def record(self, recorder: Recorder) -> None:
        """Feed a recorder until it is full; tiled as the viewer sees it now."""
        self._record_tiles = self._tiles
        self._recorder = recorder
        self._record_pace.set_rate(recorder.fps, time.monotonic())
        self._note_wanted()

    def stop_recording(self) -> Recorder | None:
        """Stop feeding the recorder and return it."""
        recorder, self._recorder = self._recorder, None
        self._record_pace.set_rate(0, 0)
        self._note_wanted()
        return recorder

    def offer(self) -> None:
        """Take a picture if one is due and the state has changed since the last one."""
        if not self._is_wanted:
            if self._is_lit:
                self._is_lit = False
                self._scene.light(0)
            return
        now = time.monotonic()
        is_due, is_record_due = self._pace.is_due(now), self._record_pace.is_due(now)
        if not (is_due or is_record_due) or self._scene.num_envs == 0:
            return
        moment = self._scene.moment
        if is_due and moment != self._shown_moment:
            self._shown_moment = moment
            is_filmed = self._tiles == self._record_tiles and self._record_pace.is_nearly_due(now)
            shot = self._shoot(self._tiles, is_shown=True, is_filmed=is_filmed)
            self._pace.taken(now)
            if shot is not None:
                self._encoder.submit(shot)
                if is_filmed and shot.pictures:
                    self._give(shot, now)
                    return
        if is_record_due:
            shot = self._shoot(self._record_tiles, is_shown=False, is_filmed=True)
            if shot is not None:
                self._give(shot, now)

    def close(self) -> None:
        """Finish what is waiting to be encoded."""
        self._is_wanted = False
        self._encoder.close()

    def _give(self, shot: Shot, now: float) -> None:
        self._record_pace.taken(now)
        recorder = self._recorder
        if recorder is not None and not recorder.add(shot.pictures):
            self.stop_recording()

    def _note_wanted(self) -> None:
        wanted = self._pace.is_active or self._record_pace.is_active
        self._is_wanted = wanted and not self._is_broken

    def _shoot(self, tiles: int, *, is_shown: bool, is_filmed: bool) -> Shot | None:
        scene = self._scene
        count = min(tiles, scene.num_envs)
        states: list[dict[str, Any]] = []
        if is_shown and self._wants_states and not self._encoder.has_refused:
            states = scene.states(count)
        is_film_only = bool(states) and not self._wants_pictures
        if is_film_only and not is_filmed:
            return Shot([], self._header(count), states)
        pictures = self._pictures(count)
        if pictures is None:
            return None
        return Shot(pictures, self._header(count), states, is_film_only)

    def _pictures(self, count: int) -> list[Picture] | None:
        """Draw so many sub-environments; None, and nothing more is drawn, where that fails."""
        scene = self._scene
        if scene.no_render_reason is not None:
            self._give_up(scene.no_render_reason)
            return None
        self._is_lit = True
        scene.light(count)
        try:
            with foreign_code("drawing"):
                drawn = [scene.render(index) for index in range(count)]
            return [as_picture(item) for item in drawn]
        except (NoPictureError, ForeignCodeError) as error:
            self._give_up(f"The environment cannot be drawn. {error}")
            return None

    def _header(self, count: int) -> FrameHeader:
        scene = self._scene
        first = scene.tracker(0)
        columns, rows = grid_of(count)
        tiles: list[Tile] = []
        if count > 1:
            for index in range(count):
                shown = scene.tracker(index)
                tiles.append(
                    Tile(index, shown.timestep, shown.episode, _finite(shown.episode_return))
                )
        return FrameHeader(
            seq=0,
            source=scene.source,
            timestep=first.timestep,
            episode=first.episode,
            episode_return=_finite(first.episode_return),
            reward=_finite(first.reward),
            width=0,
            height=0,
            encoding="jpeg",
            phase=scene.phase,
            captured_at=time.time(),
            run_timestep=scene.run_timestep,
            tiles=tiles,
            columns=columns,
            rows=rows,
            thoughts=scene.thoughts() if count == 1 else None,
            fps=scene.fps,
            speed=scene.speed,
        )

    def _give_up(self, reason: str) -> None:
        if not self._is_broken:
            self._is_broken = True
            self._outbox.post(FramesUnavailable(self._scene.source, reason))
        recorder = self.stop_recording()
        if recorder is not None:
            recorder.finish()
        self._note_wanted()


class Encoder:
    """Encodes moments on a thread of its own; at most one waits, the newest."""

    def __init__(self, outbox: Outbox) -> None:
        """Begin without a thread; the first picture starts it."""
        self._outbox = outbox
        self._changed = threading.Condition()
        self._waiting: Shot | None = None
        self._is_closed = False
        self._seq = 0
        self._thread: threading.Thread | None = None
        self.has_refused = False
        """Whether a state was of no game that a page draws: pictures are sent from then on."""

    def submit(self, shot: Shot) -> None:
        """Encode this next; one that still waits is dropped."""
        with self._changed:
            self._waiting = shot
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jpeg", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Encode what waits and end the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while (shot := self._take()) is not None:
            frame = self._encoded(shot)
            if frame is not None:
                self._outbox.post_frame(frame)

    def _encoded(self, shot: Shot) -> Frame | None:
        image, width, height, states = b"", 0, 0, b""
        if shot.pictures and not shot.is_film_only:
            picture = composite(shot.pictures)
            image, (height, width) = encode_jpeg(picture), picture.shape[:2]
        if shot.states:
            try:
                states = encoded_states(shot.states)
            except GameStateError as error:
                _LOG.warning("pictures are sent instead of states: %s", error)
                self.has_refused = True
        if len(image) > MAX_FRAME_BYTES or not (image or states):
            return None
        self._seq += 1
        header = msgspec.structs.replace(shot.header, seq=self._seq, width=width, height=height)
        return Frame(header, image, states)

    def _take(self) -> Shot | None:
        with self._changed:
            while self._waiting is None and not self._is_closed:
                self._changed.wait()
            shot, self._waiting = self._waiting, None
            return shot


def _finite(value: float) -> float:
    # JSON has no NaN; the row of the episode says null.
    return value if math.isfinite(value) else 0.0
