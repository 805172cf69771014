"""Shapes of the filters resource."""

from typing import Annotated, Literal

from pydantic import Field

from gymlab.domain.ids import RUN_ID_PATTERN
from gymlab.domain.runs import RunStatus
from gymlab.server.answers import Answer, Input, Timestamp
from gymlab.server.run_sorting import Sort

Words = Annotated[str, Field(min_length=1, max_length=200)]
Word = Annotated[str, Field(min_length=1, max_length=100)]


class RunFilters(Input):
    """What is asked of runs; null means any. The names are those of `GET /runs`."""

    q: Words | None = None
    """Words in the name."""
    status: RunStatus | None = None
    """Where it is in its life."""
    env_id: Words | None = None
    """Environment."""
    runner: Word | None = None
    """Training backend."""
    algorithm: Word | None = None
    """Learning algorithm."""
    tag: Word | None = None
    """A tag it has."""
    starred: bool | None = None
    """Whether it has a star."""
    archived: Literal["no", "only", "all"] = "no"
    """Whether archived runs are listed too, or they alone."""
    experiment_id: Annotated[str, Field(pattern=RUN_ID_PATTERN.pattern)] | None = None
    """Experiment it belongs to."""
    sort: Sort | None = None
    """Order of the list; null for the usual one."""


class NewFilter(Input):
    """A filter to keep."""

    name: str
    """Plain text; a filter that has this name already is replaced."""
    filters: RunFilters
    """What is asked of runs."""


class FilterChanges(Input):
    """What is changed of a filter."""

    name: str | None = None
    """Plain text that no other filter has; by default as before."""
    filters: RunFilters | None = None
    """What is asked of runs; by default as before."""


class SavedFilter(Answer):
    """A filter with a name."""

    id: str
    """Identifier."""
    name: str
    """Plain text."""
    filters: RunFilters
    """What is asked of runs."""
    updated_at: Timestamp
    """When it was saved."""
