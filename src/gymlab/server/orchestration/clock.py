"""Times as the API writes them."""

from datetime import UTC, datetime


def rfc3339(seconds: float) -> str:
    """Return a time in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def now() -> str:
    """Return the present time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
