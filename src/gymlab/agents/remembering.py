"""Learning from a memory of transitions: what checkpoints keep of it."""

from typing import Generic, Protocol, TypeVar

from gymlab.agents.config_replay import ReplayConfig
from gymlab.agents.learner import Learner
from gymlab.domain.events import EventLevel, EventType
from gymlab.runner_api.runner import Members

REPLAY_FILE = "replay_buffer.safetensors"
LARGEST_REPLAY_BYTES = 1024**3
"""Larger memories are not saved: copying them would stop training for seconds each time."""


class SavedReplay(Protocol):
    """A memory that can be written down."""

    @property
    def filled_bytes(self) -> int:
        """Memory of what is filled."""
        ...

    def members(self) -> dict[str, bytes]:
        """Return the file with everything that is filled."""
        ...

    def load(self, data: bytes) -> None:
        """Fill an empty memory of the same size."""
        ...


Memory = TypeVar("Memory", bound=SavedReplay)


class Remembering(Learner, Generic[Memory]):
    """An agent with a memory that only the latest checkpoint keeps."""

    replay: Memory
    learning_starts: int
    """Timestep after which it learns."""
    remembered: ReplayConfig
    """Its hyperparameters."""
    _is_size_warned = False

    def transient_members(self) -> dict[str, bytes]:
        """Return the memory, unless it is too large to copy."""
        size = self.replay.filled_bytes
        if size <= LARGEST_REPLAY_BYTES:
            return self.replay.members()
        if not self._is_size_warned:
            self._is_size_warned = True
            self.context.event(
                EventType.WARNING,
                f"The replay buffer has grown to {size / 1e9:.1f} GB and is no longer saved with "
                "checkpoints; a resumed run fills it again before it learns.",
                level=EventLevel.WARNING,
            )
        return {}

    def load_transient(self, members: Members) -> None:
        """Remember what was saved, or fill the memory anew before learning goes on."""
        if REPLAY_FILE in members:
            self.replay.load(bytes(members[REPLAY_FILE]))
            return
        missing = max(self.remembered.learning_starts, self.remembered.batch_size)
        self.learning_starts = self.timestep + missing
        self.context.event(
            EventType.WARNING,
            f"The replay buffer was not saved: {missing} timesteps of random actions fill it.",
            level=EventLevel.WARNING,
        )
