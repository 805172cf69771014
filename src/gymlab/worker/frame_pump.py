"""Takes pictures on the stepping thread while somebody watches, and encodes them on another."""

import math
import threading
import time
from dataclasses import dataclass

import msgspec

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

MAX_TILES = 8
MAX_FPS = 60.0


@dataclass(frozen=True, slots=True)
class Shot:
    """Pictures of one moment, with everything the header says but size and number."""

    pictures: list[Picture]
    header: FrameHeader


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
        self._encoder = Encoder(outbox)

    @property
    def is_watched(self) -> bool:
        """Whether somebody watches or records."""
        return self._is_wanted

    def watch(self, fps: float, tiles: int) -> None:
        """Change rate and tiling; a new viewer gets a picture at once. Called by any thread."""
        rate = min(max(fps, 0.0), MAX_FPS) if fps == fps else 0.0  # noqa: PLR0124 - NaN
        now = time.monotonic()
        tiles = min(max(tiles, 1), MAX_TILES)
        if tiles != self._tiles or (rate and not self._pace.is_active):
            self._tiles = tiles
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
            shot = self._shoot(self._tiles)
            self._pace.taken(now)
            if shot is not None:
                self._encoder.submit(shot)
                if self._tiles == self._record_tiles and self._record_pace.is_nearly_due(now):
                    self._give(shot, now)
                    return
        if is_record_due:
            shot = self._shoot(self._record_tiles)
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

    def _shoot(self, tiles: int) -> Shot | None:
        scene = self._scene
        count = min(tiles, scene.num_envs)
        if scene.no_render_reason is not None:
            self._give_up(scene.no_render_reason)
            return None
        self._is_lit = True
        scene.light(count)
        try:
            with foreign_code("drawing"):
                drawn = [scene.render(index) for index in range(count)]
            pictures = [as_picture(item) for item in drawn]
        except (NoPictureError, ForeignCodeError) as error:
            self._give_up(f"The environment cannot be drawn. {error}")
            return None
        return Shot(pictures, self._header(count))

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
    """Encodes pictures on a thread of its own; at most one waits, the newest."""

    def __init__(self, outbox: Outbox) -> None:
        """Begin without a thread; the first picture starts it."""
        self._outbox = outbox
        self._changed = threading.Condition()
        self._waiting: Shot | None = None
        self._is_closed = False
        self._seq = 0
        self._thread: threading.Thread | None = None

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
            picture = composite(shot.pictures)
            image = encode_jpeg(picture)
            if len(image) > MAX_FRAME_BYTES:
                continue
            self._seq += 1
            header = _sized(shot.header, self._seq, picture)
            self._outbox.post_frame(Frame(header, image))

    def _take(self) -> Shot | None:
        with self._changed:
            while self._waiting is None and not self._is_closed:
                self._changed.wait()
            shot, self._waiting = self._waiting, None
            return shot


def _sized(header: FrameHeader, seq: int, picture: Picture) -> FrameHeader:
    return msgspec.structs.replace(header, seq=seq, width=picture.shape[1], height=picture.shape[0])


def _finite(value: float) -> float:
    # JSON has no NaN; the row of the episode says null.
    return value if math.isfinite(value) else 0.0
