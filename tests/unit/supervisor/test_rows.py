"""Rows are numbered without gaps, finite, and carry house names only."""

import math

import msgspec

from gymlab.domain.metrics import MAX_METRICS_PER_RUN, MAX_TERMS
from gymlab.protocol.parts import EpisodeRow, LearnerRow
from gymlab.supervisor.rows import RowNumberer


def _episode(episode: int, episode_return: float | None) -> EpisodeRow:
    return EpisodeRow(
        timestep=episode * 10,
        timestamp=1_700_000_000.25,
        wall_time_s=1.0,
        episode=episode,
        env_index=0,
        episode_return=episode_return,
        episode_length=10,
        terminated=True,
        truncated=False,
    )


def _learner(
    metrics: dict[str, float | None], native: dict[str, float | None] | None = None
) -> LearnerRow:
    return LearnerRow(
        timestep=1,
        timestamp=0.0,
        wall_time_s=0.0,
        gradient_steps=1,
        metrics=metrics,
        native=native or {},
    )


def test_rows_count_on_from_the_rewind_point() -> None:
    """The first row of a resumed attempt follows the last one that still counts."""
    numberer = RowNumberer(attempt=2, seq=41, main_loss=None)
    rows = numberer.episodes([_episode(1, 1.0), _episode(2, 2.0)])
    assert [(row["seq"], row["attempt"]) for row in rows] == [(42, 2), (43, 2)]
    assert rows[0]["timestamp"] == "2023-11-14T22:13:20.250Z"


def test_what_is_not_finite_becomes_null_and_is_flagged() -> None:
    """A hostile or broken worker cannot put NaN into a file of JSON."""
    numberer = RowNumberer(attempt=1, seq=0, main_loss="loss/policy")
    row = numberer.learner(_learner({"loss/policy": math.nan, "loss/value": 1.0}))
    assert row["metrics"] == {"loss/policy": None, "loss/value": 1.0}
    assert row["nonfinite"] == ["loss/policy"]
    assert numberer.episodes([_episode(1, math.inf)])[0]["episode_return"] is None
    assert numberer.mean_return is None


def test_names_that_are_not_of_the_house_are_left_out_and_remembered() -> None:
    """Only known metrics are drawn; the backend's own names have their own place."""
    numberer = RowNumberer(attempt=1, seq=0, main_loss=None)
    row = numberer.learner(
        _learner({"loss/made_up": 1.0, "loss/value": 2.0}, {"train/own": 3.0, "bad name!": 4.0})
    )
    assert row["metrics"] == {"loss/value": 2.0}
    assert row["native"] == {"train/own": 3.0}
    assert numberer.refused_names == {"loss/made_up", "bad name!"}


def test_a_flood_of_names_is_bounded() -> None:
    """A worker cannot make the index grow without end."""
    numberer = RowNumberer(attempt=1, seq=0, main_loss=None)
    flood: dict[str, float | None] = {f"x/{number}": 1.0 for number in range(2_000)}
    assert len(numberer.learner(_learner({}, flood))["native"]) == MAX_METRICS_PER_RUN
    assert len(numberer.refused_names) <= MAX_METRICS_PER_RUN


def test_every_row_carries_the_latest_loss_and_speed() -> None:
    """A reader of one row sees what the metric cards show."""
    numberer = RowNumberer(attempt=1, seq=0, main_loss="loss/policy")
    assert numberer.episodes([_episode(1, 5.0)])[0]["loss"] is None
    numberer.learner(_learner({"loss/policy": 0.5, "time/timesteps_per_second": 900.0}))
    row = numberer.episodes([_episode(2, 7.0)])[0]
    assert (row["loss"], row["fps"], row["reward"]) == (0.5, 900.0, 7.0)
    assert numberer.mean_return == 6.0


def test_rows_go_on_from_a_summary() -> None:
    """After a resume means and the loss are those of a run that was never interrupted."""
    whole = RowNumberer(attempt=1, seq=0, main_loss="loss/policy")
    whole.learner(_learner({"loss/policy": 0.5}))
    whole.episodes([_episode(n, float(n)) for n in range(1, 6)])
    resumed = RowNumberer(attempt=2, seq=whole.seq, main_loss="loss/policy")
    resumed.continue_from(whole.summary())
    [expected], [found] = (numberer.episodes([_episode(6, 9.0)]) for numberer in (whole, resumed))

    assert found["loss"] == expected["loss"] == 0.5
    assert resumed.mean_return == whole.mean_return
    assert resumed.latest == whole.latest


def test_terms_of_a_reward_become_metrics() -> None:
    """They stand in the row, and their latest values beside the others."""
    numberer = RowNumberer(attempt=1, seq=0, main_loss=None)
    row = msgspec.structs.replace(_episode(1, 5.0), shaped_return=2.0, terms={"fuel": -3.0})
    [written] = numberer.episodes([row])
    assert (written["episode_return"], written["reward"]) == (5.0, 5.0)
    assert (written["shaped_return"], written["terms"]) == (2.0, {"fuel": -3.0})
    assert numberer.latest["train/shaped_return"] == 2.0
    assert numberer.latest["reward/fuel"] == -3.0
    assert numberer.mean_return == 5.0


def test_runs_without_a_reward_of_their_own_have_no_such_columns() -> None:
    """Their files stay as they were."""
    [row] = RowNumberer(attempt=1, seq=0, main_loss=None).episodes([_episode(1, 5.0)])
    assert not {"shaped_return", "terms"} & row.keys()


def test_hostile_terms_are_left_out() -> None:
    """Names and their number are bounded, whatever a worker says."""
    numberer = RowNumberer(attempt=1, seq=0, main_loss=None)
    terms = {"../x": 1.0, "a b": 1.0, "": 1.0, "n" * 65: 1.0, "bad": math.nan, "good": 1.0}
    row = msgspec.structs.replace(_episode(1, 5.0), shaped_return=math.inf, terms=terms)
    [written] = numberer.episodes([row])
    assert (written["shaped_return"], written["terms"]) == (None, {"good": 1.0})
    flood = {f"t{number}": 1.0 for number in range(1000)}
    [written] = numberer.episodes([msgspec.structs.replace(row, terms=flood)])
    assert len(written["terms"]) == MAX_TERMS - 1
