"""One training run from its specification to its last checkpoint."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import VecEnv

from gymlab.domain.events import EventLevel, EventType
from gymlab.envs.making import make_env as make_catalogue_env
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import BudgetSpent, Members, RunContext
from gymlab.runners.sb3.building import build_model
from gymlab.runners.sb3.callback import TrainingBridge
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.interaction import load_interaction
from gymlab.runners.sb3.learner_state import load_learner
from gymlab.runners.sb3.live_changes import apply_changes
from gymlab.runners.sb3.pictures import AnyEnv, wrap_for_training
from gymlab.runners.sb3.replay_file import REPLAY_FILE, load_replay
from gymlab.runners.sb3.vector_env import build_vector_env
from gymlab.runners.sb3.warm_start import begin_with_policy

_MEMORY_HINT = (
    "Reduce batch_size, net_arch, num_envs, n_steps or buffer_size, or choose the device cpu."
)
_REHEARSAL_ENV = "CartPole-v1"
_DIVERGED_HINT = "Lower learning_rate, switch `normalize` on, or lower max_grad_norm."


def train(context: RunContext) -> None:
    """Train until the budget is spent.

    Raises:
        LabError: The specification is not valid, memory ran out, or the weights became NaN.
    """
    spec = context.spec
    config = parse_config(spec.algorithm, spec.hyperparameters)
    torch.set_num_threads(1)
    vector_env: VecEnv | None = None
    model: BaseAlgorithm | None = None
    try:
        vector_env = build_vector_env(
            _env_maker(context, config),
            config,
            config.num_envs,
            batch_rewards=context.batch_rewards,
        )
        model, warnings = build_model(
            spec.algorithm, config, vector_env, seed=spec.seed, device=context.device
        )
        for warning in warnings + _useless_settings(context, config):
            context.event(EventType.WARNING, warning, level=EventLevel.WARNING)
        _learn(context, model)
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise TrainingFailedError(f"Out of memory: {error}", hint=_MEMORY_HINT) from error
    except (ValueError, RuntimeError, FloatingPointError) as error:
        if model is None or _is_finite(model):
            raise
        detail = f"The weights of the network became infinite or NaN ({error})."
        raise TrainingFailedError(detail[:500], hint=_DIVERGED_HINT) from error
    finally:
        if vector_env is not None:
            vector_env.close()


def rehearse() -> None:
    """Train for one tiny rollout: what torch prepares on first use takes half a second."""
    torch.set_num_threads(1)
    config = parse_config("ppo", {"n_steps": 8, "batch_size": 8, "n_epochs": 1})
    vector_env = build_vector_env(lambda _: make_catalogue_env(_REHEARSAL_ENV), config, 1)
    model, _ = build_model("ppo", config, vector_env, seed=0, device="cpu")
    model.learn(8)
    vector_env.close()


def _env_maker(context: RunContext, config: EnvironmentConfig) -> Callable[[int], AnyEnv]:
    has_own_reward = context.spec.reward_code is not None
    return lambda idx: wrap_for_training(
        context.make_env(idx), config, has_own_reward=has_own_reward
    )


def _learn(context: RunContext, model: BaseAlgorithm) -> None:
    spec = context.spec
    resumed_state: dict[str, Any] | None = None
    if context.resume is not None:
        resumed_state = _restore(context, model, context.resume.members)
    elif context.initial_policy is not None:
        begin_with_policy(model, context.initial_policy)
    context.initialized(num_envs=model.n_envs, message=_summary(spec.algorithm, model))
    bridge = TrainingBridge(context, resumed_state)
    is_over = context.resume is not None and context.resume.is_over
    try:
        model.learn(
            0 if is_over else max(spec.total_timesteps - model.num_timesteps, 0),
            callback=bridge,
            log_interval=cast("int", None),  # its own reports are never written
            reset_num_timesteps=context.resume is None,
        )
    except BudgetSpent:
        bridge.finish()
        raise


def _restore(context: RunContext, model: BaseAlgorithm, members: Members) -> dict[str, Any]:
    state = load_learner(model, members)
    if _is_forking(context):
        # What was changed while the parent trained gives way to what the fork was asked to do.
        state = {**state, "changed": {}}
    apply_changes(model, state["changed"])
    if context.restore_environments():
        load_interaction(model, state["interaction"])
    elif model.env is not None:
        # Other seeds than at the start: the environments begin new episodes, not the old ones.
        sequence = np.random.SeedSequence([context.spec.seed, model.num_timesteps])
        model.env.seed(int(sequence.generate_state(1)[0]) % 2**31)
    buffer = getattr(model, "replay_buffer", None)
    if buffer is not None and REPLAY_FILE in members:
        load_replay(buffer, members)
    elif buffer is not None:
        off_policy = cast("Any", model)
        missing = max(off_policy.learning_starts, off_policy.batch_size)
        off_policy.learning_starts = model.num_timesteps + missing
        context.event(
            EventType.WARNING,
            f"The replay buffer was not saved: {missing} timesteps of random actions fill it.",
            level=EventLevel.WARNING,
        )
    return state


def _is_forking(context: RunContext) -> bool:
    """Tell whether the run takes over another run's state now, and not its own."""
    start, resume = context.spec.start_from, context.resume
    is_fork = start is not None and start.mode == "state"
    return (
        is_fork and resume is not None and start is not None and resume.timestep == start.timestep
    )


def _useless_settings(context: RunContext, config: EnvironmentConfig) -> list[str]:
    """Say what is allowed but surely not meant."""
    starts = getattr(config, "learning_starts", 0)
    budget = context.spec.total_timesteps
    if starts < budget or not starts:
        return []
    text = f"learning_starts = {starts} is not below the budget of {budget} timesteps"
    return [f"{text}: nothing will be learnt."]


def _summary(algorithm: str, model: BaseAlgorithm) -> str:
    num_parameters = sum(parameter.numel() for parameter in model.policy.parameters())
    environments = "environment" if model.n_envs == 1 else "environments"
    return (
        f"{algorithm} with {type(model.policy).__name__} ({num_parameters:,} parameters) "
        f"on {model.n_envs} {environments}, device {model.device}"
    )


def _is_finite(model: BaseAlgorithm) -> bool:
    parameters = model.policy.parameters()
    return all(bool(torch.isfinite(parameter).all()) for parameter in parameters)
