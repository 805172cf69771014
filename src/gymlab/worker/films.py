"""Films of whole episodes: scaled, encoded, and decoded again before anybody trusts them."""

import io
import os
import queue
import threading
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from PIL import Image

from gymlab.worker.pictures import Picture, as_picture, contiguous
from gymlab.worker.recorder import MAX_FPS, FilmWriter

MAX_WIDTH, MAX_HEIGHT = 1280, 720
MIN_SIDE = 16
"""Smaller pictures are repeated pixel by pixel: players and encoders dislike tiny films."""
MAX_WAITING = 8
"""Pictures that may wait to be encoded."""
NUM_THREADS = min(4, os.cpu_count() or 1)
"""Of the encoder: nobody trains in this process."""
MAX_FRAMES = 20_000
"""A longer episode is filmed up to here."""


class FilmError(Exception):
    """There is no film; the message says why."""


@dataclass(frozen=True, slots=True)
class FinishedFilm:
    """An MP4 file that was decoded again."""

    content: bytes
    num_frames: int
    fps: float
    width: int
    height: int


class EpisodeFilm:
    """Takes what an environment draws in every state of one episode.

    Pictures are encoded on a thread of its own while the episode goes on; whoever draws waits
    when `MAX_WAITING` of them wait, and none is left out.
    """

    def __init__(self, natural_fps: float) -> None:
        """Prepare for an environment that looks right at this rate."""
        # Faster ones keep their speed and lose every second, third, ... picture.
        self._every = max(1, -int(-natural_fps // MAX_FPS))
        self.fps = natural_fps / self._every
        self._writer: FilmWriter | None = None
        self._seen = 0
        self._queue: queue.Queue[Picture | None] = queue.Queue(MAX_WAITING)
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None

    @property
    def is_full(self) -> bool:
        """Whether the film is as long as it may be."""
        return self._seen >= MAX_FRAMES * self._every

    def wants_next(self) -> bool:
        """Tell whether the state that has just come is to be drawn; call it once for each."""
        self._seen += 1
        return not self.is_full and (self._seen - 1) % self._every == 0

    def add(self, drawn: object) -> None:
        """Append what was drawn.

        Raises:
            NoPictureError: It is no picture.
            FFmpegError: An earlier picture could not be encoded; also ValueError, OSError or
                MemoryError.
        """
        picture = as_picture(drawn)
        if self._thread is None:
            self._thread = threading.Thread(target=self._encode, name="film", daemon=True)
            self._thread.start()
        self._require_working()
        self._queue.put(picture)

    def finish(self) -> FinishedFilm:
        """Close the film and decode it.

        Raises:
            FilmError: What comes out is not what went in.
            FFmpegError: A picture could not be encoded; also ValueError, OSError or MemoryError.
        """
        self.close()
        self._require_working()
        writer = self._writer
        if writer is None:
            raise FilmError("nothing was drawn")
        content = writer.finish()
        expected = (writer.num_frames, writer.width, writer.height)
        found = decoded_size(content)
        if found != expected:
            raise FilmError(f"the film has {found} frames, width and height instead of {expected}")
        return FinishedFilm(content, writer.num_frames, self.fps, writer.width, writer.height)

    def close(self) -> None:
        """Encode what waits and end the thread; a film that is not finished is given up."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _require_working(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _encode(self) -> None:
        try:
            while (picture := self._queue.get()) is not None:
                self._encode_one(within_720p(picture))
        except (FFmpegError, ValueError, OSError, MemoryError) as error:
            self._failure = error
            # Whoever draws must not wait for ever.
            while self._queue.get() is not None:
                pass

    def _encode_one(self, picture: Picture) -> None:
        if self._writer is None:
            height, width = picture.shape[:2]
            self._writer = FilmWriter(self.fps, width=width, height=height, threads=NUM_THREADS)
        self._writer.add(picture)


def within_720p(picture: Picture) -> Picture:
    """Return the picture with even sides, scaled into 1280 x 720 if it is larger."""
    height, width = picture.shape[:2]
    if min(height, width) < MIN_SIDE:
        factor = -(-MIN_SIDE // min(height, width))
        picture = picture.repeat(factor, axis=0).repeat(factor, axis=1)
        height, width = picture.shape[:2]
    share = min(1.0, MAX_WIDTH / width, MAX_HEIGHT / height)
    if share < 1.0:
        size = (max(2, int(width * share) // 2 * 2), max(2, int(height * share) // 2 * 2))
        image = Image.fromarray(contiguous(picture))
        return np.asarray(image.resize(size, Image.Resampling.BOX))
    if height % 2 or width % 2:
        return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return picture


def decoded_size(content: bytes) -> tuple[int, int, int]:
    """Return frames, width and height of a film, found by decoding all of it."""
    with av.open(io.BytesIO(content)) as container:
        film: Any = container
        stream: Any = film.streams.video[0]
        stream.thread_type = "AUTO"
        count = sum(1 for _ in film.decode(stream))
        return count, int(stream.width), int(stream.height)
