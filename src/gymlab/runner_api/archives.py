"""Opening zip files that somebody else made: bounded, by a list of names, never onto the disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from gymlab.domain.model_files import MAX_MODEL_BYTES
from gymlab.errors import ModelRefusedError

MAX_RATIO = 100
"""Weights hardly shrink; what unpacks to more than this many times its size is a bomb."""
RATIO_COUNTS_FROM_BYTES = 1024 * 1024
_ENCRYPTED = 0x1
_SHOWN_CHARACTERS = 80
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class ArchiveRules:
    """What an archive may hold."""

    is_allowed: Callable[[str], bool]
    """Tells which names a member may have."""
    max_members: int = 64
    """Most members."""
    max_bytes: int = MAX_MODEL_BYTES
    """Most bytes that all of them unpack to."""
    may_be_compressed: bool = True
    """Whether members may be deflated; without it they are stored as they are."""


def read_archive(content: bytes | memoryview, rules: ArchiveRules) -> dict[str, bytes]:
    """Return name -> content of every member.

    Names are only compared with the list: nothing is ever written under them.

    Raises:
        ModelRefusedError: It is no sound zip file, or holds what the rules do not allow.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check(members, rules)
            return {member.filename: _read(archive, member) for member in members}
    except _READ_ERRORS as error:
        raise ModelRefusedError(
            f"The file cannot be read: {_short(str(error)) or type(error).__name__}.",
            hint="It is damaged or was not sent to its end. Make the file anew.",
        ) from error


def member_names(content: bytes | memoryview) -> frozenset[str]:
    """Return the names in an archive, unchecked; none where it is no zip file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except _READ_ERRORS:
        return frozenset()


def _check(members: list[zipfile.ZipInfo], rules: ArchiveRules) -> None:
    if len(members) > rules.max_members:
        _refuse(f"It holds {len(members):,} files; at most {rules.max_members} are read.")
    total = 0
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if not rules.is_allowed(name):
            _refuse(f"It holds {_short(name)!r}, which does not belong into a model.")
        if name in seen:
            _refuse(f"It holds {_short(name)!r} twice.")
        seen.add(name)
        total += member.file_size
        _check_size(member, rules)
        if total > rules.max_bytes:
            _refuse(f"It unpacks to more than {rules.max_bytes // 1024**2} MB.")


def _check_size(member: zipfile.ZipInfo, rules: ArchiveRules) -> None:
    if member.flag_bits & _ENCRYPTED:
        _refuse("It is encrypted.")
    allowed = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if not rules.may_be_compressed:
        allowed = {zipfile.ZIP_STORED}
    if member.compress_type not in allowed:
        _refuse(f"{_short(member.filename)!r} is compressed in a way that is not read.")
    is_large = member.file_size > RATIO_COUNTS_FROM_BYTES
    if is_large and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        _refuse(
            f"{_short(member.filename)!r} would unpack to {member.file_size:,} bytes from "
            f"{member.compress_size:,}; weights never shrink so much."
        )


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as opened:
        # One byte more than announced shows a member that lies about its size.
        content = opened.read(member.file_size + 1)
    if len(content) != member.file_size:
        _refuse(f"{_short(member.filename)!r} is not as long as the file says.")
    return content


def _refuse(detail: str) -> NoReturn:
    raise ModelRefusedError(
        detail, hint="Only models as Stable-Baselines3 or gymlab save them are read."
    )


def _short(text: str) -> str:
    return text[:_SHOWN_CHARACTERS].rstrip(".")
