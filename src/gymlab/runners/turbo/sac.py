"""Soft actor-critic: acting and remembering in NumPy, gradient steps in compiled programs.

Haarnoja et al. 2018, arXiv:1812.05905. The mathematics is in `sac_update.py`.

N environments, B transitions of a minibatch, A components of an action.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from gymnasium import spaces

from gymlab.agents.config_sac import SacConfig
from gymlab.agents.default_networks import SOFT_DEFAULTS, chosen_network
from gymlab.agents.soft_actor_critic import LOG_STD_RANGE, SoftActorCritic
from gymlab.runner_api.runner import Members, RunContext
from gymlab.runners.turbo.adam import AdamSettings, AdamState, begin, begin_apart
from gymlab.runners.turbo.agent import Array, Tensors
from gymlab.runners.turbo.kernels.sac_kernel import SacKernel
from gymlab.runners.turbo.layers import PlainNetwork, is_plain, place
from gymlab.runners.turbo.parameters import Layout, Place
from gymlab.runners.turbo.remembering import RememberingAgent
from gymlab.runners.turbo.sac_update import (
    NUM_MEASURED,
    Learnt,
    Settings,
    SoftModel,
    SoftMoved,
    program_of,
)
from gymlab.runners.turbo.stepping import Stepper
from gymlab.runners.turbo.xla import jax

_NO_LIMIT = float("inf")
"""Gradients of SAC are not shortened."""
_MOST_OF_A_CALL = 32
_AUTO = "auto"


class Sac(RememberingAgent):
    """Keeps its actions as random as it can afford, remembers, and learns from that."""

    def __init__(self, config: SacConfig, stepper: Stepper, context: RunContext) -> None:
        """Build networks, optimizers and memory."""
        self.config = config
        space = cast("spaces.Box", stepper.action_space)
        self._low, self._high = space.low.reshape(-1), space.high.reshape(-1)
        self._space, count = space, math.prod(space.shape)
        encoder = stepper.encoder
        spec = chosen_network(config.network, SOFT_DEFAULTS, encoder.shape)
        module = SoftActorCritic(spec, encoder.shape, count, config.n_critics)
        actions = np.zeros((stepper.num_envs, count), np.float32)
        super().__init__(config, stepper, module, context, actions, _MOST_OF_A_CALL)
        self._split = next(
            item.first for item in self.layout.places if item.name.startswith("critics.")
        )
        model = SoftModel(
            Layout(tuple(item for item in self.layout.places if item.first < self._split)),
            _moved(self.layout, self._split),
            place(spec.layers, "trunk"),
            tuple(
                place(spec.layers_of_critic, f"critics.{idx}.trunk")
                for idx in range(config.n_critics)
            ),
        )
        self.program = program_of(model, learns_entropy=isinstance(config.ent_coef, str))
        self._count = count
        self._target_entropy = (
            -float(count) if config.target_entropy == _AUTO else float(config.target_entropy)
        )
        self._heads = PlainNetwork(model.actor, "heads")
        is_vector = not encoder.is_bytes and len(encoder.shape) == 1
        self._is_plain = is_vector and is_plain(spec.layers)
        self._improve: Callable[..., SoftMoved] = self.program.improve
        if self._is_plain and is_plain(spec.layers_of_critic):
            steps = SacKernel(
                model, (config.batch_size, encoder.shape[0], count),
                learns_entropy=isinstance(config.ent_coef, str),
            )  # fmt: skip
            self._improve = steps.improve
        self._learnt = self._begun(self.weights)
        self._acted_with: Any = None
        self._joined: dict[str, Array] = {}
        self.weights_changed()

    def _begun(self, weights: Array) -> Learnt:
        model = self.program.model
        actor, critics = weights[: self._split], weights[self._split :]
        return Learnt(
            begin_apart(actor, model.actor_layout),
            begin_apart(critics, model.critic_layout),
            _in_jax(model.critic_layout.split(critics)),
            begin(np.array([_first_log_weight(self.config)], np.float32)),
        )

    @property
    def weights(self) -> Array:
        """(P,) a copy of the weights as they are."""
        learnt: Learnt | None = getattr(self, "_learnt", None)
        if learnt is None:
            return super().weights
        model = self.program.model
        return np.concatenate([
            model.actor_layout.join(learnt.actor.weights),
            model.critic_layout.join(learnt.critics.weights),
        ])

    @property
    def optimizers(self) -> Sequence[AdamState]:
        """Of the actor and of the critics, with vectors of NumPy."""
        model, learnt = self.program.model, self._learnt
        return (
            _together(learnt.actor, model.actor_layout),
            _together(learnt.critics, model.critic_layout),
        )

    # ---- acting

    def weights_changed(self) -> None:
        """Act with the weights as they are now."""
        if not self._is_plain:
            return
        learnt = self._learnt.actor.weights
        both = {
            f"heads.{part}": (learnt[f"policy.{part}"], learnt[f"log_std.{part}"])
            for part in ("weight", "bias")
        }
        if learnt is self._acted_with:
            # Kernels write to the same arrays; only what was put together is a copy.
            for name, parts in both.items():
                np.concatenate(parts, out=self._joined[name])
            return
        # The next update of JAX takes the memory of these; kernels write to it, between two timesteps.
        taken = np.array if self._improve == self.program.improve else np.asarray
        self._joined = {name: np.concatenate(parts) for name, parts in both.items()}
        self._heads.load({name: taken(part) for name, part in learnt.items()} | self._joined)
        self._acted_with = learnt

    def act(self, observations: Array) -> Array:
        """Return actions (N, A) in [-1, 1]: random at first, then drawn."""
        if self.timestep < self.learning_starts:
            return self.generator.uniform(-1.0, 1.0, (self.num_envs, self._count)).astype(
                np.float32
            )
        seen = self.normaliser.scaled(observations)
        noise = self.generator.standard_normal((self.num_envs, self._count), np.float32)
        if self._is_plain:
            outputs = self._heads(seen)
            means, log_std = outputs[:, : self._count], outputs[:, self._count :]
            log_std = np.clip(log_std, *LOG_STD_RANGE)
        else:
            weights = self._learnt.actor.weights
            means, log_std = (np.asarray(part) for part in self.program.gaussian(weights, seen))
        return np.tanh(means + noise * np.exp(log_std))

    def for_environments(self, actions: Array) -> Array:
        """Return actions within the bounds of the environment."""
        found = self._low + (actions + 1.0) * (0.5 * (self._high - self._low))
        shaped = found.reshape(-1, *self._space.shape)
        return np.clip(shaped, self._space.low, self._space.high).astype(self._space.dtype)

    # ---- learning

    def improve(self, updates: int) -> None:
        """Take gradient steps."""
        config = self.config
        rate = self.current_learning_rate
        settings = Settings(
            AdamSettings(rate, config.optimizer_eps, config.weight_decay, _NO_LIMIT),
            config.tau,
            self._target_entropy,
            config.target_update_interval,
        )
        measured = np.zeros(NUM_MEASURED)
        for first, count, drawn in self.calls(updates):
            noise = self.generator.standard_normal(
                (self.per_call, 2, config.batch_size, self._count), np.float32
            )
            moved = self._improve(self._learnt, drawn, noise, first, count, settings)
            self._learnt = moved.learnt
            measured += np.asarray(moved.measured)
        actor, critic, weight, entropy, value, norm = (measured / updates).tolist()
        self.metrics = {
            "loss/actor": actor,
            "loss/critic": critic,
            "policy/entropy_coefficient": weight,
            "value/q_mean": value,
            "optim/gradient_norm": norm,
            "optim/learning_rate": rate,
        }
        if isinstance(config.ent_coef, str):
            self.metrics["loss/entropy_coefficient"] = entropy

    # ---- saving

    def begin_with(self, members: Members) -> None:
        """Begin with another run's networks, in the target critics too."""
        super().begin_with(members)
        self._learnt = self._begun(np.array(self.adam.weights))
        self.weights_changed()

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return counters, target critics, all optimizers and the timesteps that wait."""
        data, tensors = super().own_state()
        learnt, model = self._learnt, self.program.model
        tensors["targets"] = model.critic_layout.join(learnt.targets)
        states = (*self.optimizers, learnt.entropy)
        for name, state in zip(("actor", "critics", "entropy"), states, strict=True):
            for part, value in state._asdict().items():
                tensors[f"{name}.{part}"] = np.array(value)
        return data, tensors

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue with them."""
        super().load_own_state(data, tensors)
        model = self.program.model
        actor, critics, entropy = (
            AdamState(*(tensors[f"{name}.{part}"] for part in AdamState._fields))
            for name in ("actor", "critics", "entropy")
        )
        self._learnt = _in_jax(
            Learnt(
                actor.split(model.actor_layout),
                critics.split(model.critic_layout),
                model.critic_layout.split(tensors["targets"]),
                entropy,
            )
        )


def _together(state: AdamState, layout: Layout) -> AdamState:
    """Return a state with vectors of NumPy instead of tensors by name."""
    weights, first, second = (layout.join(part) for part in state[:3])
    return AdamState(weights, first, second, state.steps)


def _in_jax(tree: Any) -> Any:
    """Return arrays of NumPy as JAX's own, which an update may overwrite."""
    return jax.tree.map(jax.numpy.array, tree)


def _first_log_weight(config: SacConfig) -> float:
    """Return the logarithm of the entropy's first weight."""
    if isinstance(config.ent_coef, str):
        return math.log(float(config.ent_coef.removeprefix(_AUTO).removeprefix("_") or 1.0))
    return math.log(config.ent_coef) if config.ent_coef > 0 else -math.inf


def _moved(layout: Layout, split: int) -> Layout:
    """Return the places from `split` on, counted from there."""
    return Layout(
        tuple(
            Place(item.name, item.shape, item.first - split)
            for item in layout.places
            if item.first >= split
        )
    )
