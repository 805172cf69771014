"""A trial as a worker's service."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from gymlab.domain.code import SourceCode
from gymlab.envs.custom.describing import describe_custom_env
from gymlab.envs.custom.making import make_custom_env
from gymlab.envs.thumbnails import draw_env
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.worker import FromWorker, Heartbeat, StartTrial, ToWorker, Tried
from gymlab.worker.trying.environment import try_environment
from gymlab.worker.trying.evaluation import try_evaluation
from gymlab.worker.trying.reward import try_reward


class TrialService:
    """Runs one trial and says what it found; what is not expected leaves as `Failed`."""

    def __init__(self, message: StartTrial) -> None:
        """Read what is asked for.

        Raises:
            ValueError: The code is no code.
        """
        self._message = message
        self._code = SourceCode.model_validate(message.code)

    def run(self) -> FromWorker:
        """Do it."""
        result = _TASKS[self._message.task](self._code, self._message)
        return Tried(json.dumps(result, allow_nan=False).encode())

    def handle(self, message: ToWorker, descriptors: list[int]) -> NoReturn:  # noqa: ARG002 - no command of a trial has any
        """Refuse: a trial takes no commands."""
        raise ProtocolError(f"{type(message).__name__} is no command for a trial")

    def heartbeat(self) -> Heartbeat:
        """Say that the process lives."""
        return Heartbeat(0, 0, 0, 0.0)


def _describe(code: SourceCode, message: StartTrial) -> dict[str, Any]:
    return describe_custom_env(code, message.env_id).model_dump(mode="json")


def _pictures(code: SourceCode, message: StartTrial) -> dict[str, Any]:
    drawn = draw_env(message.env_id, make_custom_env(code, render_mode="rgb_array"))
    return {
        "thumbnail": base64.b64encode(drawn.thumbnail).decode(),
        "animation": base64.b64encode(drawn.animation).decode(),
    }


def _environment(code: SourceCode, message: StartTrial) -> dict[str, Any]:
    return try_environment(code, message.env_kwargs, message.seed)


_TASKS: Mapping[str, Callable[[SourceCode, StartTrial], dict[str, Any]]] = {
    "describe": _describe,
    "pictures": _pictures,
    "environment": _environment,
    "reward": try_reward,
    "evaluation": try_evaluation,
}
