"""Text in a CSV file never becomes a formula."""

import pytest

from gymlab.server.metrics.csv_file import harmless


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("loss/policy", "loss/policy"),
        ("-rm/-rf", "'-rm/-rf"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1", "'+1"),
        ("\tx", "'\tx"),
        ('a,"b"', '"a,""b"""'),
        ("=a,b", '"\'=a,b"'),
    ],
)
def test_formulas_are_disarmed(text: str, expected: str) -> None:
    """A leading quote makes a text of it; the rest is RFC 4180."""
    assert harmless(text) == expected
