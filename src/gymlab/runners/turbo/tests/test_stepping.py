"""Every timestep of a pool is a transition of Gymnasium's environment."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

import copy
from typing import Any

import gymnasium
import numpy as np
import pytest

from gymlab.envs.composing import compose_env
from gymlab.envs.state.episode import Episode
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.turbo.choosing import choose_engine, read_manifest
from gymlab.runners.turbo.making import make_stepper
from gymlab.runners.turbo.stepping import PooledStepper
from gymlab.runners.turbo.tests.rehearsing import make_spec

NUM_ENVS = 3
RANDOM_GAMES = set(read_manifest().vectorised_environments) - {"gymlab/GridWorld-v0"}


def _state_of(env_id: str, seen: Any) -> Any:
    """Return the state behind an observation, where the observation tells all of it."""
    if env_id == "Acrobot-v1":
        return np.array([np.arctan2(seen[1], seen[0]), np.arctan2(seen[3], seen[2]), *seen[4:]])
    return np.array(seen, np.float64)


@pytest.mark.parametrize(
    ("env_id", "steps"),
    [
        ("CartPole-v1", 700),
        ("MountainCar-v0", 500),
        ("MountainCarContinuous-v0", 1000),
        ("Acrobot-v1", 600),
    ],
)
def test_every_timestep_obeys_gymnasiums_dynamics(env_id: str, steps: int) -> None:
    """Observation, reward and end follow from the one before; after an end, a new start."""
    context = RehearsalContext(make_spec("ppo", env_id))
    stepper = make_stepper(context.spec, NUM_ENVS, context)
    stepper.begin(7)
    twin = gymnasium.make(env_id).unwrapped
    twin.reset(seed=0)
    space, ends, starts = stepper.action_space, 0, [stepper.observations.copy()]
    space.seed(0)
    for _ in range(steps):
        before = stepper.observations.copy()
        actions = np.array([space.sample() for _ in range(NUM_ENVS)])
        stepper.step(actions)
        for idx in range(NUM_ENVS):
            twin.state = _state_of(env_id, before[idx])  # type: ignore[attr-defined]
            twin.steps_beyond_terminated = None  # type: ignore[attr-defined]
            wanted, reward, terminated, _, _ = twin.step(actions[idx])
            found = stepper.final_observations if stepper.ended[idx] else stepper.observations
            np.testing.assert_allclose(found[idx], wanted, atol=2e-4)
            assert float(stepper.rewards[idx]) == pytest.approx(float(reward), abs=1e-3)
            assert bool(stepper.terminated[idx]) == terminated
        if stepper.has_ended:
            ends += int(stepper.ended.sum())
            starts.append(stepper.observations[stepper.ended])
    stepper.close()
    assert ends > NUM_ENVS - 1
    low, high = np.concatenate(starts).min(0), np.concatenate(starts).max(0)
    firsts = np.array([twin.reset(seed=seed)[0] for seed in range(300)])
    assert np.all(low >= firsts.min(0) - 0.05)
    assert np.all(high <= firsts.max(0) + 0.05)
    assert context.counters.timestep == steps * NUM_ENVS
    assert len(context.record.episodes) == ends


def test_time_limits_are_no_ends() -> None:
    """They come in the timestep that the specification says, and cut the episode off."""
    spec = make_spec("ppo", "MountainCarContinuous-v0", env_kwargs={"max_episode_steps": 30})
    context = RehearsalContext(spec)
    stepper = make_stepper(spec, NUM_ENVS, context)
    assert isinstance(stepper, PooledStepper)
    stepper.begin(0)
    for step in range(1, 91):
        stepper.step(np.zeros((NUM_ENVS, 1), np.float32))
        assert stepper.truncated.all() == (step % 30 == 0)
        assert not stepper.terminated.any()
    stepper.close()
    assert {episode.episode_length for episode in context.record.episodes} == {30}
    assert {episode.termination for episode in context.record.episodes} == {"time_limit"}


@pytest.mark.parametrize("env_id", ["CartPole-v1", "LunarLander-v3", *sorted(RANDOM_GAMES)])
def test_what_follows_a_beginning_depends_on_its_seed_alone(env_id: str) -> None:
    """And not on what was played before, which is what makes a resumed run exact."""
    spec = make_spec("ppo", env_id)
    context = RehearsalContext(spec)
    stepper = make_stepper(spec, NUM_ENVS, context)
    assert isinstance(stepper, PooledStepper)

    def play(seed: int) -> list[np.ndarray[Any, Any]]:
        stepper.begin(seed)
        stepper.action_space.seed(1)
        seen = [stepper.observations.copy()]
        for _ in range(150):
            stepper.step(np.array([stepper.action_space.sample() for _ in range(NUM_ENVS)]))
            seen.append(np.concatenate([stepper.observations.reshape(-1), stepper.rewards]))
        return seen

    first, other, again = play(3), play(4), play(3)
    stepper.close()
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert not all(np.array_equal(one, two) for one, two in zip(first, other, strict=True))


def test_an_episode_can_be_cut_by_hand() -> None:
    """It is truncated at its next timestep, named so, and another begins."""
    for env_id in ("CartPole-v1", "gymlab/Snake-v0"):
        context = RehearsalContext(make_spec("ppo", env_id))
        stepper = make_stepper(context.spec, NUM_ENVS, context)
        assert isinstance(stepper, PooledStepper)
        stepper.begin(0)
        actions = np.zeros(NUM_ENVS, np.int64)
        stepper.step(actions)
        stepper.tracker.cut_episode(1)
        stepper.tracker.cut_episode(99)
        stepper.step(actions)
        assert stepper.truncated.tolist() == [False, True, False]
        stepper.step(actions)
        stepper.close()
        (episode,) = context.record.episodes
        assert (episode.env_index, episode.episode_length) == (1, 2)
        assert episode.termination == "cut_off"


def _played(env_id: str, num_steps: int, **fields: Any) -> RehearsalContext:
    """Step a pool with random actions that are kept for a while."""
    spec = make_spec("ppo", env_id, **fields)
    context = RehearsalContext(spec)
    stepper = make_stepper(spec, NUM_ENVS, context)
    assert isinstance(stepper, PooledStepper)
    stepper.begin(5)
    stepper.action_space.seed(5)
    actions = np.array([stepper.action_space.sample() for _ in range(NUM_ENVS)])
    for step in range(num_steps):
        actions[step % NUM_ENVS] = stepper.action_space.sample()
        if step == 40:
            stepper.tracker.cut_episode(1)
        stepper.step(actions)
    stepper.close()
    return context


@pytest.mark.parametrize("env_id", sorted(read_manifest().vectorised_environments))
def test_an_episode_of_a_game_is_played_again_as_a_scalar_one(env_id: str) -> None:
    """From the state of its generator and its actions, also one that was cut off by hand."""
    limit = {"max_episode_steps": 60}
    context = _played(env_id, 300, env_kwargs=limit)
    reasons = {episode.termination for episode in context.record.episodes}
    assert "cut_off" in reasons
    assert len(reasons) > 1
    for episode in context.record.episodes:
        assert episode.record is not None
        rewards: list[float | None] = []
        Episode(compose_env(context.spec)).restore(episode.record.plain(), rewards.append)
        known = [reward for reward in rewards if reward is not None]
        assert len(known) == episode.episode_length
        assert sum(known) == pytest.approx(episode.episode_return)


def test_a_formula_is_learned_from_and_the_games_own_return_is_counted() -> None:
    """Without leaving the games that are played all at once."""
    formula = {"apple": "10", "closer": "0.1", "step": "-0.01 * length", "died": "-1"}
    fields: dict[str, Any] = {"env_kwargs": {"size": 5}, "reward_formula": formula}
    context = _played("gymlab/Snake-v0", 400, **fields)
    assert choose_engine(context.spec).engine == "vectorised"
    finished = [each for each in context.record.episodes if each.termination != "cut_off"]
    assert finished
    for episode in finished:
        assert episode.terms.keys() <= formula.keys()
        assert episode.shaped_return == pytest.approx(sum(episode.terms.values()))
        apples = episode.terms.get("apple", 0.0) / 10
        assert episode.episode_return == pytest.approx(apples + episode.terms.get("died", 0.0))
    assert any(episode.terms.get("apple") for episode in finished)


def test_a_formula_without_a_value_ends_the_run_with_its_event() -> None:
    """As it does one game at a time."""
    with pytest.raises(TrainingFailedError, match="event step: Division by zero"):
        _played("gymlab/Snake-v0", 400, reward_formula={"step": "1 / (timestep - 3)"})


def test_engines_and_why() -> None:
    """The fastest that fits; a reason where it is Python."""
    wrapper = {"id": "time_limit", "kwargs": {"max_episode_steps": 10}}
    cases: list[tuple[str, dict[str, Any], str, str]] = [
        ("CartPole-v1", {}, "compiled", ""),
        ("CartPole-v1", {"env_kwargs": {"max_episode_steps": 90}}, "compiled", ""),
        ("LunarLander-v3", {"env_kwargs": {"gravity": -5.0}}, "gymnasium", "gravity"),
        ("LunarLander-v3", {"env_kwargs": {"gravity": -10.0}}, "compiled", ""),
        ("gymlab/Snake-v0", {"env_kwargs": {"size": 12}}, "vectorised", ""),
        ("gymlab/Snake-v0", {"reward_formula": {"apple": "2"}}, "vectorised", ""),
        ("FrozenLake-v1", {}, "gymnasium", "no compiled form"),
        ("Pendulum-v1", {}, "gymnasium", "no compiled form"),
        ("CartPole-v1", {"wrappers": [wrapper]}, "gymnasium", "wrappers"),
    ]
    for env_id, fields, engine, words in cases:
        choice = choose_engine(make_spec("ppo", env_id, **fields))
        assert choice.engine == engine, (env_id, fields)
        assert words in (choice.reason or "")


@pytest.mark.parametrize("env_id", read_manifest().vectorised_environments)
def test_a_game_that_is_watched_is_the_one_that_is_played(env_id: str) -> None:
    """Whenever somebody looks, and for every one of them: the same state, drawn."""
    context = RehearsalContext(make_spec("ppo", env_id, env_kwargs={"max_episode_steps": 60}))
    stepper = make_stepper(context.spec, NUM_ENVS, context)
    assert isinstance(stepper, PooledStepper)
    assert stepper.no_render_reason is None
    stepper.begin(5)
    stepper.action_space.seed(5)
    for timestep in range(150):
        if timestep == 100:
            stepper.begin(6)
        games = [stepper.game(idx) for idx in range(NUM_ENVS)] if timestep % 7 == 0 else []
        actions = np.array([stepper.action_space.sample() for _ in range(NUM_ENVS)])
        stepper.step(actions)
        for idx, game in enumerate(games):
            assert game is not None
            assert game.render_state()["game"]
            seen, reward, *_ = copy.deepcopy(game).step(actions[idx])
            if not stepper.ended[idx]:
                expected = stepper.encoder.encode(seen)[0]
                np.testing.assert_allclose(stepper.observations[idx], expected, atol=1e-6)
                assert float(reward) == pytest.approx(stepper.rewards[idx])
    picture = stepper.render(0)
    assert picture is not None
    assert picture.dtype == np.uint8
    stepper.close()
