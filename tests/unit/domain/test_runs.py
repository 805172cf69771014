"""States, transitions and the specification's hash."""

import pytest
from pydantic import ValidationError

from gymlab.domain.ids import is_run_id, new_run_id
from gymlab.domain.runs import (
    FINISHED_STATUSES,
    LEGAL_TRANSITIONS,
    LIVE_STATUSES,
    RunAction,
    RunSpec,
    RunStatus,
    allowed_actions,
)


def _spec(**changes: object) -> RunSpec:
    values: dict[str, object] = {
        "run_id": "0123456789ab",
        "env_id": "CartPole-v1",
        "runner": "any",
        "algorithm": "ppo",
        "hyperparameters": {"learning_rate": 0.001},
        "total_timesteps": 1000,
        "seed": 1,
    }
    return RunSpec.model_validate(values | changes)


def test_every_state_has_transitions_and_actions() -> None:
    """No state is forgotten in either table."""
    assert set(LEGAL_TRANSITIONS) == set(RunStatus)
    for status in RunStatus:
        allowed_actions(status, has_checkpoint=True, has_budget_left=True)


def test_a_live_run_cannot_be_deleted_and_a_finished_one_can() -> None:
    """Deletion waits for the processes."""
    for status in RunStatus:
        actions = allowed_actions(status, has_checkpoint=False, has_budget_left=True)
        assert (RunAction.DELETE in actions) == (status in FINISHED_STATUSES | {RunStatus.CREATED})
        assert not (status in LIVE_STATUSES and RunAction.DELETE in actions)


@pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.FAILED, RunStatus.INTERRUPTED])
def test_resume_needs_a_checkpoint_and_budget(status: RunStatus) -> None:
    """Nothing to continue from, or nothing left to do: no resume."""
    for has_checkpoint, has_budget_left in ((False, True), (True, False)):
        actions = allowed_actions(
            status, has_checkpoint=has_checkpoint, has_budget_left=has_budget_left
        )
        assert RunAction.RESUME not in actions
    assert RunAction.RESUME in allowed_actions(status, has_checkpoint=True, has_budget_left=True)


def test_the_hash_depends_on_content_and_not_on_order() -> None:
    """Two equal specifications have one hash; any difference shows."""
    one = _spec(hyperparameters={"a": 1, "b": 2})
    two = _spec(hyperparameters={"b": 2, "a": 1})
    assert one.sha256() == two.sha256()
    assert one.sha256() != _spec(hyperparameters={"a": 1, "b": 3}).sha256()


@pytest.mark.parametrize(
    "changes",
    [
        {"total_timesteps": 0},
        {"total_timesteps": -5},
        {"total_timesteps": 10**12},
        {"seed": -1},
        {"seed": 2**31},
        {"max_episodes": 0},
        {"device": "tpu"},
        {"unknown": 1},
    ],
)
def test_a_specification_out_of_range_is_refused(changes: dict[str, object]) -> None:
    """The specification is the last wall, whatever the form let through."""
    with pytest.raises(ValidationError):
        _spec(**changes)


def test_run_ids_are_well_formed_and_sort_by_time() -> None:
    """An id made later does not sort before an earlier one."""
    ids = [new_run_id() for _ in range(50)]
    assert all(is_run_id(text) for text in ids)
    assert [text[:8] for text in ids] == sorted(text[:8] for text in ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("text", ["", "../../etc", "ABCDEFGHIJKL", "0123456789a", "0123456789ab\n"])
def test_what_is_no_run_id_is_recognised(text: str) -> None:
    """Ids become folder names, so nothing else may pass."""
    assert not is_run_id(text)
