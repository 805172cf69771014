"""How good a policy is when it takes its likeliest actions."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import greedy_return

SPEC = RunSpec(
    run_id="greedy",
    env_id="CartPole-v1",
    runner="stub",
    algorithm="balance",
    hyperparameters={},
    total_timesteps=1,
    seed=0,
)


class _Balance:
    """Pushes to where the pole leans, or always to the right."""

    def __init__(self, *, is_good: bool) -> None:
        self._is_good = is_good
        self.num_resets = 0

    def reset(self) -> None:
        self.num_resets += 1

    def act(self, observation: np.ndarray[Any, Any], *, deterministic: bool) -> int:
        assert deterministic
        return int(observation[2] + observation[3] > 0) if self._is_good else 1


class _Runner:
    def __init__(self, actor: _Balance) -> None:
        self.actor = actor

    def load_actor(self, spec: RunSpec, members: dict[str, bytes]) -> _Balance:
        assert (spec, members) == (SPEC, {"policy": b"1"})
        return self.actor

    def make_env(self, spec: RunSpec, *, render_mode: str | None) -> Any:
        assert render_mode is None
        return gym.make(spec.env_id)


def _play(actor: _Balance, num_episodes: int, first_seed: int) -> float:
    runner: Any = _Runner(actor)
    return greedy_return(
        runner, SPEC, {"policy": b"1"}, range(first_seed, first_seed + num_episodes)
    )


@pytest.mark.parametrize(("is_good", "low", "high"), [(True, 180, 500), (False, 8, 11)])
def test_the_mean_tells_a_good_policy_from_a_bad_one(
    is_good: bool,
    low: float,
    high: float,
) -> None:
    """One that balances stays up, one that always pushes right falls within a dozen timesteps."""
    actor = _Balance(is_good=is_good)
    assert low <= _play(actor, 5, 3) <= high
    assert actor.num_resets == 5


def test_episodes_begin_with_counted_up_seeds() -> None:
    """The mean over two seeds is that of the two played alone."""
    alone = [_play(_Balance(is_good=False), 1, seed) for seed in (40, 41)]
    assert _play(_Balance(is_good=False), 2, 40) == sum(alone) / 2
