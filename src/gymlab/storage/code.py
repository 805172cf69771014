"""Reading and writing documents of code; every version of one is kept."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from gymlab.domain.code import CodeKind, SourceCode, source_sha256
from gymlab.storage.database import Writer
from gymlab.storage.runs import OWNER, decode_cursor, encode_cursor
from gymlab.storage.tables import code_documents, code_versions


@dataclass(frozen=True, slots=True)
class StoredCode:
    """One version of a document; without its source where only a list was asked for."""

    id: str
    kind: CodeKind
    name: str
    version: int
    sha256: str
    created_at: float
    """When the document was created."""
    updated_at: float
    """When this version was."""
    source: str = ""
    description: dict[str, Any] | None = None
    """What a worker found out about it, where it is an environment."""

    def as_source_code(self) -> SourceCode:
        """Return what a run carries of it."""
        return SourceCode(
            source=self.source,
            sha256=self.sha256,
            code_id=self.id,
            version=self.version,
            name=self.name,
        )


@dataclass(frozen=True, slots=True)
class CodeFilter:
    """Which documents are listed."""

    kind: CodeKind | None = None
    words: str | None = None
    """In the name, whatever its case."""


_COLUMNS = (
    code_documents.c.id,
    code_documents.c.kind,
    code_versions.c.name,
    code_versions.c.version,
    code_versions.c.sha256,
    code_documents.c.created_at,
    code_versions.c.created_at.label("updated_at"),
    code_versions.c.description,
)
_JOINED = code_documents.join(code_versions, code_versions.c.document_id == code_documents.c.id)


def insert_code(
    writer: Writer, code_id: str, kind: CodeKind, name: str, source: str, *, at: float
) -> None:
    """Store the first version of a new document."""
    writer.connection.execute(
        insert(code_documents).values(
            id=code_id,
            owner=OWNER,
            kind=kind.value,
            name=name,
            version=1,
            created_at=at,
            updated_at=at,
        )
    )
    _insert_version(writer, code_id, 1, name, source, at)


def append_version(
    writer: Writer, code_id: str, version: int, name: str, source: str, *, at: float
) -> None:
    """Store a newer version, which is the current one from now on."""
    _insert_version(writer, code_id, version, name, source, at)
    writer.connection.execute(
        update(code_documents)
        .where(code_documents.c.id == code_id)
        .values(name=name, version=version, updated_at=at)
    )


def delete_code(writer: Writer, code_id: str) -> bool:
    """Forget a document with its versions; tell whether there was one."""
    writer.connection.execute(delete(code_versions).where(code_versions.c.document_id == code_id))
    found = writer.connection.execute(delete(code_documents).where(code_documents.c.id == code_id))
    return found.rowcount > 0


def get_code(connection: Connection, code_id: str, version: int | None = None) -> StoredCode | None:
    """Return a version of a document, by default the current one; None when there is none."""
    wanted = code_documents.c.version if version is None else version
    query = (
        select(*_COLUMNS, code_versions.c.source)
        .select_from(_JOINED)
        .where(code_documents.c.id == code_id, code_versions.c.version == wanted)
    )
    row = connection.execute(query).mappings().first()
    return _stored(row) if row is not None else None


def list_code(
    connection: Connection, wanted: CodeFilter, *, limit: int, cursor: str | None
) -> tuple[list[StoredCode], str | None]:
    """Return a page of current versions, the last changed first, and the cursor of the next."""
    query = (
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(code_versions.c.version == code_documents.c.version)
    )
    if wanted.kind is not None:
        query = query.where(code_documents.c.kind == wanted.kind.value)
    for word in (wanted.words or "").split():
        query = query.where(code_documents.c.name.icontains(word, autoescape=True))
    if cursor is not None:
        at, code_id = decode_cursor(cursor)
        same = and_(code_documents.c.updated_at == at, code_documents.c.id < code_id)
        query = query.where(or_(code_documents.c.updated_at < at, same))
    order = (code_documents.c.updated_at.desc(), code_documents.c.id.desc())
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
    found = [_stored(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    return found, encode_cursor(found[-1].updated_at, found[-1].id)


def list_versions(
    connection: Connection, code_id: str, *, limit: int, before: int | None
) -> list[StoredCode]:
    """Return versions of a document without their sources, the newest first."""
    query = select(*_COLUMNS).select_from(_JOINED).where(code_documents.c.id == code_id)
    if before is not None:
        query = query.where(code_versions.c.version < before)
    rows = connection.execute(query.order_by(code_versions.c.version.desc()).limit(limit))
    return [_stored(row) for row in rows.mappings()]


def describe_version(
    writer: Writer, code_id: str, version: int, description: dict[str, Any]
) -> None:
    """Remember what a worker found out about an environment."""
    writer.connection.execute(
        update(code_versions)
        .where(code_versions.c.document_id == code_id, code_versions.c.version == version)
        .values(description=msgspec.json.encode(description).decode())
    )


def _insert_version(
    writer: Writer, code_id: str, version: int, name: str, source: str, at: float
) -> None:
    writer.connection.execute(
        insert(code_versions).values(
            document_id=code_id,
            version=version,
            name=name,
            source=source,
            sha256=source_sha256(source),
            created_at=at,
        )
    )


def _stored(row: Any) -> StoredCode:
    values: dict[str, Any] = dict(row)
    text = values["description"]
    values["kind"] = CodeKind(values["kind"])
    values["description"] = msgspec.json.decode(text, type=dict[str, Any]) if text else None
    return StoredCode(**values)
