"""`gymlab/GridWorld-v0`: a board small enough to know the exact answer."""

from typing import Any, ClassVar, Literal, cast

import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from gymlab.envs.game import STEP, Events, Game, State
from gymlab.envs.grid_world_layout import (
    Cell,
    checked_number,
    invalid,
    make_layout,
)
from gymlab.envs.grid_world_planning import (
    GridWorldProblem,
    GridWorldRewards,
    OptimalValues,
    solve,
)
from gymlab.envs.grid_world_rendering import GridWorldPicture

UInt8Array = NDArray[np.uint8]
REWARD_KINDS = ("sparse", "shaped")
MAX_REWARD = 1e6


class GridWorldEnv(Game[np.int64, np.int64], RecordConstructorArgs):
    """An agent walks over a square board to a goal, around walls and traps.

    ## Description
    The board is small enough to compute the exact optimal values (`optimal_values`), so what an
    agent has learned can be compared with the truth. Everything on it can be moved: its size,
    walls, traps and goals, how slippery the floor is and how the reward is given.

    ## Action Space
    One of four moves. A move into a wall or over the edge leaves the agent where it is.

    | Num | Action     |
    |-----|------------|
    | 0   | Move up    |
    | 1   | Move right |
    | 2   | Move down  |
    | 3   | Move left  |

    ## Observation Space
    The cell the agent is in, as `row * size + column`, both counted from 0 at the top left.

    | Num | Observation                        | Min | Max          |
    |-----|------------------------------------|-----|--------------|
    | 0   | Cell of the agent, row by row      | 0   | size^2 - 1   |

    ## Rewards
    - Entering a goal: `goal_reward` (1).
    - Entering a trap: `trap_reward` (-1).
    - Every timestep: `step_reward` (-0.01), added to the above.

    With `reward="shaped"` every timestep also gets `discount * potential(next) - potential(now)`
    (Ng, Harada and Russell 1999). The potential of a cell is minus its walking distance to the
    nearest goal, divided by the longest such distance, and 0 where an episode ends. It makes
    learning faster and changes no optimal policy for the same discount.

    ## Starting State
    The cell `start`; with `random_start=true` any cell from which a goal can be reached, each
    equally likely.

    ## Episode End
    - Termination: the agent enters a goal or a trap. `info["termination"]` says which.
    - Truncation: after 200 timesteps (`max_episode_steps`).

    ## Arguments

    | Parameter      | Type  | Default | Description |
    |----------------|-------|---------|-------------|
    | `size`         | int   | 6       | Cells per side, 2 to 50. |
    | `walls`        | list  | null    | `[row, column]` of each wall; null is the default board, `[]` none. |
    | `traps`        | list  | null    | `[row, column]` of each trap; null is the default board, `[]` none. |
    | `goals`        | list  | null    | `[row, column]` of each goal; null is the bottom right corner. |
    | `start`        | list  | null    | `[row, column]`; null is the top left corner. |
    | `random_start` | bool  | false   | Begin anywhere. |
    | `slipperiness` | float | 0.0     | Probability, 0 to 1, of sliding to one of the two sides instead. |
    | `reward`       | str   | sparse  | `sparse` or `shaped`. |
    | `goal_reward`  | float | 1.0     | Reward for entering a goal. |
    | `trap_reward`  | float | -1.0    | Reward for entering a trap. |
    | `step_reward`  | float | -0.01   | Reward of every timestep. |
    | `discount`     | float | 0.99    | Discount of the shaping and of the exact values, 0 to 1. |
    | `show_values`  | bool  | false   | Shade cells by their exact optimal value. |

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8}  # noqa: RUF012 - Gymnasium declares it so
    EVENTS: ClassVar = {
        STEP: "A timestep was played.",
        "goal": "The agent entered a goal.",
        "trap": "The agent entered a trap.",
        "bump": "A wall or the edge stopped a move.",
        "slip": "The floor turned a move aside.",
        "closer": "The way to the nearest goal became shorter.",
        "farther": "The way to the nearest goal became longer.",
    }
    MEASURES: ClassVar = {
        "timestep": "Timesteps of this episode so far.",
        "distance": "Moves to the nearest goal past the traps, -1 where there is no way.",
        "row": "Row of the agent, from 0 at the top.",
        "column": "Column of the agent, from 0 at the left.",
    }
    TERMINATIONS: ClassVar = {"goal": "reached a goal", "trap": "entered a trap"}

    def __init__(  # noqa: PLR0913 - the arguments are the environment's documented interface
        self,
        *,
        size: int = 6,
        walls: list[list[int]] | None = None,
        traps: list[list[int]] | None = None,
        goals: list[list[int]] | None = None,
        start: list[int] | None = None,
        random_start: bool = False,
        slipperiness: float = 0.0,
        reward: str = "sparse",
        goal_reward: float = 1.0,
        trap_reward: float = -1.0,
        step_reward: float = -0.01,
        discount: float = 0.99,
        show_values: bool = False,
        render_mode: Literal["rgb_array"] | None = None,
    ) -> None:
        """Check the arguments and build the board.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        RecordConstructorArgs.__init__(self)
        if reward not in REWARD_KINDS:
            detail = f"reward must be one of {', '.join(REWARD_KINDS)}, not {reward!r}."
            raise invalid("reward", "not_a_choice", detail)
        self.layout = make_layout(size, walls=walls, traps=traps, goals=goals, start=start)
        self.problem = GridWorldProblem(
            layout=self.layout,
            rewards=GridWorldRewards(
                goal=checked_number("goal_reward", goal_reward, -MAX_REWARD, MAX_REWARD),
                trap=checked_number("trap_reward", trap_reward, -MAX_REWARD, MAX_REWARD),
                step=checked_number("step_reward", step_reward, -MAX_REWARD, MAX_REWARD),
                is_shaped=reward == "shaped",
            ),
            slipperiness=checked_number("slipperiness", slipperiness, 0.0, 1.0),
            discount=checked_number("discount", discount, 0.0, 1.0),
        )
        self.render_mode = render_mode
        self.observation_space = cast("Any", spaces.Discrete(self.layout.size**2))
        self.action_space = cast("Any", spaces.Discrete(4))
        self.has_random_start = random_start
        self._show_values = show_values
        self._cell: Cell = self.layout.start
        self._timestep = 0
        self._picture: GridWorldPicture | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.int64, dict[str, Any]]:
        """Put the agent on its start."""
        super().reset(seed=seed, options=options)
        self._cell = self.layout.start
        self._timestep = 0
        if self.has_random_start:
            starts = self.layout.possible_starts
            self._cell = starts[int(self.np_random.integers(len(starts)))]
        if self._picture is not None:
            self._picture.forget_trail()
        return self._observation(), self._info({})

    def step(self, action: np.int64) -> tuple[np.int64, float, bool, bool, dict[str, Any]]:
        """Move the agent by one cell, or to a side where the floor is slippery."""
        turn = self._draw_turn()
        before = self._cell
        self._timestep += 1
        self._cell = self.layout.neighbour(before, (int(action) + turn) % 4)
        reward = self.problem.reward(before, self._cell)
        terminated = self.layout.is_terminal(self._cell)
        info = self._info(self._events(before, is_slip=turn != 0))
        return self._observation(), reward, terminated, False, info

    def render(self) -> UInt8Array | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the board as an RGB picture of (height, width, 3)."""
        if self.render_mode is None:
            return None
        if self._picture is None:
            values = self.optimal_values().values if self._show_values else None
            self._picture = GridWorldPicture(self.layout, values)
        return self._picture.draw(self._cell)

    def render_state(self) -> State:
        """Return the board as JSON; cells are [row, column]."""
        layout = self.layout
        reason = self._termination()
        return {
            "game": "gridworld",
            "size": layout.size,
            "agent": list(self._cell),
            "start": list(layout.start),
            "walls": [list(cell) for cell in sorted(layout.walls)],
            "traps": [list(cell) for cell in sorted(layout.traps)],
            "goals": [list(cell) for cell in sorted(layout.goals)],
            "score": self._timestep,
            "timestep": self._timestep,
            "termination": reason,
        }

    def optimal_values(self) -> OptimalValues:
        """Return the exact optimal value and the best action of every cell."""
        return solve(self.problem)

    def _draw_turn(self) -> int:
        """Draw by how many quarter turns the floor turns this move."""
        slipperiness = self.problem.slipperiness
        if slipperiness == 0:
            return 0
        draw = self.np_random.random()
        if draw >= slipperiness:
            return 0
        return 1 if draw < slipperiness / 2 else 3

    def _observation(self) -> np.int64:
        return np.int64(self.layout.index_of(self._cell))

    def _termination(self) -> str | None:
        if not self.layout.is_terminal(self._cell):
            return None
        return "goal" if self._cell in self.layout.goals else "trap"

    def _events(self, before: Cell, *, is_slip: bool) -> Events:
        events: Events = {STEP: 1.0}
        reason = self._termination()
        if reason is not None:
            events[reason] = 1.0
        if self._cell == before:
            events["bump"] = 1.0
        if is_slip:
            events["slip"] = 1.0
        distances = self.layout.distances
        if before in distances and self._cell in distances:
            change = distances[self._cell] - distances[before]
            if change:
                events["closer" if change < 0 else "farther"] = 1.0
        return events

    def _info(self, events: Events) -> dict[str, Any]:
        distance = self.layout.distances.get(self._cell, -1)
        info: dict[str, Any] = {
            "cell": self._cell,
            "distance_to_goal": distance,
            "is_slip": "slip" in events,
            "events": events,
            "measures": {
                "timestep": float(self._timestep),
                "distance": float(distance),
                "row": float(self._cell[0]),
                "column": float(self._cell[1]),
            },
        }
        reason = self._termination()
        if reason is not None:
            info["termination"] = reason
        return info
