"""Code of a user that a run carries with it."""

import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gymlab import documenting

MAX_SOURCE_BYTES = 1_000_000
"""Longest source that is kept, in bytes of UTF-8."""


class CodeKind(StrEnum):
    """What a piece of code is for."""

    REWARD = "reward"
    ENVIRONMENT = "environment"
    EVALUATION = "evaluation"


def source_sha256(source: str) -> str:
    """Return the hash of a source, in hex."""
    return hashlib.sha256(source.encode()).hexdigest()


class SourceCode(BaseModel):
    """The exact source that a run uses; it stays with the run when the document is deleted."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    source: Annotated[str, Field(min_length=1, max_length=MAX_SOURCE_BYTES)]
    """Python source."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """Hash of `source`."""
    code_id: str | None = None
    """Document it came from; None when it was written for this run alone."""
    version: Annotated[int, Field(ge=1)] | None = None
    """Version of that document."""
    name: str = ""
    """Name of that document, plain text."""

    @model_validator(mode="after")
    def _is_what_it_says(self) -> "SourceCode":
        if source_sha256(self.source) != self.sha256:
            message = "the hash is not that of the source"
            raise ValueError(message)
        return self


def source_code(source: str) -> SourceCode:
    """Return a source that belongs to no document, with its hash."""
    return SourceCode(source=source, sha256=source_sha256(source))
