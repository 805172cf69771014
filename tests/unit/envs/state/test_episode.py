"""Episodes are repeated from their beginning, or it is said why they cannot be."""

import json
from typing import Any

import gymnasium
import numpy as np
import pytest

from gymlab.envs.making import make_env
from gymlab.envs.state import episode as module
from gymlab.envs.state.episode import Episode, StateNotRestoredError, StateNotSavedError
from gymlab.envs.state.generators import generator_from_plain, state_to_plain
from gymlab.runner_api.environment_states import (
    environments_member,
    recent_returns,
    restore_environments,
)
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv

NAME = "environments.json"


def tracked(env_id: str = "CartPole-v1") -> tuple[TrackedEnv, list[FinishedEpisode]]:
    """Return an environment and the episodes it will report."""
    finished: list[FinishedEpisode] = []
    return TrackedEnv(make_env(env_id), RunCounters(), 0, finished.append), finished


@pytest.mark.parametrize(
    "kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64]
)
def test_generators_go_on(kind: Any) -> None:
    """Whatever NumPy's generator it is."""
    original = np.random.Generator(kind(3))
    original.random(7)
    written = json.loads(json.dumps(state_to_plain(original.bit_generator.state)))

    assert generator_from_plain(written).random(5).tolist() == original.random(5).tolist()


@pytest.mark.parametrize(
    "written", [{}, {"bit_generator": "os.system"}, {"bit_generator": "PCG64"}]
)
def test_damaged_generators_are_refused(written: dict[str, Any]) -> None:
    """Only names that are known make one."""
    with pytest.raises(ValueError, match="generator"):
        generator_from_plain(written)


def test_seeds_options_and_cuts_are_repeated() -> None:
    """An episode with a seed and bounds of its own, cut off and begun anew."""
    env, _ = tracked()
    env.reset(seed=4, options={"low": -0.01, "high": 0.01})
    env.step(1)
    for _ in range(2):
        again, _finished = tracked()
        restore_environments({0: again}, environments_member({0: env}))
        for action in (0, 1, 1, 0):
            assert again.step(action)[0].tolist() == env.step(action)[0].tolist()
        assert again.reset()[0].tolist() == env.reset()[0].tolist()
        env.step(0)


def test_actions_are_copied() -> None:
    """A learner may use the array of its action again."""
    env, _ = tracked("Pendulum-v1")
    env.reset(seed=1)
    action = np.array([1.0], np.float32)
    env.step(action)
    action[0] = -1.0
    again, _ = tracked("Pendulum-v1")

    restore_environments({0: again}, environments_member({0: env}))


def test_episodes_that_are_too_long_are_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint says so, and the reader passes it on."""
    monkeypatch.setattr(module, "LONGEST_EPISODE", 3)
    env, _ = tracked()
    env.reset(seed=0)
    for action in (0, 1, 0, 1, 0):
        env.step(action)
    members = environments_member({0: env})

    with pytest.raises(StateNotRestoredError, match="more than 3 timesteps"):
        restore_environments({0: tracked()[0]}, members)


def test_nothing_is_saved_before_the_first_reset() -> None:
    """There is no episode to repeat."""
    with pytest.raises(StateNotSavedError, match="no episode"):
        Episode(gymnasium.make("CartPole-v1")).save()


def test_damaged_states_are_refused_and_nothing_is_counted() -> None:
    """Every flipped part is an expected error; the environments can still be reset."""
    env, _ = tracked()
    env.reset(seed=0)
    env.step(0)
    whole = json.loads(environments_member({0: env})[NAME])
    parts = whole["environments"]["0"]
    damaged: list[Any] = [
        b"",
        b"\xff",
        b"[]",
        json.dumps({**whole, "format": 2}).encode(),
        json.dumps({**whole, "environments": {}}).encode(),
        json.dumps({**whole, "environments": {"0": 1}}).encode(),
        json.dumps({**whole, "environments": {"0": {**parts, "tracker": {}}}}).encode(),
    ]
    for field in ("actions", "digest", "seed", "options"):
        for value in (None, [], {}, "x", 10**400, -1):
            other = {**parts, "episode": {**parts["episode"], field: value}}
            damaged.append(json.dumps({**whole, "environments": {"0": other}}).encode())
    for content in damaged:
        again, finished = tracked()
        with pytest.raises(StateNotRestoredError):
            restore_environments({0: again}, {NAME: content})
        again.reset(seed=1)
        assert finished == []


def test_returns_are_remembered_where_they_are_known() -> None:
    """For the mean that decides which checkpoint is best."""
    env, _ = tracked()
    env.reset(seed=0)

    assert recent_returns(environments_member({0: env}, recent_returns=[1.0, 2.5])) == [1.0, 2.5]
    assert recent_returns({}) == []
    assert recent_returns({NAME: b"{"}) == []
