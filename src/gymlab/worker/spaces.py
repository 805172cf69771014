"""Tells the spaces of environments with options: requests in, spaces out."""

import logging
from collections.abc import Callable, Iterable

import msgspec

from gymlab.envs.making import make_env
from gymlab.envs.space_info import describe_space
from gymlab.errors import LabError
from gymlab.protocol.framing import encode
from gymlab.protocol.spaces import SpacesFound, SpacesRequest
from gymlab.worker.foreign import ForeignCodeError, foreign_code

LOGGER = logging.getLogger(__name__)


def serve_spaces(lines: Iterable[str], write: Callable[[bytes], object]) -> None:
    """Answer every line with one framed message, in order.

    Args:
        lines: Requests as JSON.
        write: Takes the bytes of each answer; must pass them on at once.
    """
    for line in lines:
        if line.strip():
            write(encode(answer(line)))


def answer(line: str) -> SpacesFound:
    """Return the spaces that a request asks for, or why there are none."""
    try:
        request = msgspec.json.decode(line, type=SpacesRequest)
        with foreign_code("making"):
            env = make_env(request.env_id, request.env_kwargs)
        try:
            return SpacesFound(
                describe_space(env.observation_space).model_dump(mode="json"),
                describe_space(env.action_space).model_dump(mode="json"),
            )
        finally:
            env.close()
    except LabError as error:
        return SpacesFound(error=error.detail)
    except ForeignCodeError as error:
        return SpacesFound(error=str(error))
    except (ValueError, RecursionError):
        return SpacesFound(error="The request cannot be read.")
