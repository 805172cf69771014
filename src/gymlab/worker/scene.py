"""What the live view can see: sub-environments and what happens in them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.protocol.parts import FrameSource, PhaseName
from gymlab.runner_api.tracking import EpisodeTracker

Picture = NDArray[np.uint8]


class Scene(Protocol):
    """Environments to look at; used on the thread that steps them."""

    @property
    def source(self) -> FrameSource:
        """Name of the source."""
        ...

    @property
    def num_envs(self) -> int:
        """Sub-environments that exist by now."""
        ...

    @property
    def moment(self) -> int:
        """Changes whenever the state shown changes."""
        ...

    @property
    def run_timestep(self) -> int:
        """Timesteps of training done."""
        ...

    @property
    def phase(self) -> PhaseName:
        """What the stepping thread does now."""
        ...

    @property
    def no_render_reason(self) -> str | None:
        """Why there are no pictures; None when there may be some."""
        ...

    def tracker(self, env_index: int) -> EpisodeTracker:
        """Return the episode under way."""
        ...

    def render(self, env_index: int) -> object:
        """Return what the environment draws."""
        ...


class EnvScene:
    """A scene over environments that render themselves."""

    def __init__(
        self,
        source: FrameSource,
        *,
        moment: Callable[[], int],
        run_timestep: Callable[[], int],
        phase: Callable[[], PhaseName],
    ) -> None:
        """Begin without environments."""
        self.source: FrameSource = source
        self.no_render_reason: str | None = None
        self._moment = moment
        self._run_timestep = run_timestep
        self._phase = phase
        self._parts: dict[int, tuple[gymnasium.Env[Any, Any], EpisodeTracker]] = {}

    def add(self, env_index: int, env: gymnasium.Env[Any, Any], tracker: EpisodeTracker) -> None:
        """Show one more sub-environment, or replace one."""
        self._parts[env_index] = (env, tracker)

    @property
    def num_envs(self) -> int:
        """Sub-environments that exist by now."""
        return len(self._parts)

    @property
    def moment(self) -> int:
        """Changes whenever the state shown changes."""
        return self._moment()

    @property
    def run_timestep(self) -> int:
        """Timesteps of training done."""
        return self._run_timestep()

    @property
    def phase(self) -> PhaseName:
        """What the stepping thread does now."""
        return self._phase()

    def indices(self) -> Sequence[int]:
        """Return the indices of the sub-environments."""
        return sorted(self._parts)

    def tracker(self, env_index: int) -> EpisodeTracker:
        """Return the episode under way."""
        return self._parts[env_index][1]

    def render(self, env_index: int) -> object:
        """Return what the environment draws."""
        return self._parts[env_index][0].render()
