"""Which runs belong together, and how the others differ."""

from typing import Any

from gymlab.domain.runs import RunStatus
from gymlab.server.comparison.grouping import differences, flatten, group_runs
from gymlab.storage.runs import StoredRun

SPEC: dict[str, Any] = {
    "schema_version": 1,
    "env_id": "CartPole-v1",
    "env_kwargs": {},
    "runner": "fake",
    "algorithm": "ppo",
    "hyperparameters": {"learning_rate": 0.001, "net": [64, 64]},
    "preset": "tuned",
    "total_timesteps": 1000,
    "max_episodes": None,
    "seed": 0,
    "device": "auto",
    "checkpoint_every_timesteps": None,
    "checkpoint_every_s": 30.0,
    "start_from": None,
    "evaluation": None,
    "versions": {"torch": "2.13.0"},
}


def _run(number: int, **changes: Any) -> StoredRun:
    spec = {**SPEC, "run_id": f"{number:012d}", **changes}
    empty: dict[str, Any] = dict.fromkeys(StoredRun.__slots__)
    return StoredRun(**{
        **empty,
        "id": spec["run_id"],
        "name": "run",
        "status": RunStatus.COMPLETED,
        "env_id": spec["env_id"],
        "runner": spec["runner"],
        "algorithm": spec["algorithm"],
        "total_timesteps": spec["total_timesteps"],
        "spec": spec,
    })


def test_seeds_of_one_specification_form_a_group() -> None:
    """In the order of their first runs."""
    other = {"learning_rate": 0.01, "net": [64, 64]}
    runs = [
        _run(1, seed=1),
        _run(2, seed=1, hyperparameters=other),
        _run(3, seed=2),
        _run(4, seed=2, hyperparameters=other),
    ]
    groups = group_runs(runs)
    assert [[run.id[-1] for run in group.runs] for group in groups] == [["1", "3"], ["2", "4"]]
    assert [group.label for group in groups] == [
        "PPO · learning_rate 0.001",
        "PPO · learning_rate 0.01",
    ]


def test_what_does_not_change_learning_does_not_split_a_group() -> None:
    """Device, checkpoint spacing, preset's name, library versions and mere evaluations."""
    runs = [
        _run(1),
        _run(2, seed=1, device="cpu"),
        _run(3, seed=2, checkpoint_every_s=5.0),
        _run(4, seed=3, preset=None),
        _run(5, seed=4, versions={"torch": "2.14.0"}),
        _run(6, seed=5, evaluation={"every_timesteps": 10, "num_episodes": 5}),
    ]
    assert len(group_runs(runs)) == 1


def test_what_changes_learning_splits() -> None:
    """Task, budget, beginning and an early end."""
    runs = [
        _run(1),
        _run(2, env_kwargs={"gravity": 5}),
        _run(3, total_timesteps=2000),
        _run(4, start_from={"run_id": "x", "timestep": 5, "mode": "policy"}),
        _run(5, evaluation={"every_timesteps": 10, "stop_at_return": 400.0}),
    ]
    groups = group_runs(runs)
    assert len(groups) == 5
    assert len({group.label for group in groups}) == 5


def test_labels_name_at_most_three_fields() -> None:
    """And tell the rest as a number; hyperparameters of other algorithms are noise."""
    wild = {f"field_{n}": "x" * 100 for n in range(6)}
    runs = [
        _run(1),
        _run(2, hyperparameters={**SPEC["hyperparameters"], **wild}),
        _run(3, algorithm="a2c", hyperparameters={"learning_rate": 0.7}),
    ]
    labels = [group.label for group in group_runs(runs)]
    assert labels[0] == "PPO"
    assert labels[1].endswith("+3 more")
    assert len(labels[1]) < 160
    assert labels[2] == "A2C"


def test_only_differing_fields_are_listed() -> None:
    """Each with the value of every run; the seed comes last."""
    found, same = differences([
        _run(1),
        _run(2, seed=7, hyperparameters={"learning_rate": 0.01, "extra": None}),
    ])
    assert {one.field: one.values for one in found} == {
        "hyperparameters.learning_rate": [0.001, 0.01],
        "hyperparameters.net": [[64, 64], None],
        "seed": [0, 7],
    }
    assert found[-1].section == "seed"
    assert same["env_id"] == "CartPole-v1"
    assert "hyperparameters.learning_rate" not in same
    assert not {"run_id", "schema_version"} & set(same)


def test_a_specification_is_flattened_by_section() -> None:
    """One level deep; deeper values stay whole."""
    flat = flatten({**SPEC, "evaluation": {"every_timesteps": 5}})
    assert flat["hyperparameters.net"] == [64, 64]
    assert flat["evaluation.every_timesteps"] == 5
    assert flat["versions.torch"] == "2.13.0"
