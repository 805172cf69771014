"""Makes the environments of a run with the engine that `choosing.py` names."""

import os
from importlib import import_module
from typing import Any

import gymnasium

from gymlab.agents.stepping import Env
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.game import Game, game_of
from gymlab.envs.rewarding.choosing import reward_of
from gymlab.envs.rewarding.formula import FormulaReward
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.choosing import ENVPOOL_IDS, LIMIT, choose_engine
from gymlab.runners.turbo.compiled_pool import CompiledStepper
from gymlab.runners.turbo.game_pool import GameStepper
from gymlab.runners.turbo.stepping import RowStepper, Stepper

_LIGHT = ("CartPole-", "Acrobot-", "MountainCar")
"""Environments of which a step takes a microsecond or two."""
_LIGHT_ENVS_OF_A_THREAD = 32
_LIGHTEST = ("CartPole-", "MountainCar")
"""Those among them that one step in Python takes less time than to hand it to a thread."""


def make_stepper(spec: RunSpec, num_envs: int, context: RunContext) -> Stepper:
    """Make the environments of a run."""
    choice = choose_engine(spec)
    match choice.engine:
        case "compiled" if num_envs == 1 and choice.env_id.startswith(_LIGHTEST):
            return RowStepper(context.make_env, num_envs)
        case "compiled":
            return _compiled(spec, choice.env_id, num_envs, context)
        case "vectorised":
            return _vectorised(spec, choice.env_id, num_envs, context)
        case "gymnasium":
            return RowStepper(context.make_env, num_envs)


def _compiled(spec: RunSpec, env_id: str, num_envs: int, context: RunContext) -> Stepper:
    twin: Env = compose_env(spec)
    try:
        observed, acted = twin.observation_space, twin.action_space
    finally:
        twin.close()
    return CompiledStepper(
        ENVPOOL_IDS.get(env_id, env_id),
        observed,
        acted,
        num_envs,
        context,
        max_episode_steps=spec.env_kwargs.get(LIMIT),
        num_threads=_num_threads(env_id, num_envs),
    )


def _num_threads(env_id: str, num_envs: int) -> int:
    """Return how many threads step: handing work over takes longer than a few light steps."""
    if env_id.startswith(_LIGHT) and num_envs <= _LIGHT_ENVS_OF_A_THREAD:
        return 1
    return min(num_envs, os.cpu_count() or 1)


def _vectorised(spec: RunSpec, env_id: str, num_envs: int, context: RunContext) -> Stepper:
    place = gymnasium.spec(env_id).vector_entry_point
    module, _, name = str(place).partition(":")
    games = getattr(import_module(module), name)(num_envs, **spec.env_kwargs)
    formula = reward_of(spec) if spec.reward_formula is not None else None
    return GameStepper(
        games,
        context,
        lambda: _scalar(spec),
        formula if isinstance(formula, FormulaReward) else None,
    )


def _scalar(spec: RunSpec) -> Game[Any, Any]:
    game = game_of(compose_env(spec, render_mode="rgb_array"))
    if game is None:
        raise TypeError(f"{spec.env_id} is none of our games")
    return game
