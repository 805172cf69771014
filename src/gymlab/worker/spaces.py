"""Tells the spaces of environments with options: requests in, spaces out."""

import logging
from collections.abc import Callable, Iterable

import msgspec

from gymlab.envs.making import make_env
from gymlab.envs.observations import AnyEnv
from gymlab.envs.space_info import describe_space
from gymlab.errors import LabError
from gymlab.protocol.framing import encode
from gymlab.protocol.spaces import OptionProblem, SpacesFound, SpacesRequest
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
        env = _made(request)
        try:
            return SpacesFound(
                describe_space(env.observation_space).model_dump(mode="json"),
                describe_space(env.action_space).model_dump(mode="json"),
            )
        finally:
            env.close()
    except LabError as error:
        problems = [
            OptionProblem(item.field, item.code, item.detail, item.hint) for item in error.fields
        ]
        return SpacesFound(error=error.detail, problems=problems)
    except ForeignCodeError as error:
        return SpacesFound(error=str(error))
    except (ValueError, RecursionError):
        return SpacesFound(error="The request cannot be read.")


def _made(request: SpacesRequest) -> AnyEnv:
    """Make the environment; what our own code refuses keeps its fields."""
    try:
        with foreign_code("making"):
            return make_env(request.env_id, request.env_kwargs)
    except ForeignCodeError as error:
        if isinstance(error.__cause__, LabError):
            raise error.__cause__ from None
        raise
