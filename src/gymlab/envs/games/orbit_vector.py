"""N orbits at once.

Letters: N games.
"""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.envs.game import STEP
from gymlab.envs.games.orbit import NUM_OBSERVED, OrbitEnv
from gymlab.envs.games.orbit_rules import (
    EDGE,
    FUEL_WEIGHT,
    PLANET_RADIUS,
    TOLERANCE,
    closeness,
    coast,
    draw_beginning,
)
from gymlab.envs.games.vector import GOES_ON, AnyArray, IntArray, VectorGame

FloatArray = NDArray[np.float64]
Ships = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


class OrbitVectorEnv(VectorGame):
    """N games of `gymlab/Orbit-v0` whose trajectories are those of N scalar ones."""

    def __init__(
        self,
        num_envs: int,
        *,
        max_episode_steps: int = 400,
        render_mode: None = None,
        **arguments: Any,
    ) -> None:
        """Check the arguments of `OrbitEnv` and prepare N ships.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        self.render_mode = render_mode
        game = OrbitEnv(**arguments)
        super().__init__(num_envs, game, max_episode_steps)
        self.rules = game.rules
        space = cast("spaces.Box", game.observation_space)
        self._low, self._high = space.low, space.high
        self._ships: Ships = (
            np.ones(num_envs),
            np.ones(num_envs),
            np.ones(num_envs),
            np.ones(num_envs),
        )
        """Places x and y and velocities x and y, (N,) each."""
        self._fuel = np.zeros(num_envs)
        self._held = np.zeros(num_envs, np.int64)

    def begin(self, games: IntArray) -> None:
        """Put ships on circular orbits."""
        for idx in map(int, games):
            begun = draw_beginning(self.generators[idx])
            start = (begun.x, begun.y, begun.velocity_x, begun.velocity_y)
            for part, value in zip(self._ships, start, strict=True):
                part[idx] = value
        self._fuel[games] = 0
        self._held[games] = 0

    def advance(self, actions: AnyArray) -> tuple[FloatArray, IntArray, Mapping[str, AnyArray]]:
        """Thrust for one timestep."""
        before = self._errors()
        outwards, along = np.clip(actions.astype(np.float64), -1.0, 1.0).T
        x, y = self._ships[:2]
        thrust = self.rules.thrust / self._distances()
        push_x = thrust * (outwards * x - along * y)
        push_y = thrust * (outwards * y + along * x)
        self._fuel = outwards * outwards + along * along
        self._ships = coast(*self._ships, push_x + self.rules.wind, push_y)
        distances, errors = self._distances(), self._errors()
        codes = np.where(distances > EDGE, self.code("lost"), GOES_ON)
        codes = np.where(distances < PLANET_RADIUS, self.code("crash"), codes)
        on_orbit = errors <= TOLERANCE
        self._held += on_orbit
        rewards = closeness(errors) - FUEL_WEIGHT * self._fuel
        rewards[codes != GOES_ON] += self.rules.crash_reward
        return (
            rewards,
            codes,
            {
                STEP: np.ones(self.num_envs, np.bool_),
                "on_orbit": on_orbit,
                "closer": errors < before,
                "farther": errors > before,
                "crashed": codes == self.code("crash"),
                "lost": codes == self.code("lost"),
            },
        )

    def _distances(self) -> FloatArray:
        x, y = self._ships[:2]
        return np.sqrt(x * x + y * y)

    def _errors(self) -> FloatArray:
        return np.abs(self._distances() - self.rules.target)

    def observe(self, games: IntArray) -> AnyArray:
        """Return what these games show."""
        x, y, velocity_x, velocity_y = (part[games] for part in self._ships)
        distance = np.sqrt(x * x + y * y)
        seen = np.empty((len(games), NUM_OBSERVED))
        seen[:, 0] = x / distance
        seen[:, 1] = y / distance
        seen[:, 2] = distance / 2
        seen[:, 3] = self.rules.target - distance
        seen[:, 4] = (x * velocity_x + y * velocity_y) / distance
        seen[:, 5] = (x * velocity_y - y * velocity_x) / distance
        seen[:, 6] = np.sqrt(1.0 / distance)
        return np.clip(seen, self._low, self._high).astype(np.float32)

    def measure(self) -> Mapping[str, AnyArray]:
        """Return (N,) each number of the state."""
        velocity_x, velocity_y = self._ships[2:]
        return {
            "timestep": self.timesteps.copy(),
            "distance": self._distances(),
            "error": self._errors(),
            "speed": np.sqrt(velocity_x * velocity_x + velocity_y * velocity_y),
            "fuel": self._fuel,
            "held": self._held.copy(),
        }
