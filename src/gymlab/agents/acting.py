"""A trained policy outside training: for the showcase and for evaluation."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces

from gymlab.agents.action_values import ActionValues, exploration_rate
from gymlab.agents.actions import action_distribution
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_sac import SacConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.default_networks import (
    ACTION_VALUE_DEFAULTS,
    ACTOR_CRITIC_DEFAULTS,
    SOFT_DEFAULTS,
    chosen_network,
)
from gymlab.agents.networks import scaled_input
from gymlab.agents.normalising import Normaliser
from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.soft_actor_critic import SoftActorCritic
from gymlab.agents.stepping import Env
from gymlab.agents.thinking import (
    MAX_VALUES,
    layer_thoughts,
    numbers,
    observation_seen,
    weight_histograms,
)
from gymlab.agents.weights import load_network
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.errors import InvalidInputError
from gymlab.protocol.parts import Thoughts
from gymlab.runner_api.runner import Actor, Members

_CPU = torch.device("cpu")
_GOES_ON = torch.zeros(1, 1, dtype=torch.bool)
"""One timestep of one episode that does not begin with it."""


class PpoActor:
    """Acts with the policy of PPO and keeps the memory of a recurrent one."""

    def __init__(self, config: PpoConfig, env: Env, members: Members) -> None:
        """Rebuild the network and load its weights."""
        self._encoder = ObservationEncoder(env.observation_space)
        self._actions = action_distribution(env.action_space)
        shape = self._encoder.shape
        spec = chosen_network(config.network, ACTOR_CRITIC_DEFAULTS, shape)
        self._network = ActorCritic(spec, shape, self._actions, config).eval()
        load_network(self._network, members)
        self._normaliser = Normaliser(config, self._encoder, 1)
        self._normaliser.load(members)
        self._weights = weight_histograms(self._network)
        self.reset()

    def reset(self) -> None:
        """Forget the memory: a new episode begins."""
        self._memory = self._network.empty_memory(1, _CPU)

    @torch.no_grad()
    def act(self, observation: Any, *, deterministic: bool) -> Any:
        """Return the likeliest or a drawn action."""
        network = self._network
        seen = torch.from_numpy(self._normaliser.scaled(self._encoder.encode(observation)))
        if network.is_recurrent:
            # The critic remembers too, so that it can be asked what it expects.
            outputs, _, self._memory = network.through_time(seen[None], self._memory, _GOES_ON)
            outputs = outputs[0]
        else:
            outputs = network.policy(network.trunk(scaled_input(seen)))
        actions = self._actions
        chosen = (
            actions.mode(outputs) if deterministic else actions.sample(outputs, network.log_std)
        )
        return actions.for_environments(chosen.numpy())[0]

    @torch.no_grad()
    def think(self, observation: Any) -> Thoughts:
        """Return probabilities or means, the expected return, and activations."""
        network = self._network
        seen = torch.from_numpy(self._normaliser.scaled(self._encoder.encode(observation)))
        inputs = scaled_input(seen)
        outputs, values, _ = network.through_time(seen[None], self._memory, _GOES_ON)
        outputs, value = outputs[0], float(values)
        shares = self._actions.probabilities(outputs)
        return Thoughts(
            kind="means" if shares is None else "probabilities",
            outputs=numbers(outputs if shares is None else shares)[:MAX_VALUES],
            chosen=self._actions.places(self._actions.mode(outputs)[0]),
            value=value if math.isfinite(value) else None,
            layers=layer_thoughts(network.trunk, inputs, self._memory["actor"]),
            weights=self._weights,
            seen=observation_seen(inputs),
        )


class DqnActor:
    """Acts by the action values of DQN; otherwise with the exploration of the end of training."""

    def __init__(self, config: DqnConfig, env: Env, members: Members) -> None:
        """Rebuild the network and load its weights."""
        self._encoder = ObservationEncoder(env.observation_space)
        space = cast("spaces.Discrete[Any]", env.action_space)
        self._num_actions, self._first_action = int(space.n), int(space.start)
        shape = self._encoder.shape
        spec = chosen_network(config.network, ACTION_VALUE_DEFAULTS, shape)
        self._network = ActionValues(spec, shape, self._num_actions, dueling=config.dueling).eval()
        load_network(self._network, members)
        self._normaliser = Normaliser(config, self._encoder, 1)
        self._normaliser.load(members)
        self._rate = exploration_rate(config, 1.0)
        self._weights = weight_histograms(self._network)

    def reset(self) -> None:
        """Do nothing: there is no memory."""

    @torch.no_grad()
    def act(self, observation: Any, *, deterministic: bool) -> Any:
        """Return the most valued action, or sometimes a random one."""
        if not deterministic and np.random.random() < self._rate:  # noqa: NPY002 - the generator that evaluations seed
            return int(np.random.randint(self._num_actions)) + self._first_action  # noqa: NPY002 - as above
        seen = torch.from_numpy(self._normaliser.scaled(self._encoder.encode(observation)))
        return int(self._network(seen).argmax()) + self._first_action

    @torch.no_grad()
    def think(self, observation: Any) -> Thoughts:
        """Return the action values and activations; the best of them is what the state is worth."""
        seen = torch.from_numpy(self._normaliser.scaled(self._encoder.encode(observation)))
        values = self._network(seen)
        best = float(values.max())
        return Thoughts(
            kind="action_values",
            outputs=numbers(values)[:MAX_VALUES],
            chosen=[int(values.argmax())],
            value=best if math.isfinite(best) else None,
            layers=layer_thoughts(self._network.trunk, scaled_input(seen), {}),
            weights=self._weights,
            seen=observation_seen(scaled_input(seen)),
        )


class SacActor:
    """Acts with the squashed Gaussian of SAC."""

    def __init__(self, config: SacConfig, env: Env, members: Members) -> None:
        """Rebuild the network and load its weights."""
        self._encoder = ObservationEncoder(env.observation_space)
        self._space = cast("spaces.Box", env.action_space)
        shape = self._encoder.shape
        spec = chosen_network(config.network, SOFT_DEFAULTS, shape)
        count = math.prod(self._space.shape)
        self._network = SoftActorCritic(spec, shape, count, config.n_critics).eval()
        load_network(self._network, members)
        self._normaliser = Normaliser(config, self._encoder, 1)
        self._normaliser.load(members)
        self._weights = weight_histograms(self._network)

    def reset(self) -> None:
        """Do nothing: there is no memory."""

    @torch.no_grad()
    def act(self, observation: Any, *, deterministic: bool) -> Any:
        """Return the squashed mean, or a drawn action."""
        means, log_std = self._network(self._seen(observation))
        if not deterministic:
            means = means + torch.randn_like(means) * log_std.exp()
        low, high = self._space.low, self._space.high
        share = (means.tanh().numpy().reshape(self._space.shape) + 1.0) / 2.0
        return np.clip(low + share * (high - low), low, high).astype(self._space.dtype)

    @torch.no_grad()
    def think(self, observation: Any) -> Thoughts:
        """Return the means in the action's own units, the smallest critic's value and activations."""
        seen = self._seen(observation)
        squashed = self._network(seen)[0].tanh()
        value = float(self._network.values(seen, squashed).amin())
        low = torch.from_numpy(self._space.low.reshape(1, -1))
        high = torch.from_numpy(self._space.high.reshape(1, -1))
        return Thoughts(
            kind="means",
            outputs=numbers(low + (squashed + 1.0) / 2.0 * (high - low))[:MAX_VALUES],
            chosen=[],
            value=value if math.isfinite(value) else None,
            layers=layer_thoughts(self._network.trunk, seen, {}),
            weights=self._weights,
            seen=observation_seen(seen),
        )

    def _seen(self, observation: Any) -> torch.Tensor:
        return torch.from_numpy(self._normaliser.scaled(self._encoder.encode(observation)))


def load_actor(spec: RunSpec, config: AgentConfig, members: Members) -> Actor:
    """Rebuild the policy from a checkpoint's or policy's files.

    Args:
        spec: The run that it is of.
        config: The run's hyperparameters, checked.
        members: The files.
    """
    env = compose_env(spec)
    try:
        # Drawing the first weights must not disturb a training in the same process.
        with torch.random.fork_rng(devices=[]):
            match config:
                case PpoConfig():
                    return PpoActor(config, env, members)
                case DqnConfig():
                    return DqnActor(config, env, members)
                case SacConfig():
                    return SacActor(config, env, members)
                case _:
                    raise InvalidInputError(f"No actor for {spec.algorithm}.")
    finally:
        env.close()
