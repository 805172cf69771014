"""What `python -m gymlab.worker spaces` is asked and answers: spaces of environments with options."""

from typing import Any

import msgspec

from gymlab.protocol.parts import Json


class SpacesRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make this environment and tell its spaces."""

    env_id: str
    env_kwargs: Json


class OptionProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong with one option, as `FieldProblem`."""

    field: str
    code: str
    detail: str
    hint: str | None = None


class SpacesFound(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="spaces_found"
):
    """The spaces of an environment, as `SpaceInfo`."""

    observation_space: dict[str, Any] | None = None
    action_space: dict[str, Any] | None = None
    error: str | None = None
    """Why it cannot be made."""
    problems: list[OptionProblem] = []
    """The options that are to blame; none where it is something else."""
