"""Distributions over actions: what a network's outputs mean, and what the environment is given.

K outputs of the network, A components of an action; any axes before them.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor

from gymlab.envs.space_info import describe_space
from gymlab.errors import InvalidInputError

Array = NDArray[Any]


class ActionDistribution(ABC):
    """A distribution whose parameters a network gives."""

    num_outputs: int
    """K: numbers that the network gives."""
    num_components: int
    """A: numbers of one action as it is stored."""
    is_continuous = False
    """Whether a learnt standard deviation belongs to it."""

    @abstractmethod
    def sample(self, outputs: Tensor, log_std: Tensor | None) -> Tensor:
        """Draw actions (..., A)."""

    @abstractmethod
    def mode(self, outputs: Tensor) -> Tensor:
        """Return the likeliest actions (..., A)."""

    @abstractmethod
    def log_prob_and_entropy(
        self, outputs: Tensor, log_std: Tensor | None, actions: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return log-probabilities of actions (..., A) and entropies, both of shape (...)."""

    @abstractmethod
    def for_environments(self, actions: Array) -> Sequence[Any] | Array:
        """Return stored actions (N, A) as each environment takes them."""


class ChoiceActions(ActionDistribution):
    """One choice, or several independent ones: Discrete, MultiDiscrete."""

    def __init__(self, counts: Sequence[int], starts: Array, shape: tuple[int, ...]) -> None:
        """Take the number of choices, and the number of the first, per component."""
        self.counts = list(counts)
        self.num_outputs, self.num_components = sum(counts), len(counts)
        self._starts, self._shape = starts, shape

    def sample(self, outputs: Tensor, log_std: Tensor | None) -> Tensor:
        """Draw by the Gumbel-max trick: argmax(logits - log E) with E exponentially distributed."""
        del log_std
        return self.mode(outputs - torch.empty_like(outputs).exponential_().log_())

    def mode(self, outputs: Tensor) -> Tensor:
        """Return the choices with the largest logits."""
        if self.num_components == 1:
            return outputs.argmax(-1, keepdim=True)
        return torch.stack([part.argmax(-1) for part in outputs.split(self.counts, -1)], -1)

    def log_prob_and_entropy(
        self, outputs: Tensor, log_std: Tensor | None, actions: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Sum over the components."""
        del log_std
        if self.num_components == 1:
            return self._of_one(outputs, actions)
        parts = zip(outputs.split(self.counts, -1), actions.split(1, -1), strict=True)
        found = [self._of_one(logits, chosen) for logits, chosen in parts]
        log_probs = torch.stack([log_prob for log_prob, _ in found]).sum(0)
        return log_probs, torch.stack([entropy for _, entropy in found]).sum(0)

    @staticmethod
    def _of_one(logits: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        # log p_i = l_i - log sum_j exp l_j;  H = -sum_i p_i log p_i
        log_p = torch.log_softmax(logits, -1)
        return log_p.gather(-1, chosen).squeeze(-1), -(log_p.exp() * log_p).sum(-1)

    def for_environments(self, actions: Array) -> Sequence[Any] | Array:
        """Return whole numbers for Discrete, else arrays."""
        found = actions + self._starts
        if self._shape == ():
            # Tabular environments look the action up in a dictionary, where an array is no key.
            return found[:, 0].tolist()
        return found.reshape(-1, *self._shape)


class SwitchActions(ActionDistribution):
    """Independent switches: MultiBinary."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        """Take the shape of an action."""
        self.num_outputs = self.num_components = math.prod(shape)
        self._shape = shape

    def sample(self, outputs: Tensor, log_std: Tensor | None) -> Tensor:
        """Draw each switch."""
        del log_std
        return (torch.rand_like(outputs) < outputs.sigmoid()).long()

    def mode(self, outputs: Tensor) -> Tensor:
        """Return 1 where that is likelier."""
        return (outputs > 0).long()

    def log_prob_and_entropy(
        self, outputs: Tensor, log_std: Tensor | None, actions: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Sum over the switches."""
        del log_std
        log_on = torch.nn.functional.logsigmoid(outputs)
        log_off = torch.nn.functional.logsigmoid(-outputs)
        on = outputs.sigmoid()
        log_probs = torch.where(actions > 0, log_on, log_off).sum(-1)
        return log_probs, -(on * log_on + (1 - on) * log_off).sum(-1)

    def for_environments(self, actions: Array) -> Sequence[Any] | Array:
        """Return arrays of 0 and 1."""
        return actions.reshape(-1, *self._shape).astype(np.int8)


class GaussianActions(ActionDistribution):
    """Independent normal distributions with a learnt standard deviation: Box.

    The drawn action is what the probability belongs to; the environment is given it clipped.
    """

    is_continuous = True

    def __init__(self, space: spaces.Box) -> None:
        """Take the bounds."""
        self.num_outputs = self.num_components = math.prod(space.shape)
        self._space = space

    def sample(self, outputs: Tensor, log_std: Tensor | None) -> Tensor:
        """Draw each component."""
        assert log_std is not None  # noqa: S101 - the network has one
        return outputs + torch.randn_like(outputs) * log_std.exp()

    def mode(self, outputs: Tensor) -> Tensor:
        """Return the means."""
        return outputs

    def log_prob_and_entropy(
        self, outputs: Tensor, log_std: Tensor | None, actions: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Sum over the components.

        log N(a; m, s) = -((a - m) / s)^2 / 2 - log s - log sqrt(2 pi);  H = log s + (1 + log 2 pi) / 2
        """
        assert log_std is not None  # noqa: S101 - the network has one
        distance = (actions - outputs) * (-log_std).exp()
        half_log = 0.5 * math.log(2 * math.pi)
        log_probs = (-0.5 * distance.square() - log_std - half_log).sum(-1)
        entropy = (log_std + 0.5 + half_log).sum(-1)
        return log_probs, entropy.expand(log_probs.shape)

    def for_environments(self, actions: Array) -> Sequence[Any] | Array:
        """Return actions within their bounds."""
        shaped = actions.reshape(-1, *self._space.shape)
        return np.clip(shaped, self._space.low, self._space.high).astype(self._space.dtype)


def action_distribution(space: spaces.Space[Any]) -> ActionDistribution:
    """Return the distribution for an action space.

    Raises:
        InvalidInputError: Actions of this kind are not supported.
    """
    match space:
        case spaces.Discrete():
            return ChoiceActions([int(space.n)], np.array([int(space.start)]), ())
        case spaces.MultiDiscrete():
            starts = np.asarray(getattr(space, "start", 0) + np.zeros_like(space.nvec)).reshape(-1)
            return ChoiceActions([int(n) for n in space.nvec.reshape(-1)], starts, space.shape)
        case spaces.MultiBinary():
            return SwitchActions(tuple(space.shape))
        case spaces.Box():
            return GaussianActions(space)
        case _:
            raise InvalidInputError(
                f"Actions of the kind {describe_space(space).text} are not supported."
            )
