"""Shapes that several resources answer with."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gymlab import documenting

ItemT = TypeVar("ItemT")
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""RFC 3339, UTC."""


class Answer(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=documenting.is_on())


class Input(BaseModel):
    """Base of every request body: unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )


class Page(BaseModel, Generic[ItemT]):
    """A part of a list."""

    # Docstrings under fields of a generic model cannot be read for its parametrised forms.
    model_config = ConfigDict(frozen=True)

    items: list[ItemT] = Field(description="In the order asked for.")
    next_cursor: str | None = Field(
        default=None, description="Pass it as `cursor` for the next part; null at the end."
    )


class ErrorField(Answer):
    """What is wrong with one field of the input."""

    field: str
    """Dotted path."""
    code: str
    """Stable name of the problem."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""


class ErrorBody(Answer):
    """What went wrong."""

    kind: str
    """invalid, unauthenticated, forbidden, not_found, conflict, too_large, rate_limited, unavailable or internal."""
    code: str
    """Stable name of the problem."""
    detail: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""
    fields: list[ErrorField] | None = None
    """The fields at fault, where there are any."""
    allowed_actions: list[str] | None = None
    """For an illegal transition: what is allowed now."""
    current_version: int | None = None
    """For a document that somebody else changed: the version that is stored now."""


class ErrorAnswer(Answer):
    """Every answer with a status of 400 and over."""

    error: ErrorBody
