"""What a runner has that reads and writes files of its backend's own form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.runner import Members


@dataclass(frozen=True, slots=True)
class ForeignModel:
    """What a file says of the policy in it; nothing of it has been built yet."""

    algorithm: str
    """Learning algorithm."""
    hyperparameters: Mapping[str, Any]
    """Complete; they decide the network."""
    timestep: int
    """Timesteps that it was trained for."""
    env_id: str | None = None
    """Environment, where the file says so."""
    env_kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Arguments of the environment, where the file says so."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Libraries that computed it."""
    notes: tuple[str, ...] = ()
    """What a person should know."""


@runtime_checkable
class ModelFiles(Protocol):
    """Reads and writes the formats that `runner.toml` lists as `model_formats`.

    What is read was made by somebody else: nothing in it may be executed, and no pickle is opened.
    """

    def recognises(self, content: bytes | memoryview) -> str | None:
        """Return the format that a file seems to have; None where it is not one of ours."""
        ...

    def describe_model(self, content: bytes | memoryview) -> ForeignModel:
        """Read what a file says of its policy.

        Raises:
            ModelRefusedError: It is damaged, or cannot be rebuilt without running its own code.
        """
        ...

    def read_model(self, spec: RunSpec, content: bytes | memoryview) -> Members:
        """Build the policy of a specification, put the file's weights in and return its files.

        Raises:
            ModelRefusedError: The weights are not those of this network.
        """
        ...

    def write_model(
        self, spec: RunSpec, members: Members, *, model_format: str, timestep: int
    ) -> bytes:
        """Return a policy as a file of this format."""
        ...
