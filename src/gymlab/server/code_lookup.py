"""Finding the code that a request names: by document and version, or by its source."""

from typing import Annotated

from pydantic import AfterValidator, model_validator
from sqlalchemy import Connection

from gymlab.domain.code import MAX_SOURCE_BYTES, CodeKind, SourceCode, source_sha256
from gymlab.domain.code_files import FilesError, require_files
from gymlab.domain.ids import is_run_id
from gymlab.errors import CodeNotFoundError, FieldProblem, InvalidInputError
from gymlab.server.answers import Input
from gymlab.storage.code import StoredCode, get_code


def _text(source: str) -> str:
    for number, line in enumerate(source.split("\n"), start=1):
        if not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line):
            message = f"line {number} has half of a surrogate pair, which is no character"
            raise ValueError(message)
    return source


SourceText = Annotated[str, AfterValidator(_text)]
"""Python source that can be written as UTF-8."""


class CodeReference(Input):
    """A version of a stored document, or source of its own: one of both."""

    id: str | None = None
    """Document."""
    version: int | None = None
    """Its version; by default the current one."""
    source: SourceText | None = None
    """Python source that belongs to no document."""

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "CodeReference":
        if (self.id is None) == (self.source is None):
            message = "give either `id` (and `version`) or `source`"
            raise ValueError(message)
        return self


def existing_code(connection: Connection, code_id: str, version: int | None = None) -> StoredCode:
    """Return a version of a document, by default the current one.

    Raises:
        CodeNotFoundError: There is none.
    """
    is_possible = is_run_id(code_id) and (version is None or 1 <= version < 2**31)
    stored = get_code(connection, code_id, version) if is_possible else None
    if stored is None:
        raise CodeNotFoundError(code_id[:64], version)
    return stored


def resolve_code(
    connection: Connection, reference: CodeReference, kind: CodeKind, field: str
) -> SourceCode:
    """Return the exact source that a reference means, for a run to carry.

    Args:
        connection: Where documents are.
        reference: What was asked for.
        kind: What the code must be for.
        field: Name of the input, for messages.

    Raises:
        InvalidInputError: There is no such document, it is of another kind, or the source is not
            possible.
    """
    if reference.source is not None:
        require_source(reference.source, f"{field}.source")
        return SourceCode(source=reference.source, sha256=source_sha256(reference.source))
    try:
        stored = existing_code(connection, reference.id or "", reference.version)
    except CodeNotFoundError as error:
        raise _refused(f"{field}.id", "not_found", error.detail, error.hint) from error
    if stored.kind is not kind:
        detail = f"{stored.name!r} is code for {_article(stored.kind)}, not for {_article(kind)}."
        raise _refused(f"{field}.id", "wrong_kind", detail)
    return stored.as_source_code()


def require_source(source: str, field: str = "source") -> None:
    """Refuse what cannot be stored as a source at all.

    Raises:
        InvalidInputError: It is empty, too long, contains a NUL, or names files that cannot be.
    """
    size = len(source.encode())
    if size > MAX_SOURCE_BYTES:
        detail = f"{field} has {size:,} bytes; at most {MAX_SOURCE_BYTES:,} are allowed."
        raise _refused(field, "too_long", detail)
    if not source.strip():
        raise _refused(field, "empty", f"{field} is empty.")
    if "\0" in source:
        line = source[: source.index("\0")].count("\n") + 1
        detail = f"{field} contains a NUL character in line {line}, which no Python source may."
        raise _refused(field, "nul", detail, "Is it a binary file?")
    try:
        require_files(source)
    except FilesError as error:
        hint = "The line `# ---- file: NAME.py ----` begins another file of the source."
        raise _refused(field, "files", str(error), hint) from error


def _article(kind: CodeKind) -> str:
    return f"{'a' if kind is CodeKind.REWARD else 'an'} {kind.value}"


def _refused(field: str, code: str, detail: str, hint: str | None = None) -> InvalidInputError:
    return InvalidInputError(detail, hint=hint, fields=[FieldProblem(field, code, detail, hint)])
