"""From the links of a specification to wrappers around an environment."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium
from gymnasium.wrappers import TimeLimit
from pydantic import ValidationError

from gymlab.domain.runs import WrapperSpec
from gymlab.domain.wrappers import WRAPPERS, Curriculum, MisfitError
from gymlab.envs.space_info import describe_space
from gymlab.envs.wrapping.actions import RepeatedActions, StickyActions
from gymlab.envs.wrapping.levels import FixedSeeds
from gymlab.envs.wrapping.pictures import GreyPictures, ResizedPictures
from gymlab.envs.wrapping.stacking import StackedObservations
from gymlab.envs.wrapping.varying import Make, VaryingEnv
from gymlab.errors import InvalidInputError

AnyEnv = gymnasium.Env[Any, Any]
CURRICULUM = "curriculum"

_MAKERS: Mapping[str, Callable[[AnyEnv, Any], AnyEnv]] = {
    "frame_stack": lambda env, config: StackedObservations(env, config.num_frames),
    "time_limit": lambda env, config: TimeLimit(env, config.max_episode_steps),
    "action_repeat": lambda env, config: RepeatedActions(env, config.num_repeats),
    "sticky_actions": lambda env, config: StickyActions(env, config.probability),
    "grayscale": lambda env, _: GreyPictures(env),
    "resize": lambda env, config: ResizedPictures(env, (config.height, config.width)),
    "seeds": lambda env, config: FixedSeeds(env, config.seeds),
}


def wrap(env: AnyEnv, chain: Sequence[WrapperSpec]) -> AnyEnv:
    """Put the links around an environment, the innermost first.

    Those that change the environment itself (`base_env`), the reward that is learned from
    (`gymlab.envs.rewarding`) or are the runner's are passed over.

    Raises:
        InvalidInputError: One is unknown, has impossible settings or does not fit.
    """
    for position, link in enumerate(chain):
        wrapper = WRAPPERS.get(link.id)
        if wrapper is None:
            raise InvalidInputError(f"There is no wrapper {link.id[:60]!r}.")
        try:
            config = wrapper.config.model_validate(link.kwargs)
            wrapper.fit(describe_space(env.observation_space), config)
        except (ValidationError, MisfitError) as error:
            detail = f"Link {position + 1} of the wrappers: {error}"
            raise InvalidInputError(detail[:500]) from error
        if link.id in _MAKERS:
            env = _MAKERS[link.id](env, config)
    return env


def base_env(make: Make, kwargs: Mapping[str, Any], chain: Sequence[WrapperSpec]) -> AnyEnv:
    """Make the environment that a chain stands around; one whose options change where a link says so.

    Raises:
        InvalidInputError: The settings of such a link are impossible.
    """
    try:
        changes = [
            Curriculum.model_validate(link.kwargs) for link in chain if link.id == CURRICULUM
        ]
    except ValidationError as error:
        raise InvalidInputError(f"The curriculum: {error}"[:500]) from error
    return VaryingEnv(make, kwargs, changes) if changes else make(kwargs)
