"""The file of a checkpoint that says where every training environment is in its episode."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from gymlab.envs.state.episode import StateNotRestoredError, StateNotSavedError
from gymlab.runner_api.runner import Members
from gymlab.runner_api.tracking import TrackedEnv

ENVIRONMENTS_FILE = "environments.json"
_FORMAT = 1


def environments_member(
    envs: Mapping[int, TrackedEnv], *, recent_returns: Iterable[float] = ()
) -> dict[str, bytes]:
    """Return the file, by its name.

    Args:
        envs: Training environments by index.
        recent_returns: Returns of the latest episodes, for the mean that goes on.
    """
    document: dict[str, Any] = {"format": _FORMAT, "recent_returns": list(recent_returns)}
    try:
        document["environments"] = {str(idx): env.save() for idx, env in envs.items()}
    except StateNotSavedError as error:
        document["not_saved"] = str(error)
    return {ENVIRONMENTS_FILE: json.dumps(document, separators=(",", ":")).encode()}


def restore_environments(envs: Mapping[int, TrackedEnv], members: Members) -> None:
    """Continue every environment in the middle of its episode.

    Raises:
        StateNotRestoredError: At least one could not; then all of them must be reset.
    """
    document = _read(members)
    saved = document.get("environments")
    if not isinstance(saved, dict):
        raise StateNotRestoredError(str(document.get("not_saved", "their state was not saved")))
    states = cast("dict[str, Any]", saved)
    if states.keys() != {str(idx) for idx in envs}:
        raise StateNotRestoredError(f"{len(states)} were saved, but there are {len(envs)}")
    try:
        for idx, env in envs.items():
            env.repeat(states[str(idx)])
        # Last, so that a failure leaves no half-counted episode behind.
        for idx, env in envs.items():
            env.tracker.restore(states[str(idx)]["tracker"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise StateNotRestoredError(f"their state is damaged: {error}") from error


def recent_returns(members: Members) -> list[float]:
    """Return the returns of the latest episodes before the checkpoint; [] where unknown."""
    try:
        found = _read(members).get("recent_returns", [])
    except StateNotRestoredError:
        return []
    values = cast("list[Any]", found) if isinstance(found, list) else []
    return [float(value) for value in values if isinstance(value, int | float)]


def _read(members: Members) -> dict[str, Any]:
    if ENVIRONMENTS_FILE not in members:
        raise StateNotRestoredError("the checkpoint does not hold their state")
    try:
        document = json.loads(bytes(members[ENVIRONMENTS_FILE]))
    except ValueError as error:
        raise StateNotRestoredError("their state cannot be read") from error
    if not isinstance(document, dict) or cast("Any", document).get("format") != _FORMAT:
        raise StateNotRestoredError("their state has another format")
    return cast("dict[str, Any]", document)
