"""Code that people write: models and calls."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from gymlab.domain.code import CodeKind
from gymlab.sdk.models import Answer
from gymlab.sdk.transport import Parameters, Transport

_PAGE_SIZE = 200


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
    env_id: str | None = None
    """For an environment: the id that runs name this version by."""
    created_at: datetime
    """When the document was created."""
    updated_at: datetime
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
    created_at: datetime
    """When it was stored."""


class CodeProblem(Answer):
    """Something about a place in a source; lines and columns count from 1."""

    line: int
    column: int
    severity: Literal["error", "warning", "info"]
    code: str
    """Stable name of the problem."""
    message: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""
    file: str | None = None
    """File of the source that it is in; None for the first."""


class CodeCheck(Answer):
    """What was found without running the code."""

    ok: bool
    """Whether there are no errors."""
    problems: list[CodeProblem] = Field(default_factory=list[CodeProblem])
    """In the order of the lines."""


class CodeCalls:
    """The calls of `Client` about code."""

    _transport: Transport

    def code_documents(
        self, *, kind: CodeKind | str | None = None, q: str | None = None
    ) -> Iterator[CodeItem]:
        """Yield the documents without their sources, the last changed first."""
        cursor: str | None = None
        while True:
            params: Parameters = {
                "kind": str(kind) if kind else None,
                "q": q,
                "limit": _PAGE_SIZE,
                "cursor": cursor,
            }
            page = self._transport.json("GET", "/code", params=params)
            yield from (CodeItem.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def code(self, code_id: str, version: int | None = None) -> CodeDocument:
        """Return a document, by default in its current version.

        Raises:
            NotFoundError: There is none.
        """
        params: Parameters = {"version": version}
        return CodeDocument.model_validate(
            self._transport.json("GET", _path(code_id), params=params)
        )

    def code_versions(self, code_id: str) -> list[CodeVersion]:
        """Return the newest versions of a document, at most 200, the newest first."""
        params: Parameters = {"limit": _PAGE_SIZE}
        page = self._transport.json("GET", f"{_path(code_id)}/versions", params=params)
        return [CodeVersion.model_validate(item) for item in page["items"]]

    def create_code(self, kind: CodeKind | str, name: str, source: str) -> CodeDocument:
        """Store a new document.

        Raises:
            InvalidRequestError: The name or the source is not possible.
        """
        body = {"kind": str(kind), "name": name, "source": source}
        return CodeDocument.model_validate(self._transport.json("POST", "/code", body=body))

    def change_code(
        self, code_id: str, source: str, *, version: int, name: str | None = None
    ) -> CodeDocument:
        """Store a newer version of a document.

        Args:
            code_id: The document.
            source: Its new source.
            version: The version that was changed; it must still be the current one.
            name: A new name.

        Raises:
            ConflictError: Somebody else has stored another version meanwhile.
        """
        answer = self._transport.json(
            "PUT",
            _path(code_id),
            body={"source": source, "name": name},
            headers={"If-Match": f'"{version}"'},
        )
        return CodeDocument.model_validate(answer)

    def delete_code(self, code_id: str) -> None:
        """Delete a document with its versions; runs that use one keep its source."""
        self._transport.json("DELETE", _path(code_id))

    def check_code(
        self, kind: CodeKind | str, source: str, *, env_id: str | None = None
    ) -> CodeCheck:
        """Say what is wrong with a source without running it."""
        body = {"kind": str(kind), "source": source, "env_id": env_id}
        return CodeCheck.model_validate(self._transport.json("POST", "/code/check", body=body))

    def try_code(self, kind: CodeKind | str, source: str, **options: Any) -> dict[str, Any]:
        """Run a source for a moment in a sandbox and return what it did, as the API tells it.

        Args:
            kind: What it is for.
            source: The source.
            **options: As in `POST /code/try`: `env_id`, `env_kwargs`, `num_episodes`, `seed`.
        """
        body = {"kind": str(kind), "source": source, **options}
        found: dict[str, Any] = self._transport.json("POST", "/code/try", body=body)
        return found


def _path(code_id: str) -> str:
    return f"/code/{quote(code_id, safe='')}"
