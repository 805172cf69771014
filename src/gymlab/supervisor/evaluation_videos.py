"""The films of an evaluation: stored, and those of older evaluations deleted."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from gymlab.domain.ids import is_run_id
from gymlab.protocol.evaluation import VIDEO_KINDS, VideoFile, VideoKind
from gymlab.protocol.worker import EvaluationFilm
from gymlab.supervisor.blobs import BlobTable, read_chunks
from gymlab.supervisor.evaluation_folder import EVALUATIONS, EvaluationFolder

MAX_NOTE = 600
_MP4_BRAND = re.compile(rb"^....ftyp", re.DOTALL)


class VideoShelf:
    """Keeps the films of one evaluation and what is said about them."""

    def __init__(self, folder: EvaluationFolder, blobs: BlobTable) -> None:
        """Begin without films."""
        self._folder = folder
        self._blobs = blobs
        self._videos: list[VideoFile] = []
        self._missing: list[str] = []
        self.notes: list[str] = []
        """What a reader of the summary should know."""

    @property
    def videos(self) -> list[VideoFile]:
        """The films, in the order first, best, worst, median."""
        return sorted(self._videos, key=lambda video: VIDEO_KINDS.index(video.kind))

    def keep(self, message: EvaluationFilm, kinds: Sequence[VideoKind]) -> None:
        """Store a film under every kind of episode that it is of; one of no kind is dropped.

        Raises:
            BlobError: The worker named no blob of the size it said.
            OSError: The disk is full or failing.
        """
        note = (message.note or "")[:MAX_NOTE]
        if message.member is None:
            self._missing.append(note or "A film is missing.")
            return
        if note:
            self.notes.append(f"Episode {message.episode}: {note}")
        size = message.member.size
        with self._blobs.taken(message.member) as descriptor:
            digest = hashlib.sha256()
            for index, chunk in enumerate(read_chunks(descriptor, size)):
                if index == 0 and not _MP4_BRAND.match(chunk):
                    self._missing.append("What the worker sent is no MP4 file.")
                    return
                digest.update(chunk)
            for kind in kinds:
                self._folder.write_video(kind, descriptor, size)
                self._videos.append(
                    VideoFile(
                        kind=kind,
                        episode=message.episode,
                        width=message.width,
                        height=message.height,
                        num_frames=message.num_frames,
                        fps=message.fps,
                        size_bytes=size,
                        sha256=digest.hexdigest(),
                    )
                )

    def reason(self, given: str | None) -> str | None:
        """Return why films are missing; None when none is."""
        reasons = [given] if given is not None else []
        return " ".join(dict.fromkeys([*reasons, *self._missing])) or None


def delete_older_videos(run_folder: Path, keep: int) -> None:
    """Delete the films of all but the newest evaluations that have some.

    Args:
        run_folder: The run's folder.
        keep: How many evaluations keep theirs.
    """
    names = [path.name for path in (run_folder / EVALUATIONS).glob("*") if is_run_id(path.name)]
    # Ids sort by the time at which the evaluation was asked for.
    folders = [EvaluationFolder(run_folder, name) for name in sorted(names, reverse=True)]
    for folder in [folder for folder in folders if folder.has_videos()][keep:]:
        folder.remove_videos()
