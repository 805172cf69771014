"""Many games at once in NumPy: the base of the vectorised twins.

A twin plays N games with a few array operations per timestep. Each game has a random generator
of its own, seeded as a scalar environment's would be, so its trajectory is the scalar one's.

Letters: N games.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from gymlab.envs.ending import TIME_LIMIT
from gymlab.envs.game import Game
from gymlab.envs.games.arguments import checked_whole

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
AnyArray = NDArray[Any]

MAX_NUM_ENVS = 65_536
GOES_ON = 0
"""Code of a game that has not ended; reason k of `TERMINATIONS` has the code k + 1."""


class VectorGame(gym.vector.VectorEnv[Any, Any, Any]):
    """N games; one that ends begins anew in the same timestep.

    `info` holds `events` (name -> (N,) how often), `measures` (name -> (N,)) and, where a game
    ended, `termination` (N,) reasons, `final_obs` (N, ...) last observations and `_final_obs`
    (N,) where they count.
    """

    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(self, num_envs: int, game: Game[Any, Any], max_episode_steps: int) -> None:
        """Take the spaces from a scalar game.

        Args:
            num_envs: Games played at once, 1 to 65,536.
            game: A scalar game with the same arguments.
            max_episode_steps: Time limit in timesteps.

        Raises:
            InvalidInputError: The number of games is out of range.
        """
        self.num_envs = checked_whole("num_envs", num_envs, 1, MAX_NUM_ENVS)
        self.single_observation_space = game.observation_space
        self.single_action_space = game.action_space
        self.observation_space = batch_space(game.observation_space, num_envs)
        self.action_space = batch_space(game.action_space, num_envs)
        self.reasons = tuple(game.TERMINATIONS)
        self.generators: list[np.random.Generator] = [
            seeding.np_random()[0] for _ in range(num_envs)
        ]
        self.timesteps = np.zeros(num_envs, np.int64)
        """(N,) timesteps of the episode under way."""
        self.max_episode_steps = max_episode_steps
        """Time limit in timesteps."""
        self.keeps_beginnings = False
        """Whether `beginnings` is filled."""
        self.beginnings: list[Mapping[str, Any]] = [{} for _ in range(num_envs)]
        """State of each generator just before the episode under way: it begins so again."""

    def code(self, reason: str) -> int:
        """Return the code of a reason."""
        return self.reasons.index(reason) + 1

    def reset(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,  # noqa: ARG002 - Gymnasium's signature
    ) -> tuple[AnyArray, dict[str, Any]]:
        """Begin every game; a single seed gives game i the seed `seed + i`."""
        if seed is not None:
            seeds = [seed + idx for idx in range(self.num_envs)] if isinstance(seed, int) else seed
            for idx, each in enumerate(seeds):
                if each is not None:
                    self.generators[idx] = seeding.np_random(each)[0]
        everyone = np.arange(self.num_envs)
        self.begin_anew(everyone)
        return self.observe(everyone), {"events": {}, "measures": self.measure()}

    def step(
        self, actions: Any
    ) -> tuple[AnyArray, NDArray[np.float64], BoolArray, BoolArray, dict[str, Any]]:
        """Play one timestep of every game."""
        self.timesteps += 1
        rewards, codes, events = self.advance(np.asarray(actions))
        terminated = codes != GOES_ON
        truncated = ~terminated & (self.timesteps >= self.max_episode_steps)
        measures = {name: np.array(values) for name, values in self.measure().items()}
        info: dict[str, Any] = {"events": events, "measures": measures}
        ended = np.flatnonzero(terminated | truncated)
        everyone = np.arange(self.num_envs)
        observations = self.observe(everyone)
        if ended.size:
            info |= self._last_words(ended, codes, observations)
            self.begin_anew(ended)
            observations[ended] = self.observe(ended)
        return observations, rewards, terminated, truncated, info

    def begin_anew(self, games: IntArray) -> None:
        """Begin new episodes, and note how, where that is wanted."""
        if self.keeps_beginnings:
            for idx in map(int, games):
                self.beginnings[idx] = _state_of(self.generators[idx])
        self.timesteps[games] = 0
        self.begin(games)

    def _last_words(
        self, ended: IntArray, codes: IntArray, observations: AnyArray
    ) -> dict[str, Any]:
        final = np.zeros_like(observations)
        final[ended] = observations[ended]
        mask = np.zeros(self.num_envs, np.bool_)
        mask[ended] = True
        names = np.array([TIME_LIMIT, *self.reasons], dtype=object)
        reasons = np.full(self.num_envs, None, dtype=object)
        reasons[ended] = names[codes[ended]]
        return {
            "final_obs": final,
            "_final_obs": mask,
            "termination": reasons,
            "_termination": mask.copy(),
        }

    def draw(self, idx: int, count: int) -> int:
        """Draw a whole number below `count` for one game, as the scalar game does."""
        return int(self.generators[idx].integers(count))

    @abstractmethod
    def begin(self, games: IntArray) -> None:
        """Begin a new episode in these games."""

    @abstractmethod
    def advance(
        self, actions: AnyArray
    ) -> tuple[NDArray[np.float64], IntArray, Mapping[str, AnyArray]]:
        """Play one timestep; return (N,) rewards, (N,) codes of reasons and the events."""

    @abstractmethod
    def observe(self, games: IntArray) -> AnyArray:
        """Return what these games show."""

    @abstractmethod
    def measure(self) -> Mapping[str, AnyArray]:
        """Return (N,) each number of the state."""


def _state_of(generator: np.random.Generator) -> Mapping[str, Any]:
    """Return a copy that later draws do not change."""
    bits: Any = generator.bit_generator
    return bits.state
