"""How MiniGrid and BabyAI levels are observed: codes become indicators, words become positions.

The levels give a dictionary of integer codes and a text. A network that reads the code of a
key (5) as more than that of a door (4) learns slowly, and none reads text, so by default an
agent is given one flat vector of zeros and ones: the seven by seven cells in front of it as
indicators of object, colour and state, followed, where the mission differs between episodes,
by the mission's words at their places.
"""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX, STATE_TO_IDX
from minigrid.core.mission import MissionSpace
from numpy.typing import NDArray

from gymlab.envs.space_info import parts_of

MAX_MISSION_WORDS = 48
VOCABULARY: tuple[str, ...] = (
    "a",
    "after",
    "and",
    "at",
    "avoid",
    "ball",
    "behind",
    "blue",
    "box",
    "door",
    "end",
    "fetch",
    "find",
    "front",
    "get",
    "go",
    "goal",
    "green",
    "grey",
    "hallway",
    "in",
    "key",
    "lava",
    "left",
    "matching",
    "must",
    "near",
    "next",
    "object",
    "of",
    "on",
    "open",
    "opening",
    "pick",
    "purple",
    "put",
    "reach",
    "red",
    "right",
    "room",
    "rooms",
    "square",
    "the",
    "then",
    "to",
    "traverse",
    "unlock",
    "up",
    "use",
    "yellow",
    "you",
    "your",
    ",",
    "from",
)
"""Every word of the missions of minigrid 3.2; another one counts as unknown."""

UInt8Array = NDArray[np.uint8]
_CODE_SIZES = (len(OBJECT_TO_IDX), len(COLOR_TO_IDX), len(STATE_TO_IDX))
_CELL_SIZE = sum(_CODE_SIZES)
_WORD_COLUMNS = {word: idx for idx, word in enumerate(VOCABULARY, start=1)}


class SymbolicObservation(
    gym.ObservationWrapper[UInt8Array, int, dict[str, Any]],
    RecordConstructorArgs,
):
    """Turns the view and, where it varies, the mission into one vector of zeros and ones."""

    def __init__(self, env: gym.Env[dict[str, Any], int]) -> None:
        """Size the vector for the view of an environment."""
        RecordConstructorArgs.__init__(self)
        gym.ObservationWrapper.__init__(self, env)
        parts = _dict_space(env)
        self._num_cells = int(np.prod(parts["image"].shape or ())) // len(_CODE_SIZES)
        self._has_mission = mission_varies(parts["mission"])
        size = self._num_cells * _CELL_SIZE
        if self._has_mission:
            size += MAX_MISSION_WORDS * (len(VOCABULARY) + 1)
        self.observation_space = spaces.Box(0, 1, (size,), np.uint8)
        self._mission: str | None = None
        self._mission_vector = np.zeros(0, np.uint8)

    def observation(self, observation: dict[str, Any]) -> UInt8Array:
        """Return the vector of one observation."""
        view = encode_view(observation["image"])
        if not self._has_mission:
            return view
        if observation["mission"] != self._mission:
            self._mission = observation["mission"]
            self._mission_vector = encode_mission(observation["mission"])
        return np.concatenate((view, self._mission_vector))


def _dict_space(env: gym.Env[dict[str, Any], int]) -> dict[str, spaces.Space[Any]]:
    space = env.observation_space
    if not isinstance(space, spaces.Dict):
        msg = f"A level of MiniGrid observes a Dict, not {type(space).__name__}."
        raise TypeError(msg)
    return parts_of(space)


def mission_varies(space: spaces.Space[Any]) -> bool:
    """Return whether the mission may differ between episodes, so that it has to be read."""
    return type(space) is not MissionSpace or bool(space.ordered_placeholders)


def encode_view(view: UInt8Array) -> UInt8Array:
    """Turn the codes of a view into indicators.

    Args:
        view: (W, H, 3) object, colour and state code of each cell.

    Returns:
        (W * H * 20,) zeros and ones.
    """
    cells = view.reshape(-1, len(_CODE_SIZES))
    parts = [
        np.eye(size, dtype=np.uint8)[np.minimum(cells[:, idx], size - 1)]
        for idx, size in enumerate(_CODE_SIZES)
    ]
    return np.concatenate(parts, axis=1).reshape(-1)


def encode_mission(mission: str) -> UInt8Array:
    """Turn a mission into indicators of its words by place; words beyond the 48th are cut."""
    encoded = np.zeros((MAX_MISSION_WORDS, len(VOCABULARY) + 1), np.uint8)
    words = mission.lower().replace(",", " , ").split()[:MAX_MISSION_WORDS]
    for place, word in enumerate(words):
        encoded[place, _WORD_COLUMNS.get(word, 0)] = 1
    return encoded.reshape(-1)
