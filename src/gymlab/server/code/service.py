"""Storing documents of code: every version stays, and nobody overwrites another's."""

import asyncio
import re
import time

from gymlab.domain.code import CodeKind
from gymlab.domain.ids import new_run_id
from gymlab.domain.timestamps import rfc3339
from gymlab.errors import CodeNotFoundError, InvalidInputError, StaleVersionError
from gymlab.server.answers import Page
from gymlab.server.code.schemas import CodeChange, CodeDocument, CodeItem, CodeVersion, NewCode
from gymlab.server.code_lookup import existing_code, require_source
from gymlab.server.lab import Lab
from gymlab.server.own_environments import env_id_of
from gymlab.server.texts import text_problems
from gymlab.storage.code import (
    CodeFilter,
    StoredCode,
    append_version,
    delete_code,
    get_code,
    insert_code,
    list_code,
    list_versions,
)

_VERSION_TAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


class CodeService:
    """Documents of one data folder."""

    def __init__(self, lab: Lab) -> None:
        """Work on this laboratory."""
        self._lab = lab
        self._database = lab.database

    async def create(self, body: NewCode) -> CodeDocument:
        """Store a new document.

        Raises:
            InvalidInputError: The name or the source is not possible.
        """
        return self._described(await asyncio.to_thread(self._create, body))

    async def change(self, code_id: str, body: CodeChange, if_match: str | None) -> CodeDocument:
        """Store a newer version of a document; one that differs in nothing is not stored.

        Raises:
            CodeNotFoundError: There is no such document.
            StaleVersionError: The current version is not the one that was changed.
            InvalidInputError: The name or the source is not possible.
        """
        return self._described(await asyncio.to_thread(self._change, code_id, body, if_match))

    def _described(self, document: CodeDocument) -> CodeDocument:
        if document.env_id is not None:
            self._lab.own_environments.describe_soon(document.env_id)
        return document

    def _create(self, body: NewCode) -> CodeDocument:
        _require_name(body.name)
        require_source(body.source)
        code_id = new_run_id()
        with self._database.writing(durable=True) as writer:
            insert_code(writer, code_id, body.kind, body.name, body.source, at=time.time())
            stored = existing_code(writer.connection, code_id)
        return document_view(stored)

    def get(self, code_id: str, version: int | None) -> CodeDocument:
        """Return a version of a document.

        Raises:
            CodeNotFoundError: There is none.
        """
        with self._database.reading() as connection:
            return document_view(existing_code(connection, code_id, version))

    def page(
        self, kind: CodeKind | None, words: str | None, *, limit: int, cursor: str | None
    ) -> Page[CodeItem]:
        """List documents, the last changed first."""
        with self._database.reading() as connection:
            found, following = list_code(
                connection, CodeFilter(kind, words), limit=limit, cursor=cursor
            )
        return Page[CodeItem](items=[item_view(stored) for stored in found], next_cursor=following)

    def versions(self, code_id: str, *, limit: int, cursor: str | None) -> Page[CodeVersion]:
        """List the versions of a document, the newest first.

        Raises:
            CodeNotFoundError: There is no such document.
            InvalidInputError: The cursor is none.
        """
        before = _parsed(cursor) if cursor is not None else None
        with self._database.reading() as connection:
            existing_code(connection, code_id)
            found = list_versions(connection, code_id, limit=limit + 1, before=before)
        items = [_version_view(stored) for stored in found[:limit]]
        following = str(items[-1].version) if len(found) > limit else None
        return Page[CodeVersion](items=items, next_cursor=following)

    def _change(self, code_id: str, body: CodeChange, if_match: str | None) -> CodeDocument:
        if body.name is not None:
            _require_name(body.name)
        require_source(body.source)
        with self._database.writing(durable=True) as writer:
            stored = existing_code(writer.connection, code_id)
            _require_current(stored, if_match)
            name = stored.name if body.name is None else body.name
            if (name, body.source) != (stored.name, stored.source):
                append_version(
                    writer, code_id, stored.version + 1, name, body.source, at=time.time()
                )
                stored = existing_code(writer.connection, code_id)
        return document_view(stored)

    def delete(self, code_id: str) -> None:
        """Delete a document with its versions; runs that use one keep its source.

        Raises:
            CodeNotFoundError: There is no such document.
        """
        with self._database.writing(durable=True) as writer:
            if get_code(writer.connection, code_id) is None:
                raise CodeNotFoundError(code_id)
            delete_code(writer, code_id)


def item_view(stored: StoredCode) -> CodeItem:
    """Return a document as lists show it."""
    is_environment = stored.kind is CodeKind.ENVIRONMENT
    return CodeItem(
        id=stored.id,
        kind=stored.kind,
        name=stored.name,
        version=stored.version,
        sha256=stored.sha256,
        env_id=env_id_of(stored.id, stored.version) if is_environment else None,
        created_at=rfc3339(stored.created_at),
        updated_at=rfc3339(stored.updated_at),
    )


def document_view(stored: StoredCode) -> CodeDocument:
    """Return a document with its source."""
    return CodeDocument(**item_view(stored).model_dump(), source=stored.source)


def _version_view(stored: StoredCode) -> CodeVersion:
    return CodeVersion(
        version=stored.version,
        name=stored.name,
        sha256=stored.sha256,
        created_at=rfc3339(stored.updated_at),
    )


def _require_name(name: str) -> None:
    problems = text_problems(name=name)
    if problems:
        raise InvalidInputError(problems[0].detail, fields=problems)


def _require_current(stored: StoredCode, if_match: str | None) -> None:
    known = _VERSION_TAG.fullmatch(if_match.strip()) if if_match is not None else None
    if known is not None and int(known[1]) == stored.version:
        return
    if known is None:
        detail = "Nothing says which version was changed."
        hint = f'Send the header `If-Match: "{stored.version}"`; that is the current version.'
    else:
        detail = f"Version {known[1]} was changed, but version {stored.version} is stored by now."
        hint = f"Read version {stored.version}, join both changes and store them on top of it."
    raise StaleVersionError(detail, hint=hint, current_version=stored.version)


def _parsed(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise InvalidInputError("The list cursor is not one of ours.")
    return int(cursor)
