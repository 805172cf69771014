"""Which trainings cost the same, and the small one that is measured."""

from typing import Any

import pytest

from tests.unit.server.estimating.workload_examples import OFF_POLICY, workload


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": 0.1},
        {"gamma": 0.5},
        {"learning_starts": 9000},
        {"buffer_size": 10},
    ],
)
def test_what_costs_nothing_makes_no_other_workload(values: dict[str, Any]) -> None:
    """One measurement holds for all of them; the rest is arithmetic."""
    base = {"learning_rate": 0.2, "gamma": 0.9, "learning_starts": 1, "buffer_size": 99}
    one = workload(memory=OFF_POLICY, batch_size=64, **base)
    other = workload(memory=OFF_POLICY, batch_size=64, **{**base, **values}, total_timesteps=7)
    assert one.key == other.key


@pytest.mark.parametrize(
    "values", [{"batch_size": 128}, {"num_envs": 2}, {"network": {"layers": []}}, {"unheard_of": 1}]
)
def test_everything_else_does(values: dict[str, Any]) -> None:
    """A hyperparameter that nobody declared free may change the cost."""
    base = {"batch_size": 64, "num_envs": 1}
    assert workload(**base).key != workload(**{**base, **values}).key


def test_another_environment_is_another_workload() -> None:
    """So are its arguments, wrappers and code."""
    one = workload()
    spec = one.spec.model_copy(update={"env_kwargs": {"size": 5}})
    assert len({one.key, workload(env_id="Y-v0").key, one.key_of(spec.model_dump())}) == 3


def test_the_device_auto_is_the_cpu_where_there_is_nothing_else() -> None:
    """A run that asked for the CPU by name tells the same."""
    one = workload()
    spec = one.spec.model_dump(mode="json")
    assert one.key_of({**spec, "device": "cpu"}) == one.key
    assert one.key_of({**spec, "device": "cuda"}) != one.key
    assert one.key_of({**spec, "may_use_card": True}) == one.key_of({**spec, "device": "cuda"})


def test_a_long_rollout_is_halved_until_several_fit() -> None:
    """Whole minibatches stay whole, so a gradient step costs what it will cost."""
    small = workload(n_steps=2048, num_envs=32, batch_size=64).small()
    assert small.hyperparameters["n_steps"] == 64
    assert small.hyperparameters["num_envs"] == 32
    assert workload(n_steps=32, num_envs=8, batch_size=256).small().hyperparameters["n_steps"] == 32
    # An odd length cannot be halved, a minibatch cannot be undercut.
    assert workload(n_steps=65_535, num_envs=1).small().hyperparameters["n_steps"] == 65_535
    large = workload(n_steps=8192, num_envs=1, batch_size=8192)
    assert large.small().hyperparameters["n_steps"] == 8192


def test_learning_begins_soon_and_nothing_is_evaluated() -> None:
    """What is measured is the usual pace; starts, budgets and evaluations are left out."""
    one = workload(memory=OFF_POLICY, learning_starts=10_000, buffer_size=1_000_000)
    plan = one.plan(with_every_runner=False)
    assert plan.learning_starts == 500
    assert plan.spec["hyperparameters"]["buffer_size"] == 20_000
    assert isinstance(plan.spec["hyperparameters"]["buffer_size"], int)
    assert plan.spec["evaluation"] is None
    assert not plan.learns_from_rollouts
    assert plan.runner == "r"
    assert one.plan(with_every_runner=True).runner is None


@pytest.mark.parametrize("value", [float("nan"), 10**400, "many", None, True, [1], -5])
def test_values_that_are_none_break_nothing(value: Any) -> None:
    """A draft with problems is estimated as well."""
    one = workload(n_steps=value, num_envs=value, batch_size=value, learning_starts=value)
    assert one.key
    assert one.small()
    assert one.buffers() >= 0
    assert one.learning_starts >= 0
