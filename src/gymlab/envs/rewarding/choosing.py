"""The reward that a specification asks for.

A user's function, a formula, the environment's own with links that change it, or none of its own.
"""

from gymlab.domain.runs import RunSpec
from gymlab.envs.game import Game, game_of
from gymlab.envs.making import make_env
from gymlab.envs.rewarding.adjusting import OwnReward, adjustment_of
from gymlab.envs.rewarding.formula import FormulaReward
from gymlab.envs.rewarding.function import RewardFunction
from gymlab.errors import InvalidInputError

Reward = RewardFunction | FormulaReward | OwnReward


def reward_of(spec: RunSpec) -> Reward | None:
    """Return what computes the run's own reward; None where the environment's is learned from.

    Raises:
        UserCodeError: The function cannot be loaded.
        InvalidInputError: The formula does not fit the environment.
    """
    if spec.reward_code is not None:
        return RewardFunction(spec.reward_code)
    if spec.reward_formula is None:
        return OwnReward() if adjustment_of(spec.wrappers) is not None else None
    env = make_env(spec.env_id, spec.env_kwargs)
    try:
        game = game_of(env)
        if not isinstance(game, Game):
            raise InvalidInputError(f"{spec.env_id} has no events to make a reward of.")
        return FormulaReward(spec.reward_formula, game)
    finally:
        env.close()
