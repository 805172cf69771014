"""Recordings of a scene: started and stopped by commands, sent as artifacts."""

from gymlab.domain.events import EventLevel, EventType
from gymlab.protocol.worker import Artifact, LogEvent, Record
from gymlab.worker.blobs import BlobRefusedError, BlobWriter
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.outbox import Outbox
from gymlab.worker.recorder import Film, Recorder

FINISH_TIMEOUT_S = 60.0


class Recordings:
    """At most one recording at a time, and the sending of what it gives."""

    def __init__(self, pump: FramePump, outbox: Outbox, blobs: BlobWriter) -> None:
        """Begin without a recording."""
        self._pump = pump
        self._outbox = outbox
        self._blobs = blobs
        self._recorders: list[Recorder] = []

    def start(self, command: Record) -> None:
        """Begin a recording; one under way is finished first. Called by the reading thread."""
        self.stop()
        recorder = Recorder(
            command.recording_id,
            max_frames=command.max_frames,
            fps=command.fps,
            on_film=self._send,
            on_failure=self._warn,
        )
        self._recorders.append(recorder)
        self._pump.record(recorder)

    def stop(self) -> None:
        """Finish the recording under way, if any."""
        recorder = self._pump.stop_recording()
        if recorder is not None:
            recorder.finish()

    def close(self) -> None:
        """Finish and wait until everything was handed over."""
        self.stop()
        for recorder in self._recorders:
            recorder.join(FINISH_TIMEOUT_S)

    def _send(self, film: Film) -> None:
        name = f"{film.recording_id}.mp4"
        try:
            (member,) = self._blobs.members({name: film.content})
        except BlobRefusedError as error:
            self._warn(f"The recording was not stored. {error.detail}")
            return
        self._outbox.post(
            Artifact(
                path=f"recordings/{name}",
                kind="recording",
                member=member,
                message=f"Recording of {film.num_frames} frames saved.",
                data={
                    "recording_id": film.recording_id,
                    "num_frames": film.num_frames,
                    "fps": film.fps,
                    "width": film.width,
                    "height": film.height,
                },
            )
        )

    def _warn(self, message: str) -> None:
        event = LogEvent(EventType.WARNING.value, EventLevel.WARNING.value, message)
        self._outbox.post(event)
