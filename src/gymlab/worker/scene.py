"""What the live view can see: sub-environments and what happens in them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.envs.game import Game, game_of
from gymlab.protocol.parts import FrameSource, PhaseName, Thoughts
from gymlab.runner_api.pool_tracking import PoolTracker, PoolView
from gymlab.runner_api.tracking import EpisodeTracker
from gymlab.worker.foreign import ForeignCodeError, foreign_code
from gymlab.worker.rhythm import natural_fps

Picture = NDArray[np.uint8]
RENDER_MODE = "rgb_array"


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

    def light(self, num_envs: int) -> None:
        """Let at least so many sub-environments prepare pictures; 0 lets none."""
        ...

    def render(self, env_index: int) -> object:
        """Return what the environment draws."""
        ...

    def states(self, num_envs: int) -> list[dict[str, Any]]:
        """Return the states of so many sub-environments, empty where none draws itself."""
        ...

    def thoughts(self) -> Thoughts | None:
        """Return what the policy makes of the state of the first one, where it can say."""
        ...

    @property
    def fps(self) -> float:
        """Timesteps a second at which the environment looks right."""
        ...

    @property
    def speed(self) -> float:
        """Multiple of that at which it plays; 0 means as fast as it can."""
        ...


class EnvScene:
    """A scene over environments that render themselves.

    An environment that is made for pictures may work for them at every timestep: a lander
    with the sparks of its engine takes 2.6 times as long to step as one without. So each is
    told that nobody looks until somebody does.
    """

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
        self._switchable: dict[int, gymnasium.Env[Any, Any]] = {}
        self._num_lit = 0
        self._games: dict[int, Game[Any, Any]] = {}
        self._has_failed = False
        self.fps = 0.0
        self.speed = 1.0
        self._pool: tuple[PoolView, PoolTracker] | None = None
        self.thinker: Callable[[], Thoughts] | None = None
        """Says what the policy makes of what is shown."""

    def add(self, env_index: int, env: gymnasium.Env[Any, Any], tracker: EpisodeTracker) -> None:
        """Show one more sub-environment, or replace one."""
        self._parts[env_index] = (env, tracker)
        self.fps = natural_fps(env)
        game = game_of(env)
        if game is not None:
            self._games[env_index] = game
        bare = env.unwrapped
        # Only a plain attribute can be changed and changed back; others stay as they are.
        if getattr(bare, "__dict__", {}).get("render_mode") == RENDER_MODE:
            self._switchable[env_index] = bare
            self._switch(env_index)

    def show_pool(self, view: PoolView, tracker: PoolTracker) -> None:
        """Show environments that are stepped all at once."""
        self._pool = (view, tracker)
        self.no_render_reason = view.no_render_reason

    def light(self, num_envs: int) -> None:
        """Let at least so many sub-environments prepare pictures; 0 lets none."""
        if 0 < num_envs <= self._num_lit:
            return
        self._num_lit = num_envs
        for env_index in self._switchable:
            self._switch(env_index)

    def _switch(self, env_index: int) -> None:
        is_lit = env_index < self._num_lit
        self._switchable[env_index].render_mode = RENDER_MODE if is_lit else None

    @property
    def num_envs(self) -> int:
        """Sub-environments that exist by now."""
        return len(self._parts) if self._pool is None else self._pool[0].num_envs

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
        if self._pool is not None:
            return self._pool[1].moment(env_index)
        return self._parts[env_index][1]

    def render(self, env_index: int) -> object:
        """Return what the environment draws."""
        if self._pool is not None:
            return self._pool[0].render(env_index)
        return self._parts[env_index][0].render()

    def states(self, num_envs: int) -> list[dict[str, Any]]:
        """Return the states of so many sub-environments, empty where none draws itself."""
        if self._has_failed:
            return []
        try:
            with foreign_code("drawing"):
                return [game.render_state() for game in self._shown_games(num_envs)]
        except ForeignCodeError:
            self._has_failed = True  # said once in the log; pictures are sent instead
            return []

    def _shown_games(self, num_envs: int) -> Sequence[Game[Any, Any]]:
        """Return so many games of ours; none where one of the environments is something else."""
        if self._pool is None:
            if not self._games or len(self._games) < len(self._parts):
                return []
            return [self._games[index] for index in range(num_envs)]
        view = self._pool[0]
        found = [game for index in range(num_envs) if (game := view.game(index)) is not None]
        if not found or len(found) < num_envs:
            return []
        self.fps = self.fps or natural_fps(found[0])
        return found

    def thoughts(self) -> Thoughts | None:
        """Return what the policy makes of what is shown, where it can say."""
        if self.thinker is None:
            return None
        try:
            with foreign_code("thinking"):
                return self.thinker()
        except ForeignCodeError:
            self.thinker = None  # said once in the log; pictures go on
            return None
