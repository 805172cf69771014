"""`gymlab/Crossing-v0`: chance decides what comes round the corner."""

from typing import Any, ClassVar, Literal, cast

import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from gymlab.envs.game import STEP, Events, Game, Measures, State
from gymlab.envs.games.crossing_rendering import CrossingPicture
from gymlab.envs.games.crossing_rules import (
    COLUMNS_ASIDE,
    MOVES,
    NOISE_BLOCK,
    ROWS_AHEAD,
    ROWS_BEHIND,
    Road,
    draw_noise,
    draw_road,
    make_rules,
)

FloatArray = NDArray[np.float32]
NUM_ROWS_SEEN = ROWS_AHEAD + 1 + ROWS_BEHIND
NUM_COLUMNS_SEEN = 2 * COLUMNS_ASIDE + 1
NUM_OBSERVED = NUM_ROWS_SEEN * (NUM_COLUMNS_SEEN + 2) + 2


class CrossingEnv(Game[FloatArray, np.int64], RecordConstructorArgs):
    """Cross a road on which cars appear at random.

    ## Description
    Lanes differ in speed and direction from episode to episode, and every car comes by chance.
    The same policy is lucky once and unlucky the next time, so returns scatter widely: a good
    place to see why one run, or ten episodes, prove little. Waiting is safe on the pavements
    only; hurrying pays a little and costs sometimes.

    ## Action Space
    One of four moves, or waiting. The sides stop a move.

    | Num | Action     |
    |-----|------------|
    | 0   | Move up    |
    | 1   | Move right |
    | 2   | Move down  |
    | 3   | Move left  |
    | 4   | Wait       |

    ## Observation Space
    Five rows of nine cells around the agent, from three ahead to one behind, then two numbers
    for each of these rows, then the agent's place: 57 numbers. Beyond the road all is empty.

    | Num   | Observation                                                     | Min | Max |
    |-------|-----------------------------------------------------------------|-----|-----|
    | 0-44  | A car is in the cell, row by row                                | 0   | 1   |
    | 45-49 | Speed of the row's cars: 1 / timesteps per cell, right positive | -1  | 1   |
    | 50-54 | The row's cars move in this timestep                            | 0   | 1   |
    | 55    | Row of the agent, 0 at the far pavement, 1 at the near one      | 0   | 1   |
    | 56    | Column of the agent, 0 at the left, 1 at the right              | 0   | 1   |

    ## Rewards
    - Reaching the far pavement: `goal_reward` (1); the agent begins at the near one again.
    - Being hit: `hit_reward` (-1).
    - Every timestep: `step_reward` (-0.01), added to the above.

    ## Starting State
    New lanes with traffic; the agent in the middle of the near pavement.

    ## Episode End
    - Termination: `hit`, or `goal` after `crossings` crossings. `info["termination"]` says which.
    - Truncation: after 200 timesteps (`max_episode_steps`).

    ## Arguments

    | Parameter     | Type  | Default | Description |
    |---------------|-------|---------|-------------|
    | `lanes`       | int   | 5       | Lanes, 1 to 12. |
    | `columns`     | int   | 11      | Cells across, 5 to 31. |
    | `traffic`     | float | 0.15    | Probability that a car follows, 0 to 0.6. |
    | `crossings`   | int   | 3       | Crossings that win, 1 to 100. |
    | `goal_reward` | float | 1.0     | Reward for a crossing. |
    | `hit_reward`  | float | -1.0    | Reward for being hit. |
    | `step_reward` | float | -0.01   | Reward of every timestep. |

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8}  # noqa: RUF012 - Gymnasium declares it so
    EVENTS: ClassVar = {
        STEP: "A timestep was played.",
        "crossed": "The far pavement was reached.",
        "hit": "A car hit the agent.",
        "forward": "The agent moved up by a row.",
        "backward": "It moved down by a row.",
        "waited": "It stayed where it was.",
    }
    MEASURES: ClassVar = {
        "timestep": "Timesteps of this episode so far.",
        "crossings": "Crossings so far.",
        "row": "Rows to the far pavement.",
        "cars": "Cars in the agent's row.",
    }
    TERMINATIONS: ClassVar = {"hit": "was hit by a car", "goal": "made every crossing"}

    def __init__(  # noqa: PLR0913 - the arguments are the environment's documented interface
        self,
        *,
        lanes: int = 5,
        columns: int = 11,
        traffic: float = 0.15,
        crossings: int = 3,
        goal_reward: float = 1.0,
        hit_reward: float = -1.0,
        step_reward: float = -0.01,
        render_mode: Literal["rgb_array"] | None = None,
    ) -> None:
        """Check the arguments.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        RecordConstructorArgs.__init__(self)
        self.rules = make_rules(
            lanes=lanes,
            columns=columns,
            traffic=traffic,
            crossings=crossings,
            goal_reward=goal_reward,
            hit_reward=hit_reward,
            step_reward=step_reward,
        )
        self.render_mode = render_mode
        self.observation_space = cast("Any", spaces.Box(-1.0, 1.0, (NUM_OBSERVED,), np.float32))
        self.action_space = cast("Any", spaces.Discrete(len(MOVES)))
        self._road: Road = draw_road(self.rules, np.random.default_rng(0))
        self._cars = self._road.cars
        self._noise = draw_noise(self.rules, np.random.default_rng(0))
        self._row, self._column = self.rules.lanes + 1, self.rules.columns // 2
        self._timestep = self._crossings = 0
        self._termination: str | None = None
        self._picture: CrossingPicture | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[FloatArray, dict[str, Any]]:
        """Begin at a new road."""
        super().reset(seed=seed, options=options)
        self._road = draw_road(self.rules, self.np_random)
        self._cars = self._road.cars.copy()
        self._noise = draw_noise(self.rules, self.np_random)
        self._timestep = self._crossings = 0
        self._termination = None
        self._return_to_start()
        return self._observation(), self._info({})

    def step(self, action: np.int64) -> tuple[FloatArray, float, bool, bool, dict[str, Any]]:
        """Move the agent, then the cars."""
        self._timestep += 1
        before = self._row, self._column
        self._walk(int(action))
        events = self._walking_events(before)
        is_hit = self._is_hit()
        self._drive()
        is_hit = is_hit or self._is_hit()
        rules = self.rules
        reward = rules.step_reward
        if is_hit:
            events["hit"] = 1.0
            reward += rules.hit_reward
            self._termination = "hit"
        elif self._row == 0:
            events["crossed"] = 1.0
            reward += rules.goal_reward
            self._crossings += 1
            self._return_to_start()
            self._termination = "goal" if self._crossings >= rules.crossings else None
        info = self._info(events)
        return self._observation(), reward, self._termination is not None, False, info

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the road as an RGB picture of (height, width, 3)."""
        if self.render_mode is None:
            return None
        if self._picture is None:
            self._picture = CrossingPicture(self.rules)
        return self._picture.draw(self.render_state())

    def render_state(self) -> State:
        """Return the road as JSON; cells are [row, column], lanes lie in the rows from 1."""
        lanes, columns = np.nonzero(self._cars)
        return {
            "game": "crossing",
            "lanes": self.rules.lanes,
            "width": self.rules.columns,
            "agent": [self._row, self._column],
            "cars": [
                [int(lane) + 1, int(column)] for lane, column in zip(lanes, columns, strict=True)
            ],
            "directions": [int(each) for each in self._road.directions],
            "periods": [int(each) for each in self._road.periods],
            "crossings": self.rules.crossings,
            "score": self._crossings,
            "timestep": self._timestep,
            "termination": self._termination,
        }

    def _return_to_start(self) -> None:
        self._row, self._column = self.rules.lanes + 1, self.rules.columns // 2

    def _walk(self, action: int) -> None:
        down, right = MOVES[action]
        self._row = min(max(self._row + down, 0), self.rules.lanes + 1)
        self._column = min(max(self._column + right, 0), self.rules.columns - 1)

    def _walking_events(self, before: tuple[int, int]) -> Events:
        events: Events = {STEP: 1.0}
        if self._row != before[0]:
            events["forward" if self._row < before[0] else "backward"] = 1.0
        if (self._row, self._column) == before:
            events["waited"] = 1.0
        return events

    def _is_hit(self) -> bool:
        is_on_road = 1 <= self._row <= self.rules.lanes
        return is_on_road and bool(self._cars[self._row - 1, self._column])

    def _moves_at(self, timestep: int) -> NDArray[np.bool_]:
        return (timestep + self._road.phases) % self._road.periods == 0

    def _drive(self) -> None:
        """Move the cars of the lanes whose turn it is; new ones come by chance."""
        idx = (self._timestep - 1) % NOISE_BLOCK
        if idx == 0 and self._timestep > 1:
            self._noise = draw_noise(self.rules, self.np_random)
        comes = self._noise[idx] < self.rules.traffic
        for lane in np.flatnonzero(self._moves_at(self._timestep)):
            cars = self._cars[lane]
            if self._road.directions[lane] > 0:
                cars[1:] = cars[:-1].copy()
                cars[0] = comes[lane]
            else:
                cars[:-1] = cars[1:].copy()
                cars[-1] = comes[lane]

    def _observation(self) -> FloatArray:
        rules = self.rules
        seen = np.zeros(NUM_OBSERVED, np.float32)
        num_cells = NUM_ROWS_SEEN * NUM_COLUMNS_SEEN
        cells = seen[:num_cells].reshape(NUM_ROWS_SEEN, NUM_COLUMNS_SEEN)
        speeds = seen[num_cells : num_cells + NUM_ROWS_SEEN]
        turns = seen[num_cells + NUM_ROWS_SEEN : -2]
        moves = self._moves_at(self._timestep + 1)
        for idx in range(NUM_ROWS_SEEN):
            lane = self._row - ROWS_AHEAD + idx - 1
            if not 0 <= lane < rules.lanes:
                continue
            for offset in range(NUM_COLUMNS_SEEN):
                column = self._column - COLUMNS_ASIDE + offset
                if 0 <= column < rules.columns:
                    cells[idx, offset] = self._cars[lane, column]
            speeds[idx] = self._road.directions[lane] / self._road.periods[lane]
            turns[idx] = moves[lane]
        seen[-2] = self._row / (rules.lanes + 1)
        seen[-1] = self._column / (rules.columns - 1)
        return seen

    def _info(self, events: Events) -> dict[str, Any]:
        is_on_road = 1 <= self._row <= self.rules.lanes
        measures: Measures = {
            "timestep": float(self._timestep),
            "crossings": float(self._crossings),
            "row": float(self._row),
            "cars": float(self._cars[self._row - 1].sum()) if is_on_road else 0.0,
        }
        info: dict[str, Any] = {"events": events, "measures": measures}
        if self._termination is not None:
            info["termination"] = self._termination
        return info
