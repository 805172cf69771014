"""Topics of a stream and the positions in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gymlab.domain.ids import is_run_id
from gymlab.errors import FieldProblem, InvalidCursorError, InvalidInputError
from gymlab.storage.visible_rows import Position

TopicKind = Literal["runs", "metrics", "events", "log"]
KIND_LETTERS: Mapping[str, str] = {"metrics": "m", "events": "e", "log": "l"}
MAX_TOPICS = 100
_NUMBER = re.compile(r"^[0-9]{1,18}$")
_PAIR = re.compile(r"^([0-9]{1,9})\.([0-9]{1,18})$")
AnyPosition = int | Position


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to listen to."""

    kind: TopicKind
    run_id: str = ""

    @property
    def key(self) -> str:
        """Name in cursors and in the hub."""
        return "runs" if self.kind == "runs" else f"{self.run_id}:{KIND_LETTERS[self.kind]}"


def parse_topics(text: str) -> list[Topic]:
    """Return the topics of a request.

    Raises:
        InvalidInputError: One is unknown, or there are none or too many.
    """
    names = [part.strip() for part in text.split(",")]
    if len(names) > MAX_TOPICS:
        raise _topic_error(f"At most {MAX_TOPICS} topics are allowed.")
    return [_parse_topic(name) for name in dict.fromkeys(names)]


def _parse_topic(name: str) -> Topic:
    if name == "runs":
        return Topic("runs")
    parts = name.split(":")
    if len(parts) == 3 and parts[0] == "run" and is_run_id(parts[1]):
        match parts[2]:
            case "metrics" | "events" | "log":
                return Topic(parts[2], parts[1])
            case _:
                pass
    raise _topic_error(f"There is no topic {name[:80]!r}.")


def _topic_error(detail: str) -> InvalidInputError:
    hint = "For example runs,run:<id>:metrics,run:<id>:events,run:<id>:log."
    return InvalidInputError(
        detail, hint=hint, fields=[FieldProblem("topics", "unknown_topic", detail)]
    )


def parse_cursor(text: str | None, topics: Sequence[Topic]) -> dict[str, AnyPosition]:
    """Return the position of each topic that a cursor names.

    Raises:
        InvalidCursorError: It is not a cursor, or names what is not among the topics.
    """
    if text is None or text == "":
        return {}
    kinds: dict[str, TopicKind] = {topic.key: topic.kind for topic in topics}
    found: dict[str, AnyPosition] = {}
    for part in text.split(","):
        key, _, value = part.partition("=")
        if key not in kinds or key in found:
            raise InvalidCursorError(
                "The stream position does not belong to these topics.",
                hint="Load the present state anew and continue from there.",
            )
        found[key] = _parse_position(kinds[key], value)
    return found


def _parse_position(kind: TopicKind, value: str) -> AnyPosition:
    if kind == "metrics":
        pair = _PAIR.fullmatch(value)
        if pair is not None and value.isascii():
            return int(pair[1]), int(pair[2])
    elif value.isascii() and _NUMBER.fullmatch(value):
        return int(value)
    raise InvalidCursorError(
        "The stream position is not one of ours.",
        hint="Load the present state anew and continue from there.",
    )


def format_position(position: AnyPosition) -> str:
    """Return a position as cursors write it."""
    if isinstance(position, tuple):
        return f"{position[0]}.{position[1]}"
    return str(position)


def impossible_position() -> InvalidCursorError:
    """Return the error for a position that was never reached."""
    return InvalidCursorError(
        "The stream position lies beyond the end.",
        hint="Load the present state anew and continue from there.",
    )
