"""Topics and positions of streams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.errors import InvalidCursorError, InvalidInputError
from gymlab.server.streams.cursors import format_position, parse_cursor, parse_topics

RUN = "abcdefgh0123"
TOPICS = f"runs,run:{RUN}:metrics,run:{RUN}:events,run:{RUN}:log"


def test_a_cursor_says_where_each_topic_was() -> None:
    """By the names the topics have in it."""
    topics = parse_topics(TOPICS)
    cursor = parse_cursor(f"runs=5,{RUN}:m=2.17,{RUN}:e=9,{RUN}:l=0", topics)
    assert cursor == {"runs": 5, f"{RUN}:m": (2, 17), f"{RUN}:e": 9, f"{RUN}:l": 0}
    assert [format_position(position) for position in cursor.values()] == ["5", "2.17", "9", "0"]


@pytest.mark.parametrize(
    "text",
    ["x", "runs", "runs=", "runs=-1", "runs=1.5", "runs=1,runs=2", f"{RUN}:m=5", f"{RUN}:m=1.-2",
     "000000000000:m=1.1", "runs=" + "9" * 40, "runs=\u0661", "runs=1,", " runs=1"],
)  # fmt: skip
def test_what_is_no_cursor_of_these_topics_is_refused(text: str) -> None:
    """Text, negative, huge, doubled, of another run."""
    with pytest.raises(InvalidCursorError):
        parse_cursor(text, parse_topics(TOPICS))


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    """Never anything else."""
    try:
        found = parse_cursor(text, parse_topics(TOPICS))
    except InvalidCursorError:
        return
    assert text == "" or found


@pytest.mark.parametrize("text", ["", ",", "runs,", "run:x:log", f"run:{RUN}", f"run:{RUN}:x"])
def test_unknown_topics_are_refused(text: str) -> None:
    """Before anything is looked up."""
    with pytest.raises(InvalidInputError):
        parse_topics(text)
