"""What the links of a chain make of a reward before the agent learns from it."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from gymlab.domain.runs import WrapperSpec
from gymlab.domain.wrappers import WRAPPERS, ClipReward, ScaleReward, TermWeight, WrapperConfig
from gymlab.envs.rewarding.batch import Shaped
from gymlab.envs.rewarding.function import Transition
from gymlab.errors import InvalidInputError


class OwnReward:
    """The environment's own reward, where only links of the chain change it."""

    def __call__(self, transition: Transition) -> Shaped:
        """Return it."""
        return float(transition.reward), None


class Adjustment:
    """Weights of terms, which change with the run, and then scales and bounds in their order."""

    def __init__(self, configs: Sequence[WrapperConfig]) -> None:
        """Take the settings of the links, the innermost first."""
        self._weights = [config for config in configs if isinstance(config, TermWeight)]
        self._steps = [config for config in configs if isinstance(config, ScaleReward | ClipReward)]
        self._now: dict[str, float] = {}
        self.begin_at(2**62)

    @property
    def is_scheduled(self) -> bool:
        """Whether it does something else as the run goes on."""
        return bool(self._weights)

    def begin_at(self, timestep: int) -> None:
        """Weigh the terms of the next episode as after so many timesteps of the run."""
        self._now = {config.term: config.value_at(timestep) for config in self._weights}

    def weighed(self, shaped: Shaped) -> Shaped:
        """Return a reward with its terms weighed; terms that are not there weigh nothing."""
        total, terms = shaped
        if not self._now or terms is None:
            return shaped
        weighed = {name: value * self._now.get(name, 1.0) for name, value in terms.items()}
        return total + sum(
            weighed[name] - terms[name] for name in self._now if name in terms
        ), weighed

    def given(self, total: float) -> float:
        """Return what the agent is given for one of its timesteps."""
        for config in self._steps:
            if isinstance(config, ScaleReward):
                total *= config.factor
            else:
                total = min(max(total, -config.limit), config.limit)
        return total


def adjustment_of(chain: Sequence[WrapperSpec]) -> Adjustment | None:
    """Return what a chain makes of rewards; None where it leaves them alone.

    Raises:
        InvalidInputError: Settings are impossible.
    """
    try:
        configs: list[Any] = [
            WRAPPERS[link.id].config.model_validate(link.kwargs)
            for link in chain
            if link.id in WRAPPERS and WRAPPERS[link.id].is_rewards
        ]
    except ValidationError as error:
        raise InvalidInputError(f"The wrappers of the reward: {error}"[:500]) from error
    return Adjustment(configs) if configs else None
