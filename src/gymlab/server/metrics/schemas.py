"""Shapes of the metrics resource."""

from typing import Any, Literal

from gymlab.server.answers import Answer


class Series(Answer):
    """One metric over timesteps, downsampled so that minima and maxima survive."""

    unit: str
    """Unit of the values."""
    timestep: list[int]
    """Timesteps done at each point."""
    value: list[float | None]
    """Value at each point; null where it was not finite."""
    total_points: int
    """Points in the range before downsampling."""


class SeriesAnswer(Answer):
    """Series by house name."""

    series: dict[str, Series]


class RowsAnswer(Answer):
    """Rows as they were written, oldest first."""

    items: list[dict[str, Any]]


class MetricName(Answer):
    """A house name of a metric."""

    name: str
    """For example `train/episode_return`."""
    unit: str
    """Unit of its values."""
    title: str
    """Name for people."""
    meaning: str
    """One sentence."""
    better: Literal["higher", "lower"] | None
    """Which direction is an improvement."""
