"""Listing and handing out the files of a run."""

import mimetypes
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

from gymlab.domain.timestamps import rfc3339
from gymlab.errors import ArtifactNotFoundError, InvalidInputError
from gymlab.server.answers import Page
from gymlab.server.artifacts.schemas import Artifact
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run

MAX_LISTED = 10_000
MAX_PATH = 500
MAX_RANGE_LENGTH = 200
_SEGMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$")
_RANGE = re.compile(r"bytes=[0-9]{0,15}-[0-9]{0,15}(, *[0-9]{0,15}-[0-9]{0,15}){0,4}")
_KINDS = {
    "recordings": "recording",
    "eval": "evaluation",
    "replays": "replay",
    "pictures": "picture",
    "checkpoints": "checkpoint",
    "origin": "checkpoint",
    "metrics.jsonl": "metrics",
    "events.jsonl": "events",
    "log.txt": "log",
    "log.1.txt": "log",
    "spec.json": "spec",
}
_HIDDEN = re.compile(r"^(lock|state\.json|attempt-\d+)$")
_INLINE_TYPES = {"video/mp4"}
"""What a page may play in place; everything else is a download."""


def list_artifacts(lab: Lab, run_id: str) -> Page[Artifact]:
    """Return the files of a run, sorted by path."""
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
    folder = lab.settings.runs_dir / run_id
    hashes = known_hashes(folder)
    items = [
        Artifact(
            path=path,
            kind=_KINDS.get(path.split("/", 1)[0], "file"),
            size_bytes=status.st_size,
            sha256=hashes.get(path),
            created_at=rfc3339(status.st_mtime),
        )
        for path, status in sorted(_walk(folder, folder), key=lambda item: item[0])[:MAX_LISTED]
    ]
    return Page[Artifact](items=items)


def file_answer(lab: Lab, run_id: str, path: str, request: Request) -> FileResponse:
    """Return a file of a run.

    Raises:
        ArtifactNotFoundError: There is no such file inside the run's folder.
    """
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
    file = find_file(lab.settings.runs_dir / run_id, path)
    wanted = request.headers.get("range")
    if wanted is not None:
        _require_range(wanted, file.stat().st_size)
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    is_inline = media_type in _INLINE_TYPES
    return FileResponse(
        file,
        media_type=media_type if is_inline else "application/octet-stream",
        filename=file.name,
        content_disposition_type="inline" if is_inline else "attachment",
    )


def _require_range(wanted: str, size: int) -> None:
    """Refuse ranges that are malformed, too many or not there.

    Raises:
        InvalidInputError: It is no list of a few ranges.
        HTTPException: A range lies outside the file.
    """
    if len(wanted) > MAX_RANGE_LENGTH or not _RANGE.fullmatch(wanted):
        raise InvalidInputError("The Range header is not valid.", hint="For example bytes=0-999.")
    for part in wanted.removeprefix("bytes=").split(","):
        first, _, last = part.strip().partition("-")
        start = int(first) if first else max(0, size - int(last or 0))
        if start >= size or (first and last and int(last) < start):
            raise HTTPException(
                416, f"The file has {size:,} bytes.", headers={"content-range": f"bytes */{size}"}
            )


def find_file(folder: Path, path: str) -> Path:
    """Return a regular file below a folder, following no link.

    Raises:
        ArtifactNotFoundError: The path is not one of plain names, or there is no such file.
    """
    segments = path.split("/")
    is_plain = len(path) <= MAX_PATH and all(_SEGMENT.fullmatch(name) for name in segments)
    if not is_plain or _HIDDEN.fullmatch(segments[0]):
        raise ArtifactNotFoundError("The run has no such file.")
    current = folder
    for name in segments:
        current /= name
        try:
            status = current.lstat()
        except OSError as error:
            raise ArtifactNotFoundError("The run has no such file.") from error
        if stat.S_ISLNK(status.st_mode):
            raise ArtifactNotFoundError("The run has no such file.")
    if not stat.S_ISREG(current.lstat().st_mode):
        raise ArtifactNotFoundError("The run has no such file.")
    return current


def _walk(root: Path, folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if not _SEGMENT.fullmatch(entry.name) or (folder == root and _HIDDEN.fullmatch(entry.name)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, folder / entry.name)
        elif entry.is_file(follow_symlinks=False):
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield (folder / entry.name).relative_to(root).as_posix(), status


class _Member(msgspec.Struct):
    sha256: str


class _Manifest(msgspec.Struct):
    members: dict[str, _Member]


def known_hashes(folder: Path) -> dict[str, str]:
    """Return path -> sha256 of what the readable manifests of a run's folder list."""
    hashes: dict[str, str] = {}
    for manifest in folder.glob("checkpoints/[0-9]*/manifest.json"):
        try:
            members = msgspec.json.decode(manifest.read_bytes(), type=_Manifest).members
        except (OSError, ValueError):  # not even UTF-8 is sure
            continue
        base = manifest.parent.relative_to(folder).as_posix()
        hashes |= {f"{base}/{name}": member.sha256 for name, member in members.items()}
    return hashes
