"""A user's own evaluation beside the usual one: episodes are recorded and judged at the end."""

from gymlab.domain.code import SourceCode
from gymlab.envs.judging.episodes import MAX_BYTES, EpisodeRecording, RecordedEpisode
from gymlab.envs.judging.function import EvaluationFunction
from gymlab.errors import UserCodeError
from gymlab.worker.playing import EpisodePlayer

MAX_PROBLEM = 500


class EpisodeJudge:
    """Records what is played, and never keeps the usual numbers from being computed."""

    def __init__(self, code: SourceCode | None) -> None:
        """Load the source; None records nothing."""
        self.problem: str | None = None
        """Why there are no metrics."""
        self._function: EvaluationFunction | None = None
        self._episodes: list[RecordedEpisode] = []
        self._room = MAX_BYTES
        if code is not None:
            try:
                self._function = EvaluationFunction(code)
            except UserCodeError as error:
                self._refuse(error)

    def watch(self, player: EpisodePlayer, seed: int) -> EpisodeRecording | None:
        """Return what records an episode that is about to be played; None where nothing does."""
        if self._function is None or self.problem is not None:
            return None
        recording = EpisodeRecording(seed, room_bytes=self._room)
        player.recording = recording
        return recording

    def keep(self, recording: EpisodeRecording | None) -> None:
        """Take an episode that was played."""
        if recording is None or self.problem is not None:
            return
        if recording.problem is not None:
            self.problem = recording.problem
            self._episodes.clear()
            return
        self._room = recording.room_bytes
        self._episodes.append(recording.finish())

    def metrics(self) -> dict[str, float | None]:
        """Return what the user's code says; nothing where it fails."""
        if self._function is None or self.problem is not None:
            return {}
        try:
            return self._function(self._episodes)
        except UserCodeError as error:
            self._refuse(error)
            return {}

    def _refuse(self, error: UserCodeError) -> None:
        hint = f" {error.hint}" if error.hint else ""
        self.problem = f"{error.detail}{hint}"[:MAX_PROBLEM]
