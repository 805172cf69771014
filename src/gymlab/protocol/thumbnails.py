"""What `python -m gymlab.worker thumbnails` answers on its stdout, one message per id on its stdin.

Ids come one to a line; messages leave in the same order, with the framing of
`framing.py`; the end of stdin ends the process.
"""

import msgspec


class Thumbnail(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="thumbnail"
):
    """Pictures of one environment, or the reason why there are none."""

    env_id: str
    """The id as it was asked for."""
    image: bytes | None = None
    """JPEG, 320 pixels wide."""
    animation: bytes | None = None
    """Animated WebP, 320 pixels wide."""
    error: str | None = None
    """Why there are no pictures."""
