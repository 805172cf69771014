"""Policies as files: what is downloaded and what can be read from elsewhere."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting
from gymlab.domain.runs import MAX_SEED, MAX_TOTAL_TIMESTEPS, RunSpec, WrapperSpec

NATIVE_FORMAT = "safetensors"
"""Id of our own format: a zip of plain arrays and a manifest with their hashes."""
MANIFEST_FILE = "manifest.json"
MAX_MODEL_BYTES = 512 * 1024 * 1024
"""Largest file that is read, and largest sum of what it unpacks to."""
MAX_FILE_NAME = 200

_FROZEN = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on())


class ModelMember(BaseModel):
    """One file of a model."""

    model_config = _FROZEN

    sha256: str
    """Hash of its content."""
    size_bytes: Annotated[int, Field(ge=0, le=MAX_MODEL_BYTES)]
    """Its size."""


class PolicyDescription(BaseModel):
    """What must be known to build a policy's networks and to let it act."""

    model_config = _FROZEN

    env_id: Annotated[str, Field(max_length=200)]
    """Environment that it acts in."""
    env_kwargs: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the environment's constructor."""
    wrappers: tuple[WrapperSpec, ...] = ()
    """Around the environment, the innermost first."""
    runner: Annotated[str, Field(max_length=64)]
    """Training backend whose network it is."""
    algorithm: Annotated[str, Field(max_length=64)]
    """Learning algorithm."""
    hyperparameters: dict[str, Any]
    """Complete, under the backend's own names; they decide the network's shape."""

    def spec(self, run_id: str, timestep: int) -> RunSpec:
        """Return the specification of a run that stands for this policy."""
        return RunSpec(
            run_id=run_id,
            env_id=self.env_id,
            env_kwargs=self.env_kwargs,
            wrappers=self.wrappers,
            runner=self.runner,
            algorithm=self.algorithm,
            hyperparameters=self.hyperparameters,
            total_timesteps=max(timestep, 1),
            seed=0,
        )


class ModelManifest(PolicyDescription):
    """The document of a model in our own format."""

    format: Literal["gymlab-model"] = "gymlab-model"
    """Always this."""
    version: Literal[1] = 1
    """Version of this document's form."""
    run_id: Annotated[str, Field(max_length=64)]
    """The run that trained it, in the lab that it comes from."""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    """Seed of that run."""
    spec_sha256: Annotated[str, Field(max_length=64)]
    """Hash of that run's specification."""
    timestep: Annotated[int, Field(ge=0, le=MAX_TOTAL_TIMESTEPS)]
    """Timesteps that it was trained for."""
    episodes: Annotated[int, Field(ge=0, le=MAX_TOTAL_TIMESTEPS)] = 0
    """Episodes of training."""
    mean_return: float | None = None
    """Mean of the last 100 training returns."""
    evaluation_return: float | None = None
    """Mean return of the evaluation during training that was made of it."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Libraries that computed it."""
    created_at: str
    """When the checkpoint was saved."""
    members: dict[str, ModelMember]
    """The files beside this document."""
