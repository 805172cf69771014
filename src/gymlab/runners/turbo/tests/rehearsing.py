"""Small runs in memory."""

from gymlab.runners.turbo.runner import RUNNER
from tests.agents.rehearsing import DQN, PPO, SAC, SMALL_NETWORK, Rehearsing, settings

__all__ = ["DQN", "PPO", "SAC", "SMALL_NETWORK", "make_spec", "settings", "trained"]

_REHEARSING = Rehearsing("turbo", RUNNER)
make_spec = _REHEARSING.make_spec
trained = _REHEARSING.trained
