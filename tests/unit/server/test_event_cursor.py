"""Event logs are paged like every other list."""

import pytest

from gymlab.errors import InvalidCursorError
from gymlab.server.events.service import behind


def test_a_cursor_goes_on_in_the_direction_of_the_list() -> None:
    """Forwards it is a lower bound, backwards an upper one."""
    assert behind("7", 0, None, newest_first=False) == (7, None)
    assert behind("7", 2, None, newest_first=True) == (2, 7)


@pytest.mark.parametrize("cursor", ["", "-1", "seven", "\u0667", "9" * 19])
def test_a_cursor_that_is_no_number_is_refused(cursor: str) -> None:
    """Not ours, or beyond what a table holds."""
    with pytest.raises(InvalidCursorError):
        behind(cursor, 0, None, newest_first=False)
