"""Shapes of the reproductions resource."""

from typing import Any, Literal

from gymlab.server.answers import Answer


class FirstDifference(Answer):
    """Where two runs part."""

    timestep: int
    """Timestep of the row."""
    metric: str
    """Field or metric; `rows` where one run has a row that the other has not."""
    original: Any
    """Value of the original."""
    reproduction: Any
    """Value of the reproduction."""


class Reproduction(Answer):
    """How a run and its repetition compare."""

    original_run_id: str
    """The run that is repeated."""
    reproduction_run_id: str
    """The run that repeats it."""
    status: Literal["waiting", "running", "equal", "different", "not_comparable"]
    """`equal`: every row of the original that counts is in the reproduction, with equal values."""
    compared_rows: int
    """Rows found equal; rows of the clock (speed) are not compared."""
    compared_timestep: int
    """Timestep of the last of them."""
    first_difference: FirstDifference | None
    """The first row that is not equal."""
    is_policy_equal: bool | None
    """Whether the policies at the latest common checkpoint have the same bytes; null without one."""
    changed_versions: dict[str, list[str]]
    """Libraries that are others in the reproduction: name -> [original, reproduction]."""
    reason: str | None
    """What to know about this outcome."""
