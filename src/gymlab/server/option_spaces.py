"""Spaces of environments with options, which a worker of the server's own finds out."""

import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from gymlab.domain.environments import EnvironmentInfo, SpaceInfo
from gymlab.errors import (
    EnvironmentNotFoundError,
    FieldProblem,
    InvalidInputError,
    UnavailableError,
)
from gymlab.protocol.framing import ProtocolError, spaces_reader
from gymlab.protocol.spaces import SpacesFound, SpacesRequest
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.piped_worker import PipedWorker

TIMEOUT_S = 30.0
MAX_REMEMBERED = 512
MAX_KWARGS_CHARACTERS = 100_000
LOGGER = logging.getLogger(__name__)
_HARMLESS = frozenset({"max_episode_steps"})
"""Arguments that change no space."""


class OptionSpaces:
    """Knows what an environment of the catalogue shows and takes where its options are changed."""

    def __init__(self) -> None:
        """Prepare; the process starts when first needed."""
        self._worker = PipedWorker("spaces")
        self._known: OrderedDict[str, SpacesFound] = OrderedDict()

    async def joined(
        self, catalogue: Catalogue, env_id: str, kwargs: Mapping[str, Any]
    ) -> tuple[Catalogue, list[FieldProblem]]:
        """Return a catalogue whose entry has the spaces that follow from these options.

        Returns:
            The catalogue, as it was where they cannot be found out, and what is wrong with the
            options.
        """
        if not kwargs.keys() - _HARMLESS:
            return catalogue, []
        try:
            info, _ = catalogue.environment(env_id)
            changed = await self.with_options(info, kwargs)
        except InvalidInputError as error:
            return catalogue, list(error.fields)
        except (EnvironmentNotFoundError, UnavailableError):
            return catalogue, []
        return catalogue.with_environments([changed]), []

    async def with_options(
        self, info: EnvironmentInfo, kwargs: Mapping[str, Any]
    ) -> EnvironmentInfo:
        """Return an entry with the spaces that follow from these options.

        Raises:
            InvalidInputError: An option is impossible; the error names it.
            UnavailableError: The environment cannot be made for another reason.
        """
        if not kwargs.keys() - _HARMLESS or not info.available:
            return info
        found = await self._found(info.id, kwargs)
        if found.problems:
            problems = [
                FieldProblem(item.field, item.code, item.detail, item.hint)
                for item in found.problems
            ]
            raise InvalidInputError(found.error or "The options are impossible.", fields=problems)
        if found.error is not None:
            raise UnavailableError(found.error)
        try:
            return info.model_copy(
                update={
                    "observation_space": SpaceInfo.model_validate(found.observation_space),
                    "action_space": SpaceInfo.model_validate(found.action_space),
                }
            )
        except ValidationError as error:
            raise UnavailableError("The environment's spaces could not be read.") from error

    async def close(self) -> None:
        """End the process."""
        await self._worker.close()

    async def _found(self, env_id: str, kwargs: Mapping[str, Any]) -> SpacesFound:
        try:
            key = json.dumps([env_id, kwargs], sort_keys=True, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise UnavailableError("The options are no plain data.") from error
        if len(key) > MAX_KWARGS_CHARACTERS:
            raise UnavailableError("The options are too long.")
        if (known := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return known
        question = msgspec.json.encode(SpacesRequest(env_id, dict(kwargs)))
        try:
            found = await self._worker.ask(question, spaces_reader(), timeout_s=TIMEOUT_S)
        except (TimeoutError, OSError, ProtocolError) as error:
            LOGGER.warning("the spaces of %s were not found: %s", env_id, error)
            raise UnavailableError("The environment could not be made in time.") from error
        self._known[key] = found
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)
        return found
