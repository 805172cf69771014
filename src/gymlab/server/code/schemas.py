"""Shapes of documents of code and of what is said about code without running it."""

from typing import Literal

from pydantic import Field

from gymlab.domain.code import CodeKind
from gymlab.server.answers import Answer, Input, Timestamp
from gymlab.server.code_lookup import SourceText

Source = SourceText


class NewCode(Input):
    """A new document."""

    kind: CodeKind
    """What it is for."""
    name: str
    """Plain text."""
    source: Source
    """Python source, at most 1,000,000 bytes of UTF-8; it may still be wrong."""


class CodeChange(Input):
    """A newer version of a document."""

    name: str | None = None
    """Plain text; by default as before."""
    source: Source
    """Python source, at most 1,000,000 bytes of UTF-8; it may still be wrong."""


class CodeItem(Answer):
    """A document without its source."""

    id: str
    """Identifier."""
    kind: CodeKind
    """What it is for."""
    name: str
    """Plain text."""
    version: int
    """Number of the version, from 1."""
    sha256: str
    """Hash of the source."""
    env_id: str | None
    """For an environment: the id that runs name this version by."""
    created_at: Timestamp
    """When the document was created."""
    updated_at: Timestamp
    """When this version was."""


class CodeDocument(CodeItem):
    """One version of a document."""

    source: str
    """Python source."""


class CodeVersion(Answer):
    """A version of a document without its source."""

    version: int
    """Number, from 1."""
    name: str
    """Plain text."""
    sha256: str
    """Hash of the source."""
    created_at: Timestamp
    """When it was stored."""


class CodeToCheck(Input):
    """Source that is looked at and not run."""

    kind: CodeKind
    """What it is for."""
    source: Source
    """Python source."""
    env_id: str | None = Field(default=None, max_length=200)
    """Environment that a reward is for."""


class CodeProblem(Answer):
    """Something about a place in a source."""

    file: str | None = None
    """File of the source that it is in; null for the first."""
    line: int
    """From 1, of that file."""
    column: int
    """From 1, in characters."""
    end_line: int | None = None
    """Where the place ends; null when unknown."""
    end_column: int | None = None
    """The column behind the place; null when unknown."""
    severity: Literal["error", "warning", "info"]
    """An error keeps the code from working."""
    code: str
    """Stable name of the problem."""
    message: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""


class CodeCheck(Answer):
    """What was found without running the code."""

    ok: bool
    """Whether there are no errors."""
    problems: list[CodeProblem]
    """In the order of the lines."""


class CodeToFormat(Input):
    """Source to lay out."""

    source: Source
    """Python source."""


class FormattedCode(Answer):
    """Source in the usual layout."""

    source: str
    """Python source."""


class CodeTemplate(Answer):
    """A source to begin from."""

    id: str
    """Identifier."""
    kind: CodeKind
    """What it is for."""
    title: str
    """Short name."""
    summary: str
    """One sentence."""
    source: str
    """Python source."""
    env_id: str | None = None
    """Environment that it is written for."""


class ScopeArgument(Answer):
    """An argument that the code is given."""

    name: str
    """As the function must call it."""
    type: str
    """What it is."""
    doc: str
    """One or two sentences, for the chosen environment where one is."""


class ScopeModule(Answer):
    """A package that the code may import."""

    name: str
    """Name to import."""
    doc: str
    """One sentence."""


class CodeSnippet(Answer):
    """A piece of code that completion inserts."""

    id: str
    """Identifier; what is typed to find it."""
    title: str
    """What it does."""
    text: str
    """Python, in which `${1:name}` is a place to fill in."""


class CodeScope(Answer):
    """What can be used inside the code."""

    arguments: list[ScopeArgument]
    """Of the function, or of the methods of the environment."""
    modules: list[ScopeModule]
    """Packages that are installed."""
    snippets: list[CodeSnippet]
    """Pieces to insert."""
