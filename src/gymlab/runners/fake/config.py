"""Hyperparameters of the fake runner."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CrashKind(StrEnum):
    """How the fake runner fails."""

    EXCEPTION = "exception"
    EXIT = "exit"
    SEGV = "segv"
    KILL = "kill"
    HANG = "hang"
    STALL = "stall"
    OOM = "oom"


class RandomConfig(BaseModel):
    """What the fake runner does and how it fails."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    num_envs: Annotated[int, Field(ge=1, le=64, json_schema_extra={"fixed_by": "state"})] = 1
    """Environments stepped in lockstep."""

    num_units: Annotated[int, Field(ge=1, le=1024, json_schema_extra={"fixed_by": "policy"})] = 1
    """Size of the pretended network."""

    timesteps_per_second: Annotated[float, Field(ge=0, json_schema_extra={"unit": "1/s"})] = 0.0
    """Speed to hold; 0 is as fast as possible."""

    episode_length: Annotated[int | None, Field(ge=1, json_schema_extra={"unit": "timesteps"})] = (
        None
    )
    """Cuts every episode after so many timesteps."""

    learner_every: Annotated[int, Field(ge=1, json_schema_extra={"unit": "timesteps"})] = 100
    """Timesteps between two pretended updates."""

    update_s: Annotated[float, Field(ge=0, le=3600, json_schema_extra={"unit": "s"})] = 0.0
    """Duration of every pretended update."""

    setup_s: Annotated[float, Field(ge=0, le=600, json_schema_extra={"unit": "s"})] = 0.0
    """Duration of the pretended set-up."""

    print_per_second: Annotated[float, Field(ge=0, json_schema_extra={"unit": "1/s"})] = 0.0
    """Lines printed to the log per second."""

    checkpoint_bytes: Annotated[int, Field(ge=0, le=2**31, json_schema_extra={"unit": "B"})] = 0
    """Size of an additional file in every checkpoint."""

    transient_bytes: Annotated[int, Field(ge=0, le=2**31, json_schema_extra={"unit": "B"})] = 0
    """Size of an additional file that only the two latest checkpoints keep."""

    nan_at: Annotated[int | None, Field(ge=0, json_schema_extra={"unit": "timesteps"})] = None
    """Timestep from which the policy loss is not a number."""

    crash_at: Annotated[int | None, Field(ge=0, json_schema_extra={"unit": "timesteps"})] = None
    """Timestep at which the runner fails."""

    crash_kind: CrashKind = CrashKind.EXCEPTION
    """How it fails: an exception, exit code 3, a signal, a hang that keeps the interpreter lock,
    a training thread that never returns, or an allocation that fails."""
