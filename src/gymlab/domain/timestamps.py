"""Times as every file, answer and message writes them."""

from datetime import UTC, datetime


def rfc3339(seconds: float) -> str:
    """Return a time, in seconds since 1970, in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
