"""Hyperparameters that change while a run trains."""
# pyright: reportPrivateUsage=false

from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.base_class import BaseAlgorithm

from gymlab.domain.events import EventType
from gymlab.runner_api.runner import RunContext
from gymlab.runners.sb3.building import scheduled

LEARNING_RATE = "learning_rate"


def apply_changes(model: BaseAlgorithm, values: Mapping[str, Any]) -> None:
    """Go on with other values; the next update uses them.

    A number is constant from here on. A linear schedule such as `lin_0.001` is the one it would
    have been from the beginning: its value now follows from the share of the budget that is left.
    """
    if LEARNING_RATE in values:
        model.learning_rate = scheduled(values[LEARNING_RATE])
        model._setup_lr_schedule()  # noqa: SLF001 - there is no public way


class LiveChanges:
    """The values that a run has now where they are no longer those of its specification."""

    def __init__(self, context: RunContext, changed: Mapping[str, Any]) -> None:
        """Begin with what was changed before the checkpoint."""
        self._context = context
        self.values = dict(changed)

    def take(self, model: BaseAlgorithm) -> bool:
        """Apply what was asked for at a safe point; tell whether anything was."""
        asked = {
            name: value
            for name, value in self._context.take_changes().items()
            if name == LEARNING_RATE
        }
        if not asked:
            return False
        apply_changes(model, asked)
        for name, value in asked.items():
            old = self.values.get(name, self._context.spec.hyperparameters.get(name))
            self._context.event(
                EventType.HYPERPARAMETER_CHANGED,
                f"{name} changed from {old} to {value}",
                data={"name": name, "old": old, "new": value, "timestep": model.num_timesteps},
            )
        self.values |= asked
        return True
