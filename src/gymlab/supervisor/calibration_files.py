"""What a short training would leave on the disk: weighed message by message, then thrown away."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec

from gymlab.domain.costs import Written
from gymlab.protocol.learning import LearnerPicture
from gymlab.protocol.parts import EpisodeRow, LearnerRow
from gymlab.protocol.worker import Checkpoint
from gymlab.supervisor.rows import RowNumberer

MAX_REMEMBERED = 20_000


class Scales:
    """Weighs what a run's shim would write."""

    def __init__(self, numberer: RowNumberer) -> None:
        """Begin with nothing; rows are numbered as a run's are, to see how long they get."""
        self._numberer = numberer
        self._num_episodes = 0
        self._latest: deque[tuple[int, int]] = deque(maxlen=MAX_REMEMBERED)
        """Timestep and length of the latest episodes."""
        self._episode_bytes = self._learner_bytes = 0
        self._picture_bytes: int | None = None
        self._checkpoints: list[tuple[int, int, int]] = []
        """Timestep, lasting and transient bytes of the first checkpoint and the last."""

    def episodes(self, rows: Sequence[EpisodeRow]) -> None:
        """Weigh episodes that ended."""
        self._num_episodes += len(rows)
        self._latest.extend((row.timestep, row.episode_length) for row in rows)
        self._episode_bytes += _weight(self._numberer.episodes(rows))

    def learner(self, row: LearnerRow) -> None:
        """Weigh a report of the learner."""
        self._learner_bytes += _weight([self._numberer.learner(row)])

    def picture(self, message: LearnerPicture) -> None:
        """Weigh a picture of the learner."""
        self._picture_bytes = len(msgspec.json.encode([message.network, message.values]))

    def checkpoint(self, message: Checkpoint) -> None:
        """Weigh a checkpoint."""
        lasting = sum(item.size for item in message.members if not item.transient)
        transient = sum(item.size for item in message.members if item.transient)
        self._checkpoints[1:] = [(message.timestep, lasting, transient)]

    def total(self, num_timesteps: int) -> Written:
        """Return what all of it weighs, after so many timesteps."""
        return Written(
            num_episodes=self._num_episodes,
            episode_length=self._recent_length(num_timesteps),
            episode_row_bytes=self._episode_bytes / max(1, self._num_episodes),
            learner_row_bytes_per_timestep=self._learner_bytes / max(1, num_timesteps),
            picture_bytes=self._picture_bytes,
            **self._of_checkpoints(),
        )

    def _recent_length(self, num_timesteps: int) -> float | None:
        late = [length for timestep, length in self._latest if 2 * timestep >= num_timesteps]
        lengths = late or [length for _, length in self._latest]
        return sum(lengths) / len(lengths) if lengths else None

    def _of_checkpoints(self) -> dict[str, Any]:
        if not self._checkpoints:
            return {}
        first, last = self._checkpoints[0], self._checkpoints[-1]
        timesteps, grown = last[0] - first[0], last[2] - first[2]
        return {
            "checkpoint_timestep": last[0],
            "checkpoint_bytes": last[1],
            "transient_bytes": last[2],
            "transient_bytes_per_timestep": max(0, grown) / timesteps if timesteps > 0 else None,
        }


def _weight(rows: Sequence[dict[str, Any]]) -> int:
    return sum(len(msgspec.json.encode(row)) + 1 for row in rows)
