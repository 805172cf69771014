"""Learner measurements as rows: house names only, finite or null, one warning per name."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gymlab.domain.metrics import MAX_METRICS_PER_RUN, METRICS, is_valid_metric_name
from gymlab.runner_api.tracking import as_finite_or_nan


@dataclass(frozen=True, slots=True)
class CleanMetrics:
    """What may leave the worker."""

    metrics: dict[str, float | None]
    native: dict[str, float | None]
    nonfinite: list[str] = field(default_factory=list[str])


class MetricCleaner:
    """Cleans the measurements of one run and remembers what it warned about."""

    def __init__(self, warn: Callable[[str, dict[str, str]], None]) -> None:
        """Begin without warnings.

        Args:
            warn: Adds a warning with data to the run's event log.
        """
        self._warn = warn
        self._warned: set[str] = set()
        self._names: set[str] = set()

    def clean(
        self, metrics: Mapping[str, float], native: Mapping[str, float] | None = None
    ) -> CleanMetrics:
        """Return the measurements with null for NaN and infinity.

        A name that is no house name counts as native; an impossible name, or one past the
        limit of names per run, is left out with a warning.
        """
        house: dict[str, float | None] = {}
        others: dict[str, float | None] = {}
        nonfinite: list[str] = []
        for name, value in metrics.items():
            if name not in METRICS:
                self._warn_once(name, f"{name[:128]!r} is not a house metric; kept as native.")
                self._add_native(others, name, value)
                continue
            house[name] = number = _finite_or_none(value)
            if number is None:
                nonfinite.append(name)
                self._warn_once(name, f"{name} is not a finite number: {value}.")
        for name, value in (native or {}).items():
            self._add_native(others, name, value)
        return CleanMetrics(house, others, nonfinite)

    def _add_native(self, native: dict[str, float | None], name: str, value: float) -> None:
        if not is_valid_metric_name(name):
            self._warn_once(name, f"{name[:128]!r} cannot be the name of a metric; left out.")
            return
        if name not in self._names:
            if len(self._names) >= MAX_METRICS_PER_RUN - len(METRICS):
                self._warn_once("", "Too many different metrics; further names are left out.")
                return
            self._names.add(name)
        native[name] = _finite_or_none(value)

    def _warn_once(self, name: str, message: str) -> None:
        if name not in self._warned and len(self._warned) < MAX_METRICS_PER_RUN:
            self._warned.add(name)
            self._warn(message, {"metric": name[:128]})


def _finite_or_none(value: object) -> float | None:
    number = as_finite_or_nan(value)
    return None if math.isnan(number) else number
