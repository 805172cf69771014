"""Small runs in memory."""

from gymlab.runners.native.runner import RUNNER
from tests.agents.rehearsing import DQN, PPO, SMALL_NETWORK, Rehearsing, settings

__all__ = ["DQN", "PPO", "SMALL_NETWORK", "make_spec", "settings", "trained"]

_REHEARSING = Rehearsing("native", RUNNER)
make_spec = _REHEARSING.make_spec
trained = _REHEARSING.trained
