"""A view of a run adds up what its messages tell."""

from typing import Any

import pytest

from gymlab.cli.progress import RunView
from gymlab.sdk.models import Run


@pytest.fixture
def view(run_answer: dict[str, Any]) -> RunView:
    """A view of a run with 1,000 timesteps."""
    return RunView(Run.model_validate(run_answer))


def _episode(timestep: int, episode_return: float | None, fps: float = 100.0) -> dict[str, Any]:
    return {"kind": "episode", "timestep": timestep, "episode_return": episode_return, "fps": fps}


def test_the_return_is_the_mean_of_the_last_episodes(view: RunView) -> None:
    """At most 100 episodes count; a return that is not finite does not."""
    view.add_rows([_episode(1, -1000.0)])
    view.add_rows([_episode(n, 10.0) for n in range(2, 102)] + [_episode(102, None)])
    assert view.mean_return == 10.0
    assert view.timestep == 102


def test_time_left_follows_from_speed(view: RunView) -> None:
    """What is left of the budget, divided by the latest speed."""
    view.add_rows([_episode(500, 1.0, fps=50.0)])
    assert view.time_left_s == pytest.approx(10.0)
    assert "50 timesteps/s" in view.figures()
    assert "left 10 s" in view.figures()


def test_a_last_rollout_over_the_budget_is_all_of_it(view: RunView) -> None:
    """Not 102 %."""
    view.add_rows([_episode(1024, 1.0)])
    assert "1,024/1,000 timesteps (100 %)" in view.line()


def test_a_rewind_forgets_superseded_rows(view: RunView) -> None:
    """After a resume the position is the server's again."""
    view.add_rows([_episode(900, 5.0)])
    view.rewind()
    assert view.timestep == 10
    assert view.mean_return is None


def test_the_summary_says_why_a_run_failed(view: RunView) -> None:
    """The failure's sentence and hint come with the end."""
    failure = {"code": "out_of_memory", "detail": "No memory left.", "hint": "Halve buffer_size."}
    ended = {**view.run.model_dump(), "status": "failed", "failure": failure}
    view.update(Run.model_validate(ended))
    assert view.summary().splitlines()[1] == "No memory left. Halve buffer_size."


def test_a_queued_run_shows_its_place(view: RunView) -> None:
    """The line names the place in the queue."""
    view.update(
        Run.model_validate({**view.run.model_dump(), "status": "queued", "queue_position": 3})
    )
    assert "queued (number 3 in the queue)" in view.line()
