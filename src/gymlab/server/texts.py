"""Plain text that people type: bounded, without control characters, never interpreted; and figures in words."""

import unicodedata
from collections.abc import Iterable

from gymlab.domain.runs import MAX_NAME_LENGTH
from gymlab.errors import FieldProblem

MAX_TAG_LENGTH = 50
MAX_NOTES_LENGTH = 20_000
_NOT_TEXT = {"Cc", "Cs", "Co", "Cn"}
_BIDIRECTIONAL = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = {"\n", "\t", "\r"}


def text_problems(
    *, name: str | None = None, tags: Iterable[str] | None = None, notes: str | None = None
) -> list[FieldProblem]:
    """Return what is wrong with the texts that are given."""
    found: list[FieldProblem | None] = []
    if name is not None:
        problem = _check("name", name, MAX_NAME_LENGTH)
        if problem is None and not name.strip():
            problem = FieldProblem("name", "empty", "The name must not be empty.")
        found.append(problem)
    for index, tag in enumerate(tags or ()):
        problem = _check(f"tags.{index}", tag, MAX_TAG_LENGTH)
        if problem is None and not tag.strip():
            problem = FieldProblem(f"tags.{index}", "empty", "A tag must not be empty.")
        found.append(problem)
    if notes is not None:
        found.append(_check("notes", notes, MAX_NOTES_LENGTH, may_break=True))
    return [problem for problem in found if problem is not None]


def _check(
    field: str, text: str, max_length: int, *, may_break: bool = False
) -> FieldProblem | None:
    if len(text) > max_length:
        detail = f"{field} has {len(text):,} characters; at most {max_length:,} are allowed."
        return FieldProblem(field, "too_long", detail)
    for character in text:
        if may_break and character in _BREAKS:
            continue
        if unicodedata.category(character) in _NOT_TEXT or character in _BIDIRECTIONAL:
            detail = f"{field} contains the control character U+{ord(character):04X}."
            return FieldProblem(field, "control_character", detail, "Remove it.")
    return None


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Return the tags without spaces around them, each once."""
    return list(dict.fromkeys(tag.strip() for tag in tags))


def size_text(size: float) -> str:
    """Return a size for people."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(value) < 1000 or unit == "TB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} PB"


def duration_text(seconds: float) -> str:
    """Return a duration for people."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
