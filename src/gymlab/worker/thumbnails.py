"""Draws catalogue pictures for the server: ids in, messages out."""

from collections.abc import Callable, Iterable

from gymlab.envs.thumbnails import draw_pictures
from gymlab.protocol.framing import encode
from gymlab.protocol.thumbnails import Thumbnail
from gymlab.worker.foreign import ForeignCodeError, foreign_code

MAX_ID_LENGTH = 256


def serve_thumbnails(lines: Iterable[str], write: Callable[[bytes], object]) -> None:
    """Answer every line with one framed message, in order.

    Args:
        lines: Environment ids.
        write: Takes the bytes of each answer; must pass them on at once.
    """
    for line in lines:
        env_id = line.strip()
        if env_id:
            write(encode(draw(env_id)))


def draw(env_id: str) -> Thumbnail:
    """Return the pictures of an environment, or why there are none."""
    if len(env_id) > MAX_ID_LENGTH:
        return Thumbnail(env_id[:MAX_ID_LENGTH], error="No environment has so long an id.")
    try:
        with foreign_code(f"drawing {env_id!r}"):
            pictures = draw_pictures(env_id)
    except ForeignCodeError as error:
        return Thumbnail(env_id, error=str(error))
    return Thumbnail(env_id, image=pictures.thumbnail, animation=pictures.animation)
