"""A reward made of the events of a game: the formulas of a specification, ready to be called."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gymlab.domain.formulas.parsing import Formula
from gymlab.domain.formulas.reward import read_formulas
from gymlab.domain.formulas.tokens import FormulaError
from gymlab.envs.game import Game
from gymlab.envs.rewarding.batch import Shaped
from gymlab.envs.rewarding.function import Transition
from gymlab.errors import TrainingFailedError

Array = NDArray[Any]


class FormulaReward:
    """Adds up what each event of a timestep is worth; the terms are named after the events."""

    def __init__(
        self, formulas: Mapping[str, str], game: type[Game[Any, Any]] | Game[Any, Any]
    ) -> None:
        """Read the formulas.

        Raises:
            InvalidInputError: An event is unknown, or a formula cannot be read.
        """
        self._formulas: dict[str, Formula] = read_formulas(
            formulas, events=list(game.EVENTS), measures=list(game.MEASURES)
        )

    def __call__(self, transition: Transition) -> Shaped:
        """Return the reward of one transition.

        Raises:
            TrainingFailedError: A formula has no value here: it divides by zero, for example.
        """
        events = cast("Mapping[str, float]", transition.info.get("events", {}))
        measures = cast("Mapping[str, float]", transition.info.get("measures", {}))
        terms: dict[str, float] = {}
        total = 0.0
        for event, count in events.items():
            formula = self._formulas.get(event)
            if formula is not None:
                worth = count * self._value(event, formula, measures)
                terms[event] = worth
                total += worth
        return total, terms

    def of_many(
        self, events: Mapping[str, Array], measures: Mapping[str, Array], count: int
    ) -> tuple[Array, dict[str, Array]]:
        """Return the rewards of many transitions at once, and what each event adds to them.

        Args:
            events: (N,) how often each event happened.
            measures: (N,) each number of the state.
            count: N.

        Returns:
            (N,) rewards, and (N,) of them for each event that has a formula.

        Raises:
            TrainingFailedError: A formula has no value in one of them.
        """
        terms: dict[str, Array] = {}
        total = np.zeros(count)
        for event, counts in events.items():
            formula = self._formulas.get(event)
            if formula is None:
                continue
            worth = np.zeros(count)
            for idx in np.flatnonzero(counts).tolist():
                names = {name: float(measures[name][idx]) for name in formula.names}
                worth[idx] = float(counts[idx]) * self._value(event, formula, names)
            terms[event] = worth
            total += worth
        return total, terms

    def _value(self, event: str, formula: Formula, measures: Mapping[str, float]) -> float:
        try:
            return formula.value(measures)
        except FormulaError as error:
            shown = ", ".join(f"{name} = {measures[name]:g}" for name in sorted(formula.names))
            where = f" With {shown}." if shown else ""
            raise TrainingFailedError(
                f"The reward formula of the event {event}: {error.detail}{where}",
                hint=error.hint or "Change the formula and train again.",
            ) from None
