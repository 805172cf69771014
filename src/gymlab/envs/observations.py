"""Which observation an agent is given by default in each family, and what else may be asked for.

| family | default | other values of `observation` |
|---|---|---|
| Atari | `stacked`: four grey 84 x 84 screens | `rgb`, `grayscale`, `ram` |
| MiniGrid, BabyAI | `symbolic`: one vector of zeros and ones | `pixels`: the view as a picture |
| Tuple of Discrete (Blackjack) | MultiDiscrete of the same numbers | |
| all others | the environment's own | |

The catalogue shows the spaces after these wrappers, because that is what an agent is given.
Wrappers that change rewards or episodes (normalisation, clipping, one episode per life)
belong to the training backend, not here.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.wrappers import TransformObservation

from gymlab.envs.families import ATARI, MINIGRID, Family
from gymlab.envs.space_info import describe_space, parts_of

AnyEnv = gym.Env[Any, Any]

OBSERVATIONS: Mapping[str, tuple[str, ...]] = {
    ATARI.id: ("stacked", "rgb", "grayscale", "ram"),
    MINIGRID.id: ("symbolic", "pixels"),
}
"""Values of the argument `observation` by family; the first is the default."""


def constructor_kwargs(family: Family, observation: str | None) -> dict[str, Any]:
    """Return the constructor arguments that an observation needs."""
    if family is not ATARI:
        return {}
    if observation == "stacked":
        return {"obs_type": "grayscale", "frameskip": 1}
    return {"obs_type": observation}


def wrap_observation(env: AnyEnv, observation: str | None) -> AnyEnv:
    """Wrap an environment so that it gives the observation asked for."""
    if observation == "stacked":
        return cast("Any", import_module("gymlab.envs.atari")).AtariObservation(env)
    if observation == "symbolic":
        # minigrid is optional, so the module that imports it is loaded only where it is used.
        return cast("Any", import_module("gymlab.envs.grid_observations")).SymbolicObservation(env)
    if observation == "pixels":
        wrappers = cast("Any", import_module("minigrid.wrappers"))
        return wrappers.ImgObsWrapper(wrappers.RGBImgPartialObsWrapper(env))
    return _numbers_of_tuple(env)


def _numbers_of_tuple(env: AnyEnv) -> AnyEnv:
    space = env.observation_space
    if not isinstance(space, spaces.Tuple):
        return env
    parts = [describe_space(part) for part in parts_of(space).values()]
    if any(part.type != "Discrete" or part.low != 0 for part in parts):
        return env
    numbers = spaces.MultiDiscrete([part.n or 0 for part in parts])
    return TransformObservation(env, lambda obs: np.array(obs, dtype=np.int64), numbers)
