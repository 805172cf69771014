"""Shapes of the runners resource."""

from typing import Any

from pydantic import ConfigDict, Field

from gymlab.domain.runners import ModelFormat, Preset
from gymlab.server.answers import Answer, ErrorField, Input


class AlgorithmItem(Answer):
    """A learning algorithm with its form."""

    model_config = ConfigDict(populate_by_name=True)

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


class DefaultConfiguration(Answer):
    """Everything that decides how an algorithm trains where nothing is said."""

    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    env_id: str | None
    """Environment that the network was chosen for."""
    hyperparameters: dict[str, Any]
    """Complete, the network included where it is built from layers."""


class NetworkQuestion(Input):
    """A network and where it is to be used."""

    algorithm: str = Field(max_length=100)
    """Learning algorithm."""
    env_id: str = Field(max_length=200)
    """Environment whose observations go in."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict, max_length=100)
    """Its constructor arguments, which may change the observations."""
    network: dict[str, Any] | None = Field(default=None, max_length=10)
    """`{"layers": [...]}`; null = the default for the observations."""
    hyperparameters: dict[str, Any] = Field(default_factory=dict, max_length=500)
    """Others that change the outputs, for example `dueling`."""


class CheckedLayer(Answer):
    """One hidden layer."""

    type: str
    """Kind of layer."""
    shape: list[int] | None
    """What comes out: [n] is a vector, [C, H, W] a picture; null from the first impossible layer on."""
    num_parameters: int
    """Weights and biases."""
    problem: str | None
    """Why the layer cannot stand here."""
    hint: str | None
    """What to do about it."""


class CheckedNetwork(Answer):
    """What goes through a network."""

    ok: bool
    """Whether it can be trained."""
    network: dict[str, Any] | None
    """The network with everything that was left out; null where it cannot be read."""
    input_shape: list[int] | None
    """What goes in."""
    layers: list[CheckedLayer]
    """Of the actor, or of the action values."""
    critic_layers: list[CheckedLayer]
    """Of the critic, where it has layers of its own."""
    heads: dict[str, int]
    """Output layer -> numbers that come out."""
    num_parameters: int
    """All weights and biases."""
    problems: list[ErrorField]
    """Everything that is wrong."""


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
    compiled_environments: list[str]
    """Environments that it steps in compiled code; all others are stepped in Python, slower."""
    vectorised_environments: list[str]
    """Environments that it steps many at a time in NumPy."""
    model_formats: list[ModelFormat]
    """Files of its own form that `GET /runs/{id}/model` gives beside ours."""
    versions: dict[str, str]
    """Library -> version."""
    engine_priority: int
    """Of several runners with an algorithm the web app takes the one with the largest; ties by place."""
    algorithms: list[AlgorithmItem]
    """In the order they are shown."""
