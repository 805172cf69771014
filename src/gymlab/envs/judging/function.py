"""A user's `evaluate(episodes)`, ready to be called."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.domain.evaluations import MAX_METRICS, METRIC_NAME_PATTERN
from gymlab.envs.judging.episodes import RecordedEpisode
from gymlab.envs.rewarding.numbers import UnusableValueError, as_number
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.loading import load_source
from gymlab.errors import UserCodeError
from gymlab.protocol.usercode import Place

NAME = "evaluate"
FORM_HINT = f"Write `def {NAME}(episodes)` and return a dict such as {{'landed': 0.9}}."
_NOT_FINITE = ("NaN", "infinity")


class EvaluationFunction:
    """Calls the function within its time limit and accepts nothing but named numbers."""

    def __init__(self, code: SourceCode) -> None:
        """Load a source.

        Raises:
            UserCodeError: It cannot be loaded, or defines no such function.
        """
        module = load_source(code, CodeKind.EVALUATION)
        function = module.__dict__.get(NAME)
        if not callable(function):
            raise UserCodeError(f"The source defines no function {NAME}.", hint=FORM_HINT)
        self._function: Callable[..., Any] = function
        self._guarded = guarded(self._evaluate, Place.EVALUATE)

    def __call__(self, episodes: Sequence[RecordedEpisode]) -> dict[str, float | None]:
        """Return the metrics; None for a number that is not finite.

        Raises:
            UserCodeError: The function raised, returned no metrics, or did not end in time.
        """
        return self._guarded(list(episodes))

    def _evaluate(self, episodes: list[RecordedEpisode]) -> dict[str, float | None]:
        value = self._function(episodes)
        if not isinstance(value, Mapping):
            raise self._unusable(f"a {type(value).__name__[:60]}, not a dict")
        found: dict[str, float | None] = {}
        for name, part in cast("Mapping[Any, Any]", value).items():
            if not isinstance(name, str) or METRIC_NAME_PATTERN.fullmatch(name) is None:
                raise self._unusable(f"a dict with the key {str(name)[:70]!r}", _NAME_HINT)
            if len(found) >= MAX_METRICS:
                raise self._unusable(f"more than {MAX_METRICS} metrics")
            found[name] = self._number(name, part)
        return found

    def _number(self, name: str, part: Any) -> float | None:
        try:
            number = as_number(part)
        except UnusableValueError as error:
            if error.detail in _NOT_FINITE:
                return None
            raise self._unusable(f"{error.detail} for the metric {name!r}", error.hint) from None
        return number if math.isfinite(number) else None

    def _unusable(self, what: str, hint: str | None = None) -> UserCodeError:
        code = getattr(self._function, "__code__", None)
        line = f"{code.co_filename}:{code.co_firstlineno}" if code is not None else None
        place = f"{line}: " if line else ""
        return UserCodeError(f"{place}{NAME} returned {what}.", hint=hint or FORM_HINT, line=line)


_NAME_HINT = "Names of metrics are text of 1 to 64 letters, digits, `_` and `-`."
