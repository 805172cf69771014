"""What checks of an environment found, as lines that a person reads."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from gymlab.errors import LabError, UserCodeError

Status = Literal["ok", "warning", "error"]
_HINT = "Compare with the environment template, which does the same."
_WORST_FIRST: tuple[Status, ...] = ("error", "warning", "ok")


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    check: str
    status: Status
    message: str
    hint: str | None = None
    line: int | None = None
    file: str | None = None


@dataclass(slots=True)
class Findings:
    """All of them, in the order made."""

    items: list[Finding] = field(default_factory=list[Finding])

    def add(
        self,
        check: str,
        status: Status,
        message: str,
        hint: str | None = None,
        line: str | None = None,
    ) -> None:
        """Note one."""
        number, file = place_of(line)
        self.items.append(Finding(check, status, without_place(message), hint, number, file))

    @contextmanager
    def failing(self, check: str) -> Generator[None]:
        """Note what user code raises inside as the result of a check, and go on."""
        try:
            yield
        except UserCodeError as error:
            self.add(check, "error", error.detail, error.hint or _HINT, error.line)
        except LabError as error:
            self.add(check, "error", error.detail, error.hint or _HINT)

    def worst(self, check: str) -> Status | None:
        """Return the worst result of a check so far; None when it was not made."""
        found = {item.status for item in self.items if item.check == check}
        return next((status for status in _WORST_FIRST if status in found), None)

    def as_json(self) -> list[dict[str, Any]]:
        """Return all as plain data."""
        return [asdict(item) for item in self.items]


def place_of(line: str | None) -> tuple[int | None, str | None]:
    """Return the number in `<environment/physics.py>:12`, and the file; None for the main one."""
    shown, _, number = (line or "").rpartition(":")
    if not number.isdecimal():
        return None, None
    return int(number), shown.removesuffix(">").partition("/")[2] or None


def without_place(text: str) -> str:
    """Return an error's text without `<file>:12: ` in front: the line is shown beside it."""
    if text.startswith("<"):
        place, separator, rest = text.partition(": ")
        if separator and place_of(place)[0] is not None:
            return _sentence_case(rest)
    return text


def _sentence_case(text: str) -> str:
    """Begin with a capital, unless the first word is a name in the code."""
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]
