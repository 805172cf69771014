"""The reward code that a run asks for, or takes over from the run that it came from."""

from typing import Any

from sqlalchemy import Connection

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.domain.code_state import kept_state
from gymlab.domain.wrappers import WRAPPERS
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.server.code_lookup import resolve_code
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.schemas import NewRun
from gymlab.storage.runs import StoredRun, get_run

FIELD = "reward_code"
CAPABILITY = "custom_reward"
"""What a runner's manifest says when agents can learn from another reward than the environment's."""


def reward_of(
    connection: Connection, body: NewRun, parent: StoredRun | None
) -> SourceCode | FieldProblem | None:
    """Return the source that a run is to carry, or why it cannot.

    Args:
        connection: Where documents of code and other runs are.
        body: What was asked for.
        parent: The run whose checkpoint this one begins from.
    """
    if FIELD not in body.model_fields_set:
        return _of_run(parent)
    if body.reward_code is None:
        return None
    try:
        found = resolve_code(connection, body.reward_code, CodeKind.REWARD, FIELD)
    except InvalidInputError as error:
        return error.fields[0]
    earlier = get_run(connection, body.duplicate_of) if body.duplicate_of else parent
    same = _of_run(earlier)
    # The same text keeps the name of the document that it came from.
    return same if same is not None and same.sha256 == found.sha256 else found


def check_reward(draft: Draft) -> None:
    """Note what keeps a runner from using the reward."""
    runner, algorithm = draft.runner, draft.algorithm
    changes = any(WRAPPERS[link.id].is_rewards for link in draft.wrappers)
    if runner is None or algorithm is None or (draft.reward_code is None and not changes):
        return
    if CAPABILITY not in runner.manifest.capabilities:
        detail = f"{runner.manifest.title} cannot train with a reward of your own."
        field = FIELD if draft.reward_code is not None else "wrappers"
        draft.refuse(field, "no_custom_reward", detail, "Choose another runner.")


def resume_reasons(spec: dict[str, Any]) -> list[str]:
    """Return what in a run's reward keeps it from continuing exactly."""
    code = spec.get(FIELD)
    remembered = kept_state(code["source"]) if code else None
    if remembered is None:
        return []
    what = f"Its reward remembers something between timesteps ({remembered})"
    return [f"{what}; a checkpoint does not hold it, so it begins anew."]


def _of_run(run: StoredRun | None) -> SourceCode | None:
    code = run.spec.get(FIELD) if run is not None else None
    return SourceCode.model_validate(code) if code else None
