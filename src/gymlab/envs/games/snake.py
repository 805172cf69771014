"""`gymlab/Snake-v0`: eat, grow, and do not bite yourself."""

from collections import deque
from typing import Any, ClassVar, Literal, cast

import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from gymlab.envs.game import STEP, Events, Game, Measures, State
from gymlab.envs.games.snake_observations import observation_space, observe
from gymlab.envs.games.snake_rendering import SnakePicture
from gymlab.envs.games.snake_rules import MOVES, RIGHT, make_rules

FloatArray = NDArray[np.float32]


class SnakeEnv(Game[FloatArray, np.int64], RecordConstructorArgs):
    """A snake eats apples, grows with each one and must not run into anything.

    ## Description
    The longer the snake, the harder the game: what was a free way is soon its own body. Size,
    walls, obstacles, apples and growth can be set, and what the agent sees: a few features, rays
    of vision, or the whole board. The rewards are made of named events, so a reward formula can
    put others in their place.

    ## Action Space
    One of four directions. Turning back onto its own neck is not possible: the snake goes on.

    | Num | Action     |
    |-----|------------|
    | 0   | Move up    |
    | 1   | Move right |
    | 2   | Move down  |
    | 3   | Move left  |

    ## Observation Space
    With `observation="features"`, the default, 14 numbers:

    | Num   | Observation                                                       | Min | Max |
    |-------|-------------------------------------------------------------------|-----|-----|
    | 0-3   | Moving up, right, down, left would end the episode now            | 0   | 1   |
    | 4-7   | The snake heads up, right, down, left                             | 0   | 1   |
    | 8-11  | The nearest apple is further up, right, down, left                | 0   | 1   |
    | 12    | Length of the snake as a share of the board                       | 0   | 1   |
    | 13    | Timesteps since the last apple as a share of `max_hunger`         | 0   | 1   |

    With `observation="vision"`, 28 numbers: for each of eight rays (up, and on clockwise) 1 /
    distance to the first wall or obstacle, to the snake's body and to an apple, 0 where there is
    none within `vision_range`; then the heading as above.

    With `observation="grid"`, a box of (4, size, size): the head, the body (1 just behind the
    head, less towards the tail), the apples and the obstacles.

    ## Rewards
    - Eating an apple: `apple_reward` (1).
    - Dying or starving: `death_reward` (-1).
    - Every timestep: `step_reward` (0), added to the above.

    ## Starting State
    A snake of three cells in the middle, heading right. Apples and obstacles are placed at
    random; obstacles never touch each other, the edge or the row of the start.

    ## Episode End
    - Termination: `wall`, `obstacle`, `self` (it bites itself), `starvation` (no apple for
      `max_hunger` timesteps) or `goal` (no cell is left for an apple).
      `info["termination"]` says which.
    - Truncation: after 5,000 timesteps (`max_episode_steps`).

    ## Arguments

    | Parameter      | Type  | Default  | Description |
    |----------------|-------|----------|-------------|
    | `size`         | int   | 10       | Cells per side, 5 to 40. |
    | `wrap`         | bool  | false    | The edges are joined: leaving on one side enters on the other. |
    | `obstacles`    | int   | 0        | Blocks on the board, as far as they fit. |
    | `apples`       | int   | 1        | Apples at a time, 1 to 20. |
    | `growth`       | int   | 1        | Cells that an apple adds, 0 to 10. |
    | `max_hunger`   | int   | 150      | Timesteps without an apple until it starves, 10 to 100,000. |
    | `observation`  | str   | features | `features`, `vision` or `grid`. |
    | `vision_range` | int   | 10       | Cells that a ray sees, 1 to 40. |
    | `apple_reward` | float | 1.0      | Reward for an apple. |
    | `death_reward` | float | -1.0     | Reward for dying or starving. |
    | `step_reward`  | float | 0.0      | Reward of every timestep. |

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012 - Gymnasium declares it so
    EVENTS: ClassVar = {
        STEP: "A timestep was played.",
        "apple": "An apple was eaten.",
        "closer": "The snake came closer to the nearest apple.",
        "farther": "The snake moved away from the nearest apple.",
        "died": "It ran into a wall, an obstacle or itself.",
        "starved": "It found no apple for too long.",
        "full": "No cell was left for an apple: the game is won.",
    }
    MEASURES: ClassVar = {
        "timestep": "Timesteps of this episode so far.",
        "apples": "Apples eaten in this episode.",
        "length": "Cells of the snake.",
        "hunger": "Timesteps since the last apple.",
        "distance": "Moves to the nearest apple on an empty board.",
    }
    TERMINATIONS: ClassVar = {
        "wall": "ran into a wall",
        "obstacle": "ran into an obstacle",
        "self": "bit itself",
        "starvation": "found no apple for too long",
        "goal": "filled the board",
    }

    def __init__(  # noqa: PLR0913 - the arguments are the environment's documented interface
        self,
        *,
        size: int = 10,
        wrap: bool = False,
        obstacles: int = 0,
        apples: int = 1,
        growth: int = 1,
        max_hunger: int = 150,
        observation: str = "features",
        vision_range: int = 10,
        apple_reward: float = 1.0,
        death_reward: float = -1.0,
        step_reward: float = 0.0,
        render_mode: Literal["rgb_array"] | None = None,
    ) -> None:
        """Check the arguments.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        RecordConstructorArgs.__init__(self)
        self.rules = make_rules(
            size=size,
            wrap=wrap,
            obstacles=obstacles,
            apples=apples,
            growth=growth,
            max_hunger=max_hunger,
            observation=observation,
            vision_range=vision_range,
            apple_reward=apple_reward,
            death_reward=death_reward,
            step_reward=step_reward,
        )
        self.render_mode = render_mode
        self.observation_space = cast("Any", observation_space(self.rules))
        self.action_space = spaces.Discrete(4)
        self.body: deque[int] = deque(self.rules.start)
        """Cells of the snake, head first."""
        self.heading = RIGHT
        self.apples: list[int] = []
        self.obstacles: frozenset[int] = frozenset()
        self.pending = 0
        """Cells that it still grows by."""
        self.hunger = 0
        self._eaten = 0
        self._timestep = 0
        self._termination: str | None = None
        self._picture: SnakePicture | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[FloatArray, dict[str, Any]]:
        """Begin with a short snake."""
        super().reset(seed=seed, options=options)
        self.body = deque(self.rules.start)
        self.heading = RIGHT
        self.pending = self.hunger = self._eaten = self._timestep = 0
        self._termination = None
        self.obstacles = frozenset(self.rules.draw_obstacles(self.np_random))
        self.apples = []
        for _ in range(self.rules.apples):
            self._place_apple()
        return observe(self), self._info({})

    def step(self, action: np.int64) -> tuple[FloatArray, float, bool, bool, dict[str, Any]]:
        """Move the head by one cell."""
        if (int(action) - self.heading) % 4 != 2:
            self.heading = int(action)
        self._timestep += 1
        before = self._distance()
        self._termination = self._move()
        events = self._events(before)
        rules = self.rules
        reward = rules.step_reward
        if "apple" in events:
            reward += rules.apple_reward
        if "died" in events or "starved" in events:
            reward += rules.death_reward
        return observe(self), reward, self._termination is not None, False, self._info(events)

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the board as an RGB picture of (height, width, 3)."""
        if self.render_mode is None:
            return None
        if self._picture is None:
            self._picture = SnakePicture(self.rules)
        return self._picture.draw(self.render_state())

    def render_state(self) -> State:
        """Return the board as JSON; cells are [row, column]."""
        size = self.rules.size
        return {
            "game": "snake",
            "size": size,
            "wrap": self.rules.wrap,
            "snake": [list(divmod(cell, size)) for cell in self.body],
            "heading": self.heading,
            "apples": [list(divmod(cell, size)) for cell in self.apples],
            "obstacles": [list(divmod(cell, size)) for cell in sorted(self.obstacles)],
            "hunger": self.hunger,
            "max_hunger": self.rules.max_hunger,
            "score": self._eaten,
            "timestep": self._timestep,
            "termination": self._termination,
        }

    def is_deadly(self, direction: int) -> str | None:
        """Return why the episode would end by a move in a direction, or None."""
        cell = self.rules.neighbour(self.body[0], MOVES[direction])
        if cell is None:
            return "wall"
        if cell in self.obstacles:
            return "obstacle"
        # The tail makes room unless the snake grows.
        is_bitten = cell in self.body and (cell != self.body[-1] or self.pending > 0)
        return "self" if is_bitten else None

    def nearest_apple(self) -> tuple[int, int] | None:
        """Return rows down and columns right to the nearest apple; the first row by row of equals."""
        if not self.apples:
            return None
        offsets = [(self.rules.offset(self.body[0], cell), cell) for cell in self.apples]
        return min(offsets, key=lambda each: (abs(each[0][0]) + abs(each[0][1]), each[1]))[0]

    def _move(self) -> str | None:
        """Move the snake; return why the episode ends."""
        self.hunger += 1
        deadly = self.is_deadly(self.heading)
        if deadly is not None:
            return deadly
        cell = self.rules.neighbour(self.body[0], MOVES[self.heading])
        assert cell is not None  # noqa: S101 - a wall is deadly
        if self.pending > 0:
            self.pending -= 1
        else:
            self.body.pop()
        self.body.appendleft(cell)
        if cell in self.apples:
            return self._eat(cell)
        return "starvation" if self.hunger >= self.rules.max_hunger else None

    def _eat(self, cell: int) -> str | None:
        self.apples.remove(cell)
        self.pending += self.rules.growth
        self._eaten += 1
        self.hunger = 0
        self._place_apple()
        return None if self.apples else "goal"

    def _place_apple(self) -> None:
        """Put an apple on a free cell, each equally likely; none where none is free."""
        taken = {*self.body, *self.apples, *self.obstacles}
        free = [cell for cell in range(self.rules.num_cells) if cell not in taken]
        if free:
            self.apples.append(free[int(self.np_random.integers(len(free)))])

    def _distance(self) -> int:
        offset = self.nearest_apple()
        return abs(offset[0]) + abs(offset[1]) if offset else 0

    def _events(self, distance_before: int) -> Events:
        events: Events = {STEP: 1.0}
        reason = self._termination
        if reason in {"wall", "obstacle", "self"}:
            events["died"] = 1.0
        elif self.hunger == 0:
            events["apple"] = 1.0
        else:
            change = self._distance() - distance_before
            if change:
                events["closer" if change < 0 else "farther"] = 1.0
        if reason == "starvation":
            events["starved"] = 1.0
        if reason == "goal":
            events["full"] = 1.0
        return events

    def _info(self, events: Events) -> dict[str, Any]:
        measures: Measures = {
            "timestep": float(self._timestep),
            "apples": float(self._eaten),
            "length": float(len(self.body)),
            "hunger": float(self.hunger),
            "distance": float(self._distance()),
        }
        info: dict[str, Any] = {"events": events, "measures": measures}
        if self._termination is not None:
            info["termination"] = self._termination
        return info
