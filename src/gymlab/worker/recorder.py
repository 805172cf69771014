"""Writes pictures to an H.264 film in memory, on a thread of its own."""

import io
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import av
import numpy as np
from av.codec.codec import UnknownCodecError
from av.error import EncoderNotFoundError, FFmpegError

from gymlab.worker.pictures import Picture, composite, contiguous

_LOG = logging.getLogger(__name__)
MAX_WAITING = 16
"""Pictures that may wait to be encoded; further ones are left out."""
MAX_FPS = 60.0
ENCODER = "libx264"


@dataclass(frozen=True, slots=True)
class Film:
    """A finished recording."""

    recording_id: str
    content: bytes
    """An MP4 file with its index in front."""
    num_frames: int
    fps: float
    width: int
    height: int


class Recorder:
    """One recording: takes pictures until it is full or finished, then hands over the film."""

    def __init__(
        self,
        recording_id: str,
        *,
        max_frames: int,
        fps: float,
        on_film: Callable[[Film], None],
        on_failure: Callable[[str], None],
    ) -> None:
        """Start the encoding thread.

        Args:
            recording_id: Name of the recording.
            max_frames: Pictures after which it is full.
            fps: Pictures per second of the film.
            on_film: Takes the film; called on the encoding thread.
            on_failure: Takes the reason why there is no film; called on the encoding thread.
        """
        self.fps = min(max(fps, 1.0), MAX_FPS)
        self._id = recording_id
        self._max_frames = max(1, max_frames)
        self._on_film = on_film
        self._on_failure = on_failure
        self._taken = 0
        self._is_finished = False
        self._queue: queue.Queue[list[Picture] | None] = queue.Queue(MAX_WAITING + 1)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def add(self, pictures: list[Picture]) -> bool:
        """Take one moment's pictures; tell whether more are wanted. Never blocks."""
        if self._is_finished:
            return False
        if self._queue.qsize() < MAX_WAITING:
            self._queue.put_nowait(pictures)
            self._taken += 1
        if self._taken >= self._max_frames:
            self.finish()
        return not self._is_finished

    def finish(self) -> None:
        """Take no more pictures; the film follows when the waiting ones are encoded."""
        if not self._is_finished:
            self._is_finished = True
            self._queue.put_nowait(None)

    def join(self, timeout_s: float) -> None:
        """Wait until the film was handed over."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            film = self._encode()
        except (FFmpegError, ValueError, OSError, MemoryError) as error:
            _LOG.exception("recording %s failed", self._id)
            self._is_finished = True
            self._on_failure(f"The recording failed: {error}")
            return
        if film is None:
            self._on_failure("Nothing was recorded: no picture was taken in the meantime.")
        else:
            self._on_film(film)

    def _encode(self) -> Film | None:
        first = self._queue.get()
        if first is None:
            return None
        picture = _even(composite(first))
        writer = FilmWriter(self.fps, width=picture.shape[1], height=picture.shape[0])
        writer.add(picture)
        while (pictures := self._queue.get()) is not None:
            writer.add(_even(composite(pictures)))
        return Film(
            recording_id=self._id,
            content=writer.finish(),
            num_frames=writer.num_frames,
            fps=self.fps,
            width=writer.width,
            height=writer.height,
        )


class FilmWriter:
    """An MP4 file that grows in memory."""

    def __init__(self, fps: float, *, width: int, height: int, threads: int = 1) -> None:
        """Open the file.

        Args:
            fps: Pictures per second.
            width: Even number of pixels.
            height: Even number of pixels.
            threads: Cores that the encoder may use.
        """
        self.width, self.height = width, height
        self.num_frames = 0
        self._file = _Reopenable()
        # The muxer reads back what it wrote to move the index in front, under the file's name.
        self._container: Any = av.open(
            self._file.open(),
            "w",
            format="mp4",
            options={"movflags": "+faststart"},
            io_open=self._file.open,
        )
        rate = Fraction(fps).limit_denominator(1000)
        self._time_base = 1 / rate
        self._stream: Any = _h264_stream(self._container, rate, threads)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"

    def add(self, picture: Picture) -> None:
        """Append a picture; one of another size is cut or padded."""
        fitted = _fitted(picture, self.height, self.width)
        frame: Any = av.VideoFrame.from_ndarray(cast("Any", fitted), format="rgb24")
        frame.pts = self.num_frames
        frame.time_base = self._time_base
        self._container.mux(self._stream.encode(frame))
        self.num_frames += 1

    def finish(self) -> bytes:
        """Close the file and return its bytes."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._file.content()


def _h264_stream(container: Any, rate: Fraction, threads: int) -> Any:
    options = {"preset": "veryfast", "crf": "23", "threads": str(threads)}
    try:
        return container.add_stream(ENCODER, rate=rate, options=options)
    except (UnknownCodecError, EncoderNotFoundError) as error:
        raise ValueError(
            f"this machine's PyAV has no H.264 encoder ({ENCODER}); reinstall the package av"
        ) from error


class _Reopenable:
    """One file in memory that the muxer may open for writing and again for reading."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def open(self, _url: str = "", _flags: int = 0, _options: object = None) -> "_View":
        return _View(self._buffer)

    def content(self) -> bytes:
        return bytes(self._buffer)


class _View:
    """A position in a shared buffer, with what FFmpeg asks of a file."""

    def __init__(self, buffer: bytearray) -> None:
        self._buffer = buffer
        self._position = 0

    def read(self, size: int) -> bytes:
        chunk = bytes(self._buffer[self._position : self._position + size])
        self._position += len(chunk)
        return chunk

    def write(self, data: bytes) -> int:
        # Moving a short film back by the size of its index writes past the present end.
        self._buffer.extend(bytes(max(0, self._position - len(self._buffer))))
        end = self._position + len(data)
        self._buffer[self._position : end] = data
        self._position = end
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._buffer)}
        self._position = origin[whence] + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        return

    def close(self) -> None:
        return


def _even(picture: Picture) -> Picture:
    """Repeat the last row or column of a picture with odd sides, as H.264 needs even ones."""
    height, width = picture.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return picture
    return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _fitted(picture: Picture, height: int, width: int) -> Picture:
    if picture.shape[:2] == (height, width):
        return contiguous(picture)
    fitted = np.zeros((height, width, 3), dtype=np.uint8)
    part = picture[:height, :width]
    fitted[: part.shape[0], : part.shape[1]] = part
    return fitted
