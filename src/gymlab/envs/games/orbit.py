"""`gymlab/Orbit-v0`: continuous control of something that never stands still."""

from typing import Any, ClassVar, Literal, cast

import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from gymlab.envs.game import STEP, Events, Game, Measures, State
from gymlab.envs.games.orbit_rendering import OrbitPicture
from gymlab.envs.games.orbit_rules import (
    EDGE,
    FUEL_WEIGHT,
    PLANET_RADIUS,
    TOLERANCE,
    closeness,
    coast,
    draw_beginning,
    make_rules,
)

FloatArray = NDArray[np.float32]
NUM_OBSERVED = 7


class OrbitEnv(Game[FloatArray, FloatArray], RecordConstructorArgs):
    """A spacecraft changes from the orbit it is given to the one that is wanted.

    ## Description
    A spacecraft circles a planet. Its engine is weak against gravity: pointing it at the wanted
    orbit does not lead there. What helps is to speed up or slow down along the way and to wait,
    as real spacecraft do. Actions are continuous, the effect comes half an orbit later, and a
    crash ends the episode.

    ## Action Space
    Thrust in two directions that turn with the ship, as a share of the full `thrust`.

    | Num | Action                                  | Min | Max |
    |-----|-----------------------------------------|-----|-----|
    | 0   | Thrust away from the planet             | -1  | 1   |
    | 1   | Thrust counter-clockwise along a circle | -1  | 1   |

    ## Observation Space

    | Num | Observation                                         | Min  | Max |
    |-----|-----------------------------------------------------|------|-----|
    | 0   | x of the direction from the planet                  | -1   | 1   |
    | 1   | y of the direction from the planet                  | -1   | 1   |
    | 2   | Distance from the planet, halved                    | 0    | 1.5 |
    | 3   | Wanted distance less distance                       | -3   | 3   |
    | 4   | Speed away from the planet                          | -3   | 3   |
    | 5   | Speed counter-clockwise                             | -3   | 3   |
    | 6   | Speed counter-clockwise of a circle at this distance, without its sign | 0 | 3 |

    ## Rewards
    - Every timestep: 1 / (1 + (error / 0.2)^2), where error is distance less wanted distance: 1
      on the wanted orbit.
    - Less 0.1 times the square of the thrust used.
    - Crashing or getting lost: `crash_reward` (-10).

    ## Starting State
    A circular orbit at a distance from 0.5 to 1.4, anywhere on it, clockwise or not.

    ## Episode End
    - Termination: `crash` (into the planet, at a distance of 0.25) or `lost` (beyond 2).
      `info["termination"]` says which.
    - Truncation: after 400 timesteps (`max_episode_steps`), about three orbits.

    ## Arguments

    | Parameter      | Type  | Default | Description |
    |----------------|-------|---------|-------------|
    | `target`       | float | 1.0     | Wanted distance from the planet, 0.4 to 1.6. |
    | `thrust`       | float | 0.3     | Full acceleration of the engine, 0.05 to 2; gravity is 1 at distance 1. |
    | `wind`         | float | 0.0     | Steady push to the right that the agent does not see, 0 to 0.5. |
    | `crash_reward` | float | -10.0   | Reward for a crash or for getting lost. |

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 30}  # noqa: RUF012 - Gymnasium declares it so
    EVENTS: ClassVar = {
        STEP: "A timestep was played.",
        "on_orbit": "The ship was on the wanted orbit, within 0.05.",
        "closer": "It came closer to the wanted orbit.",
        "farther": "It moved away from the wanted orbit.",
        "crashed": "It hit the planet.",
        "lost": "It flew out of reach.",
    }
    MEASURES: ClassVar = {
        "timestep": "Timesteps of this episode so far.",
        "distance": "Distance from the planet.",
        "error": "How far it is from the wanted orbit.",
        "speed": "Its speed.",
        "fuel": "Square of the thrust used in this timestep, 0 to 2.",
        "held": "Timesteps on the wanted orbit so far.",
    }
    TERMINATIONS: ClassVar = {
        "crash": "crashed into the planet",
        "lost": "flew out of reach",
    }

    def __init__(
        self,
        *,
        target: float = 1.0,
        thrust: float = 0.3,
        wind: float = 0.0,
        crash_reward: float = -10.0,
        render_mode: Literal["rgb_array"] | None = None,
    ) -> None:
        """Check the arguments.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        RecordConstructorArgs.__init__(self)
        self.rules = make_rules(target=target, thrust=thrust, wind=wind, crash_reward=crash_reward)
        self.render_mode = render_mode
        limits = np.array([1, 1, 1.5, 3, 3, 3, 3], np.float32)
        lows = np.array([-1, -1, 0, -3, -3, -3, 0], np.float32)
        self.observation_space = cast("Any", spaces.Box(lows, limits, dtype=np.float32))
        self.action_space = cast("Any", spaces.Box(-1.0, 1.0, (2,), np.float32))
        self._ship: tuple[Any, Any, Any, Any] = (1.0, 0.0, 0.0, 1.0)
        self._push = (0.0, 0.0)
        self._fuel = 0.0
        self._timestep = self._held = 0
        self._termination: str | None = None
        self._picture: OrbitPicture | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[FloatArray, dict[str, Any]]:
        """Put the ship on a circular orbit."""
        super().reset(seed=seed, options=options)
        begun = draw_beginning(self.np_random)
        self._ship = (
            np.float64(begun.x),
            np.float64(begun.y),
            np.float64(begun.velocity_x),
            np.float64(begun.velocity_y),
        )
        self._push, self._fuel = (0.0, 0.0), 0.0
        self._timestep = self._held = 0
        self._termination = None
        if self._picture is not None:
            self._picture.forget_trail()
        return self._observation(), self._info({})

    def step(self, action: FloatArray) -> tuple[FloatArray, float, bool, bool, dict[str, Any]]:
        """Thrust for one timestep."""
        self._timestep += 1
        before = self._error()
        outwards, along = np.clip(np.asarray(action, np.float64), -1.0, 1.0)
        x, y = self._ship[:2]
        distance = np.sqrt(x * x + y * y)
        thrust = self.rules.thrust / distance
        self._push = (
            thrust * (outwards * x - along * y),
            thrust * (outwards * y + along * x),
        )
        self._fuel = float(outwards * outwards + along * along)
        self._ship = coast(*self._ship, self._push[0] + self.rules.wind, self._push[1])
        self._termination = self._ending()
        events = self._events(before)
        reward = float(closeness(self._error())) - FUEL_WEIGHT * self._fuel
        if self._termination is not None:
            reward += self.rules.crash_reward
        info = self._info(events)
        return self._observation(), reward, self._termination is not None, False, info

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the sky as an RGB picture of (height, width, 3)."""
        if self.render_mode is None:
            return None
        if self._picture is None:
            self._picture = OrbitPicture(self.rules)
        return self._picture.draw(self.render_state())

    def render_state(self) -> State:
        """Return the sky as JSON; the planet is at (0, 0)."""
        x, y, velocity_x, velocity_y = map(float, self._ship)
        return {
            "game": "orbit",
            "edge": EDGE,
            "planet": PLANET_RADIUS,
            "target": self.rules.target,
            "tolerance": TOLERANCE,
            "x": x,
            "y": y,
            "velocity": [velocity_x, velocity_y],
            "push": [float(each) for each in self._push],
            "thrust": self.rules.thrust,
            "wind": self.rules.wind,
            "score": self._held,
            "timestep": self._timestep,
            "termination": self._termination,
        }

    def _distance(self) -> Any:
        x, y = self._ship[:2]
        return np.sqrt(x * x + y * y)

    def _error(self) -> float:
        return float(np.abs(self._distance() - self.rules.target))

    def _ending(self) -> str | None:
        distance = self._distance()
        if distance < PLANET_RADIUS:
            return "crash"
        return "lost" if distance > EDGE else None

    def _events(self, error_before: float) -> Events:
        events: Events = {STEP: 1.0}
        error = self._error()
        if error <= TOLERANCE:
            self._held += 1
            events["on_orbit"] = 1.0
        if error != error_before:
            events["closer" if error < error_before else "farther"] = 1.0
        if self._termination is not None:
            events["crashed" if self._termination == "crash" else "lost"] = 1.0
        return events

    def _observation(self) -> FloatArray:
        x, y, velocity_x, velocity_y = self._ship
        distance = self._distance()
        ahead = (x * velocity_y - y * velocity_x) / distance
        away = (x * velocity_x + y * velocity_y) / distance
        seen = (
            x / distance,
            y / distance,
            distance / 2,
            self.rules.target - distance,
            away,
            ahead,
            np.sqrt(1.0 / distance),
        )
        space = cast("spaces.Box", self.observation_space)
        return np.clip(np.array(seen), space.low, space.high).astype(np.float32)

    def _info(self, events: Events) -> dict[str, Any]:
        velocity_x, velocity_y = self._ship[2:]
        measures: Measures = {
            "timestep": float(self._timestep),
            "distance": float(self._distance()),
            "error": self._error(),
            "speed": float(np.sqrt(velocity_x * velocity_x + velocity_y * velocity_y)),
            "fuel": self._fuel,
            "held": float(self._held),
        }
        info: dict[str, Any] = {"events": events, "measures": measures}
        if self._termination is not None:
            info["termination"] = self._termination
        return info
