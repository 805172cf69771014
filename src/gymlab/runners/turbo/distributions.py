"""Distributions over actions: their mathematics in JAX, and their draws in NumPy.

The formulas are those of `gymlab.agents.actions`. M rows, K outputs of the network, A components.
A draw is the outputs plus noise that was made for a whole rollout at once.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.agents.actions import ChoiceActions, GaussianActions, SwitchActions, action_distribution
from gymlab.runners.turbo.xla import jax

jnp = jax.numpy
Array = NDArray[Any]
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


class Distribution(ABC):
    """What a network's outputs mean."""

    num_outputs: int
    """K."""
    num_components: int
    """A."""
    is_continuous = False
    """Whether a learnt standard deviation belongs to it."""

    @property
    @abstractmethod
    def form(self) -> tuple[object, ...]:
        """What decides a compiled program."""

    def __eq__(self, other: object) -> bool:
        """Tell whether the same program computes both."""
        return isinstance(other, Distribution) and self.form == other.form

    def __hash__(self) -> int:
        """Fit `__eq__`."""
        return hash(self.form)

    @abstractmethod
    def log_prob_and_entropy(self, outputs: Any, log_std: Any, actions: Any) -> tuple[Any, Any]:
        """Return (M,) log-probabilities of stored actions (M, A), and (M,) entropies; traced by JAX."""

    @abstractmethod
    def noise(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return noise (*shape, K) for that many draws."""

    @abstractmethod
    def draw(self, outputs: Array, noise: Array, log_std: Array | None) -> Array:
        """Return stored actions (N, A)."""

    @abstractmethod
    def for_environments(self, actions: Array) -> Array:
        """Return stored actions as the environments take them."""


class Choices(Distribution):
    """One choice, or several independent ones."""

    def __init__(self, twin: ChoiceActions, starts: Array, shape: tuple[int, ...]) -> None:
        """Take the numbers of choices."""
        self.num_outputs, self.num_components = twin.num_outputs, twin.num_components
        ends = np.cumsum(twin.counts).tolist()
        self._parts = [slice(first, last) for first, last in pairwise([0, *ends])]
        self.counts = twin.counts
        self._starts, self._shape = starts, shape
        self._has_starts = bool(starts.any())

    @property
    def form(self) -> tuple[object, ...]:
        """The numbers of choices."""
        return ("choices", *self.counts)

    def log_prob_and_entropy(self, outputs: Any, log_std: Any, actions: Any) -> tuple[Any, Any]:
        """Sum over the components: log p_i = l_i - log sum exp l;  H = -sum p log p."""
        del log_std
        log_probs, entropies = 0.0, 0.0
        for component, part in enumerate(self._parts):
            log_p = jax.nn.log_softmax(outputs[:, part], axis=-1)
            choices = jnp.arange(self.counts[component], dtype=actions.dtype)
            is_chosen = actions[:, component, None] == choices
            log_probs += jnp.where(is_chosen, log_p, 0.0).sum(-1)
            entropies -= (jnp.exp(log_p) * log_p).sum(-1)
        return log_probs, entropies

    def noise(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return Gumbel noise -log E, with E exponentially distributed."""
        drawn = generator.standard_exponential((*shape, self.num_outputs), np.float32)
        # The smallest number would become infinite.
        np.maximum(drawn, np.finfo(np.float32).tiny, out=drawn)
        return np.negative(np.log(drawn, out=drawn), out=drawn)

    def draw(self, outputs: Array, noise: Array, log_std: Array | None) -> Array:
        """Return argmax(outputs + noise), which is distributed as the softmax says."""
        del log_std
        drawn = np.add(outputs, noise, out=noise)
        if self.num_components == 1:
            return drawn.argmax(1)[:, None]
        return np.stack([drawn[:, part].argmax(1) for part in self._parts], 1)

    def for_environments(self, actions: Array) -> Array:
        """Return (N,) whole numbers for Discrete, else arrays."""
        found = actions + self._starts if self._has_starts else actions
        return found[:, 0] if self._shape == () else found.reshape(-1, *self._shape)


class Switches(Distribution):
    """Independent switches."""

    def __init__(self, twin: SwitchActions, shape: tuple[int, ...]) -> None:
        """Take the shape of an action."""
        self.num_outputs, self.num_components = twin.num_outputs, twin.num_components
        self._shape = shape

    @property
    def form(self) -> tuple[object, ...]:
        """The number of switches."""
        return ("switches", self.num_outputs)

    def log_prob_and_entropy(self, outputs: Any, log_std: Any, actions: Any) -> tuple[Any, Any]:
        """Sum over the switches."""
        del log_std
        log_on, log_off = jax.nn.log_sigmoid(outputs), jax.nn.log_sigmoid(-outputs)
        on = jax.nn.sigmoid(outputs)
        log_probs = jnp.where(actions > 0, log_on, log_off).sum(-1)
        return log_probs, -(on * log_on + (1 - on) * log_off).sum(-1)

    def noise(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return logistic noise."""
        drawn = generator.logistic(size=(*shape, self.num_outputs))
        return drawn.astype(np.float32)

    def draw(self, outputs: Array, noise: Array, log_std: Array | None) -> Array:
        """Return 1 where outputs + noise is positive, which happens as the sigmoid says."""
        del log_std
        return (outputs + noise > 0).astype(np.int64)

    def for_environments(self, actions: Array) -> Array:
        """Return arrays of 0 and 1."""
        return actions.reshape(-1, *self._shape).astype(np.int8)


class Gaussians(Distribution):
    """Independent normal distributions with a learnt standard deviation."""

    is_continuous = True

    def __init__(self, twin: GaussianActions, space: spaces.Box) -> None:
        """Take the bounds."""
        self.num_outputs = self.num_components = twin.num_outputs
        self._space = space

    @property
    def form(self) -> tuple[object, ...]:
        """The number of components."""
        return ("gaussians", self.num_outputs)

    def log_prob_and_entropy(self, outputs: Any, log_std: Any, actions: Any) -> tuple[Any, Any]:
        """Sum over the components; log N and its entropy."""
        distance = (actions - outputs) * jnp.exp(-log_std)
        log_probs = (-0.5 * jnp.square(distance) - log_std - _HALF_LOG_TWO_PI).sum(-1)
        entropy = (log_std + 0.5 + _HALF_LOG_TWO_PI).sum(-1)
        return log_probs, jnp.broadcast_to(entropy, log_probs.shape)

    def noise(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return standard normal noise."""
        return generator.standard_normal((*shape, self.num_outputs), np.float32)

    def draw(self, outputs: Array, noise: Array, log_std: Array | None) -> Array:
        """Return the means plus the scaled noise."""
        assert log_std is not None  # noqa: S101 - the network has one
        return outputs + noise * np.exp(log_std)

    def for_environments(self, actions: Array) -> Array:
        """Return actions within their bounds."""
        shaped = actions.reshape(-1, *self._space.shape)
        return np.clip(shaped, self._space.low, self._space.high).astype(self._space.dtype)


def distribution_of(space: spaces.Space[Any]) -> Distribution:
    """Return the distribution for an action space.

    Raises:
        InvalidInputError: Actions of this kind are not supported.
    """
    twin = action_distribution(space)
    match twin, space:
        case SwitchActions(), spaces.MultiBinary():
            return Switches(twin, tuple(space.shape))
        case GaussianActions(), spaces.Box():
            return Gaussians(twin, space)
        case ChoiceActions(), _:
            return Choices(twin, *_starts(space))
        case _:
            raise AssertionError(type(space))


def _starts(space: spaces.Space[Any]) -> tuple[Array, tuple[int, ...]]:
    if isinstance(space, spaces.Discrete):
        return np.array([int(space.start)]), ()
    shape: Sequence[int] = space.shape or ()
    starts = np.asarray(getattr(space, "start", 0) + np.zeros(tuple(shape), np.int64))
    return starts.reshape(-1), tuple(shape)
