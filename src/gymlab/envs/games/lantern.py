"""`gymlab/Lantern-v0`: searching in the dark, for what it means to see only a part."""

from typing import Any, ClassVar, Literal, cast

import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from gymlab.envs.game import STEP, Events, Game, Measures, State
from gymlab.envs.games.lantern_cave import Cave, draw_cave, make_rules
from gymlab.envs.games.lantern_rendering import LanternPicture

FloatArray = NDArray[np.float32]
ROCK, TRAP, TREASURE, CRUMBS = range(4)
MANY_VISITS = 4
"""Visits of a cell beyond which its breadcrumbs look the same."""


class LanternEnv(Game[FloatArray, np.int64], RecordConstructorArgs):
    """Find the treasure of a dark cave by the light of a small lantern.

    ## Description
    Every episode has a new cave of rocks and traps. The agent sees only the cells around it, so
    two places can look the same although the treasure lies in opposite directions: what is best
    depends on where it has been. With `breadcrumbs` it marks its way, and a policy without
    memory can search; without them only one with memory can. A stronger `lantern` makes the
    problem easier, step by step.

    ## Action Space
    One of four moves. A move into a rock or over the edge leaves the agent where it is.

    | Num | Action     |
    |-----|------------|
    | 0   | Move up    |
    | 1   | Move right |
    | 2   | Move down  |
    | 3   | Move left  |

    ## Observation Space
    Four squares of (2 lantern + 1)^2 cells around the agent, row by row, and the oil: 101 numbers
    with `lantern=2`. Cells beyond the edge look like rock; light shines past rocks.

    | Part     | Observation                                                     | Min | Max |
    |----------|-----------------------------------------------------------------|-----|-----|
    | 1        | Rock                                                            | 0   | 1   |
    | 2        | Trap                                                            | 0   | 1   |
    | 3        | Treasure                                                        | 0   | 1   |
    | 4        | Breadcrumbs: visits of the cell, at most 4, divided by 4        | 0   | 1   |
    | the last | Oil that is left, as a share of `oil`                           | 0   | 1   |

    ## Rewards
    - Finding the treasure: `treasure_reward` (1).
    - Falling into a trap: `trap_reward` (-1).
    - Every timestep: `step_reward` (-0.01), added to the above.

    ## Starting State
    A new cave, the agent anywhere in it, the treasure at least half the cave's side of moves
    away. There always is a way past the traps.

    ## Episode End
    - Termination: `goal`, `trap`, or `dark` when the oil is used up. `info["termination"]` says
      which.
    - Truncation: after 1,000 timesteps (`max_episode_steps`), which only more oil allows.

    ## Arguments

    | Parameter         | Type  | Default | Description |
    |-------------------|-------|---------|-------------|
    | `size`            | int   | 9       | Cells per side, 5 to 25. |
    | `lantern`         | int   | 2       | Cells that are seen in each direction, 1 to 6. |
    | `traps`           | int   | 4       | Traps, as far as they leave a way, 0 to 50. |
    | `rock`            | float | 0.2     | Share of the cave that is rock, 0 to 0.4. |
    | `oil`             | int   | 100     | Timesteps that the lantern burns, 10 to 100,000. |
    | `breadcrumbs`     | bool  | true    | The agent sees where it has been. |
    | `treasure_reward` | float | 1.0     | Reward for the treasure. |
    | `trap_reward`     | float | -1.0    | Reward for falling into a trap. |
    | `step_reward`     | float | -0.01   | Reward of every timestep. |

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8}  # noqa: RUF012 - Gymnasium declares it so
    EVENTS: ClassVar = {
        STEP: "A timestep was played.",
        "treasure": "The treasure was found.",
        "trap": "The agent fell into a trap.",
        "dark": "The oil was used up.",
        "bump": "A rock or the edge stopped a move.",
        "explored": "A cell was entered for the first time.",
        "closer": "The way to the treasure became shorter, whether the agent sees it or not.",
        "farther": "The way to the treasure became longer.",
    }
    MEASURES: ClassVar = {
        "timestep": "Timesteps of this episode so far.",
        "explored": "Different cells entered.",
        "visits": "How often this cell was entered.",
        "distance": "Moves to the treasure.",
        "oil": "Timesteps that the lantern still burns.",
    }
    TERMINATIONS: ClassVar = {
        "goal": "found the treasure",
        "trap": "fell into a trap",
        "dark": "used up the oil",
    }

    def __init__(  # noqa: PLR0913 - the arguments are the environment's documented interface
        self,
        *,
        size: int = 9,
        lantern: int = 2,
        traps: int = 4,
        rock: float = 0.2,
        oil: int = 100,
        breadcrumbs: bool = True,
        treasure_reward: float = 1.0,
        trap_reward: float = -1.0,
        step_reward: float = -0.01,
        render_mode: Literal["rgb_array"] | None = None,
    ) -> None:
        """Check the arguments.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        RecordConstructorArgs.__init__(self)
        self.rules = make_rules(
            size=size,
            lantern=lantern,
            traps=traps,
            rock=rock,
            oil=oil,
            breadcrumbs=breadcrumbs,
            treasure_reward=treasure_reward,
            trap_reward=trap_reward,
            step_reward=step_reward,
        )
        self.render_mode = render_mode
        length = 4 * self.rules.view**2 + 1
        self.observation_space = cast("Any", spaces.Box(0.0, 1.0, (length,), np.float32))
        self.action_space = cast("Any", spaces.Discrete(4))
        self.cave: Cave = draw_cave(self.rules, np.random.default_rng(0))
        self.cell = self.cave.start
        self.visits: dict[int, int] = {self.cell: 1}
        self._timestep = 0
        self._termination: str | None = None
        self._picture: LanternPicture | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[FloatArray, dict[str, Any]]:
        """Begin in a new cave."""
        super().reset(seed=seed, options=options)
        self.cave = draw_cave(self.rules, self.np_random)
        self.cell = self.cave.start
        self.visits = {self.cell: 1}
        self._timestep = 0
        self._termination = None
        return self._observation(), self._info({})

    def step(self, action: np.int64) -> tuple[FloatArray, float, bool, bool, dict[str, Any]]:
        """Move by one cell."""
        self._timestep += 1
        before = self.cell
        beside = self.rules.neighbour(before, int(action))
        if beside not in self.cave.rocks:
            self.cell = beside
        if self.cell != before:
            self.visits[self.cell] = self.visits.get(self.cell, 0) + 1
        self._termination = self._ending()
        rules = self.rules
        reward = rules.step_reward
        if self._termination == "goal":
            reward += rules.treasure_reward
        elif self._termination == "trap":
            reward += rules.trap_reward
        info = self._info(self._events(before))
        return self._observation(), reward, self._termination is not None, False, info

    def render(self) -> NDArray[np.uint8] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the cave as an RGB picture of (height, width, 3)."""
        if self.render_mode is None:
            return None
        if self._picture is None:
            self._picture = LanternPicture(self.rules)
        return self._picture.draw(self.render_state())

    def render_state(self) -> State:
        """Return the cave as JSON; cells are [row, column]."""
        size, cave = self.rules.size, self.cave

        def place(cell: int) -> list[int]:
            return [cell // size, cell % size]

        return {
            "game": "lantern",
            "size": size,
            "lantern": self.rules.lantern,
            "agent": place(self.cell),
            "treasure": place(cave.treasure),
            "rocks": [place(cell) for cell in sorted(cave.rocks)],
            "traps": [place(cell) for cell in sorted(cave.traps)],
            "visited": [[*place(cell), count] for cell, count in sorted(self.visits.items())],
            "oil": self.rules.oil - self._timestep,
            "max_oil": self.rules.oil,
            "score": len(self.visits),
            "timestep": self._timestep,
            "termination": self._termination,
        }

    def _ending(self) -> str | None:
        if self.cell == self.cave.treasure:
            return "goal"
        if self.cell in self.cave.traps:
            return "trap"
        return "dark" if self._timestep >= self.rules.oil else None

    def _events(self, before: int) -> Events:
        events: Events = {STEP: 1.0}
        if self._termination is not None:
            name = "treasure" if self._termination == "goal" else self._termination
            events[name] = 1.0
        if self.cell == before:
            events["bump"] = 1.0
        elif self.visits[self.cell] == 1:
            events["explored"] = 1.0
        distances = self.cave.distances
        change = int(distances[self.cell] - distances[before])
        if change and self.cell not in self.cave.traps:
            events["closer" if change < 0 else "farther"] = 1.0
        return events

    def _observation(self) -> FloatArray:
        rules, cave = self.rules, self.cave
        reach, view = rules.lantern, rules.view
        seen = np.zeros(4 * view * view + 1, np.float32)
        squares = seen[:-1].reshape(4, view, view)
        top, left = self.cell // rules.size - reach, self.cell % rules.size - reach
        for row in range(view):
            for column in range(view):
                if not (0 <= top + row < rules.size and 0 <= left + column < rules.size):
                    squares[ROCK, row, column] = 1
                    continue
                cell = (top + row) * rules.size + left + column
                squares[ROCK, row, column] = cell in cave.rocks
                squares[TRAP, row, column] = cell in cave.traps
                squares[TREASURE, row, column] = cell == cave.treasure
                if rules.breadcrumbs:
                    visits = min(self.visits.get(cell, 0), MANY_VISITS)
                    squares[CRUMBS, row, column] = visits / MANY_VISITS
        seen[-1] = max(rules.oil - self._timestep, 0) / rules.oil
        return seen

    def _info(self, events: Events) -> dict[str, Any]:
        measures: Measures = {
            "timestep": float(self._timestep),
            "explored": float(len(self.visits)),
            "visits": float(self.visits[self.cell]),
            "distance": float(self.cave.distances[self.cell]),
            "oil": float(self.rules.oil - self._timestep),
        }
        info: dict[str, Any] = {"events": events, "measures": measures}
        if self._termination is not None:
            info["termination"] = self._termination
        return info
