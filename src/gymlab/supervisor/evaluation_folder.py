"""The folder of one evaluation inside its run's folder; its shim is the only writer."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import msgspec

from gymlab.protocol.evaluation import VIDEO_KINDS, EvaluationSummary
from gymlab.protocol.parts import EpisodeOutcome
from gymlab.protocol.shim import EvaluationState
from gymlab.supervisor.atomic import make_folder, write_atomically, write_stream
from gymlab.supervisor.blobs import read_chunks

EVALUATIONS = "eval"
STATE_FILE = "state.json"
SUMMARY_FILE = "summary.json"
EPISODES_FILE = "episodes.jsonl"
LOCK_FILE = ".lock"
MAX_EPISODES_BYTES = 256 * 1024


class EvaluationClaimError(Exception):
    """Another shim has, or had, this evaluation."""


class EvaluationFolder:
    """Paths and files of an evaluation."""

    def __init__(self, run_folder: Path, evaluation_id: str) -> None:
        """Look at this evaluation of this run."""
        self.path = run_folder / EVALUATIONS / evaluation_id
        self._lock: IO[str] | None = None

    # ---- reading --------------------------------------------------------------------------

    def video(self, kind: str) -> Path:
        """Return where the film of this kind of episode lies."""
        return self.path / f"{kind}.mp4"

    def read_state(self) -> EvaluationState | None:
        """Return what was last stored; None when there is nothing readable."""
        try:
            return msgspec.json.decode((self.path / STATE_FILE).read_bytes(), type=EvaluationState)
        except (OSError, ValueError):
            return None

    def read_summary(self) -> EvaluationSummary | None:
        """Return what was found; None when there is nothing readable."""
        try:
            content = (self.path / SUMMARY_FILE).read_bytes()
            return msgspec.json.decode(content, type=EvaluationSummary)
        except (OSError, ValueError):
            return None

    def read_episodes(self) -> list[EpisodeOutcome]:
        """Return the episodes whose lines are complete."""
        try:
            with (self.path / EPISODES_FILE).open("rb") as file:
                lines = file.read(MAX_EPISODES_BYTES).split(b"\n")[:-1]
            return [msgspec.json.decode(line, type=EpisodeOutcome) for line in lines]
        except (OSError, ValueError):
            return []

    def has_videos(self) -> bool:
        """Tell whether any film is there."""
        return any(self.video(kind).exists() for kind in VIDEO_KINDS)

    # ---- writing --------------------------------------------------------------------------

    def claim(self) -> None:
        """Become the only writer; the claim ends with the process.

        Raises:
            EvaluationClaimError: A living shim holds it, it was begun before, or its run is gone.
            OSError: The folder cannot be made.
        """
        if not self.path.parent.parent.is_dir():
            raise EvaluationClaimError(f"the run of evaluation {self.path.name} is gone")
        make_folder(self.path.parent)
        make_folder(self.path)
        self._lock = (self.path / LOCK_FILE).open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EvaluationClaimError(f"evaluation {self.path.name} is taken") from error
        if self.read_state() is not None:
            raise EvaluationClaimError(f"evaluation {self.path.name} was begun before")

    def write_state(self, state: EvaluationState, *, durable: bool) -> None:
        """Replace `state.json`."""
        write_atomically(self.path / STATE_FILE, msgspec.json.encode(state), durable=durable)

    def write_summary(self, summary: EvaluationSummary) -> None:
        """Store what was found."""
        content = msgspec.json.format(msgspec.json.encode(summary), indent=2)
        write_atomically(self.path / SUMMARY_FILE, content, durable=True)

    def append_episodes(self, episodes: Iterable[EpisodeOutcome]) -> None:
        """Append finished episodes."""
        with (self.path / EPISODES_FILE).open("ab") as file:
            file.writelines(msgspec.json.encode(episode) + b"\n" for episode in episodes)

    def write_video(self, kind: str, descriptor: int, size: int) -> None:
        """Store a film from a blob: wholly or not at all.

        Raises:
            OSError: The disk is full or failing.
        """
        write_stream(self.video(kind), read_chunks(descriptor, size))

    def remove_videos(self) -> None:
        """Delete the films; the numbers stay."""
        for kind in VIDEO_KINDS:
            # What cannot be deleted is no reason for anything else to fail.
            with contextlib.suppress(OSError):
                self.video(kind).unlink()

    def remove(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.path, ignore_errors=True)
