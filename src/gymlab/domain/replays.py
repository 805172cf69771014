"""Which training episodes are kept, and how many of them."""

from enum import StrEnum


class ReplayKind(StrEnum):
    """Why an episode was kept."""

    FIRST = "first"
    """The run's first episode."""
    RECORD = "record"
    """It had a higher return than every one before."""
    EVERY = "every"
    """One of those kept at even distances over the run."""
    TERMINATION = "termination"
    """An example of why episodes end."""
    LAST = "last"
    """The run's last complete episode."""


MAX_REPLAY_BYTES = 256 * 1024
"""Largest replay that is kept; an episode of some 100,000 timesteps."""
MAX_KEPT = {
    ReplayKind.FIRST: 1,
    ReplayKind.RECORD: 8,
    ReplayKind.EVERY: 16,
    ReplayKind.TERMINATION: 4,
    ReplayKind.LAST: 1,
}
"""Replays of each kind that a run keeps; of terminations, for each reason."""
EVERY_EPISODES = 100
"""First distance between the episodes kept at even distances; it doubles as a run goes on."""
MAX_REASONS = 24
"""Reasons an episode ends that are told apart; further ones count as one."""
