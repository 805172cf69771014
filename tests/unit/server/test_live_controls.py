"""An episode can be reset only of a sub-environment that there is."""

import pytest

from gymlab.errors import InvalidInputError
from gymlab.server.runs.live_controls import require_sub_environment


@pytest.mark.parametrize(("num_envs", "idx"), [(1, 0), (8, 7), (None, 0), (None, 4096)])
def test_what_is_there_or_not_known_yet_passes(num_envs: int | None, idx: int) -> None:
    """A run from before the number was noted says nothing of it."""
    require_sub_environment(num_envs, idx)


@pytest.mark.parametrize(
    ("num_envs", "idx", "has"),
    [(1, 1, "one environment, 0."), (8, 8, "0 to 7."), (8, 4096, "0 to 7.")],
)
def test_another_index_is_refused_with_the_range(num_envs: int, idx: int, has: str) -> None:
    """The field, the value and what is allowed are named."""
    with pytest.raises(InvalidInputError) as refusal:
        require_sub_environment(num_envs, idx)
    (problem,) = refusal.value.fields
    assert problem.field == "env_index"
    assert f"{idx} is not there" in problem.detail
    assert problem.detail.endswith(has)
