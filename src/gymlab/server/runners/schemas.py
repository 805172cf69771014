"""Shapes of the runners resource."""

from typing import Any

from pydantic import ConfigDict, Field

from gymlab.domain.runners import ModelFormat, Preset
from gymlab.server.answers import Answer


class AlgorithmItem(Answer):
    """A learning algorithm with its form."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, populate_by_name=True)

    id: str
    """Identifier for `POST /runs`."""
    title: str
    """Name for people."""
    summary: str
    """What it is and when to take it."""
    paper: str | None
    """Where it was published."""
    action_spaces: list[str]
    """Class names of the action spaces it supports."""
    observation_spaces: list[str]
    """Class names of the observation spaces it supports."""
    main_loss: str | None
    """House name of the metric shown as "loss"."""
    schema_: dict[str, Any] = Field(alias="schema")
    """JSON Schema of the hyperparameters; the form is drawn from it."""
    presets: list[Preset]
    """Known good values, for any environment first."""


class RunnerItem(Answer):
    """A training backend."""

    id: str
    """Identifier for `POST /runs`."""
    title: str
    """Name for people."""
    kind: str
    """python, script or service."""
    summary: str
    """One sentence."""
    available: bool
    """Whether everything it requires is installed."""
    unavailable_reason: str | None
    """What is missing and how to get it."""
    capabilities: list[str]
    """What may be offered: pause, resume_exact, live_frames, ..."""
    model_formats: list[ModelFormat]
    """Files of its own form that `GET /runs/{id}/model` gives beside ours."""
    versions: dict[str, str]
    """Library -> version."""
    algorithms: list[AlgorithmItem]
    """In the order they are shown."""
