"""What the server asks of the process that reads or writes one model file, and its answer."""

from typing import Literal

import msgspec

from gymlab.protocol.parts import Json


class ReadModelFile(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    """Read a policy from a file and make the folder of a run that stands for it."""

    file: str
    """Path of what was uploaded."""
    file_name: str
    """What it was called."""
    folder: str
    """Folder to make."""
    run_id: str
    env_id: str | None
    env_kwargs: Json
    runner: str | None
    algorithm: str | None


class WriteModelFile(msgspec.Struct, frozen=True, kw_only=True, tag="write"):
    """Write a checkpoint's policy as a file of its backend's own form."""

    run_folder: str
    spec: Json
    """`RunSpec` as JSON."""
    checkpoint: Literal["latest", "best"] | int
    format: str
    file: str
    """Path to write."""


ModelFileWork = ReadModelFile | WriteModelFile


class ModelFileResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    failure: Json | None = None
    """Code, detail and hint; None where it went well."""
    notes: list[str] = []
    """What a person should know of a model that was read."""
