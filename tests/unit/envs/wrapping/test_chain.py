"""Every wrapper does what its description says, shows what was promised, and can be continued."""

import json
from typing import Any

import numpy as np
import pytest

from gymlab.domain.runs import RunSpec, WrapperSpec
from gymlab.domain.wrappers import WRAPPERS, fit_chain
from gymlab.envs.composing import compose_env
from gymlab.envs.making import make_env
from gymlab.envs.space_info import describe_space
from gymlab.envs.wrapping.chain import wrap
from gymlab.errors import InvalidInputError
from gymlab.runner_api.tracking import RunCounters, TrackedEnv

PIXELS = {"observation": "pixels"}
CHAINS: dict[str, tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]] = {
    "frame stack": ("CartPole-v1", {}, [("frame_stack", {"num_frames": 3})]),
    "time limit": ("CartPole-v1", {}, [("time_limit", {"max_episode_steps": 7})]),
    "action repeat": ("CartPole-v1", {}, [("action_repeat", {"num_repeats": 3})]),
    "sticky actions": ("CartPole-v1", {}, [("sticky_actions", {"probability": 0.5})]),
    "seeds": ("CartPole-v1", {}, [("seeds", {"seeds": [5, 6, 7]})]),
    "curriculum": (
        "LunarLander-v3", {},
        [("curriculum", {"option": "gravity", "begin": -2.0, "end": -11.0, "over_timesteps": 250,
                         "num_changes": 3})],
    ),
    "rewards": (
        "CartPole-v1", {},
        [("term_weight", {"term": "a"}), ("scale_reward", {}), ("clip_reward", {})],
    ),
    "normalised by the runner": ("CartPole-v1", {}, [("normalize_observation", {})]),
    "grey": ("MiniGrid-Empty-5x5-v0", PIXELS, [("grayscale", {})]),
    "small": ("MiniGrid-Empty-5x5-v0", PIXELS, [("resize", {"height": 20, "width": 10})]),
    "pictures": (
        "MiniGrid-Empty-5x5-v0", PIXELS,
        [("grayscale", {}), ("resize", {"height": 12, "width": 12}), ("frame_stack", {}),
         ("sticky_actions", {}), ("seeds", {"seeds": [1, 2]}), ("time_limit", {"max_episode_steps": 9})],
    ),
    "everything for vectors": (
        "LunarLander-v3", {},
        [("action_repeat", {"num_repeats": 2}), ("sticky_actions", {}), ("frame_stack", {}),
         ("seeds", {"seeds": [3, 1, 4]}), ("time_limit", {"max_episode_steps": 20})],
    ),
}  # fmt: skip


def _spec(case: str) -> RunSpec:
    env_id, env_kwargs, links = CHAINS[case]
    return RunSpec(
        run_id="r",
        env_id=env_id,
        env_kwargs=env_kwargs,
        wrappers=tuple(WrapperSpec(id=link, kwargs=kwargs) for link, kwargs in links),
        runner="x",
        algorithm="x",
        hyperparameters={},
        total_timesteps=100,
        seed=0,
    )


def test_every_wrapper_is_tried() -> None:
    """None is added without a case here."""
    assert {link for _, _, links in CHAINS.values() for link, _ in links} == set(WRAPPERS)


@pytest.mark.parametrize("case", CHAINS)
def test_observations_are_those_that_the_preflight_promised(case: str) -> None:
    """The space as data, without making anything, is the space that is made; nothing leaves it."""
    spec = _spec(case)
    bare = make_env(spec.env_id, spec.env_kwargs)
    links = [(WRAPPERS[link.id], link) for link in spec.wrappers]
    chain = [(wrapper, wrapper.config.model_validate(link.kwargs)) for wrapper, link in links]
    promised, problems = fit_chain(describe_space(bare.observation_space), chain)
    env = compose_env(spec)
    assert problems == []
    assert promised == describe_space(env.observation_space)
    env.action_space.seed(0)
    assert env.observation_space.contains(env.reset(seed=0)[0])
    for _ in range(60):
        observation, _, terminated, truncated, _ = env.step(env.action_space.sample())
        assert env.observation_space.contains(observation)
        if terminated or truncated:
            assert env.observation_space.contains(env.reset()[0])


def _played(env: TrackedEnv, num_timesteps: int, generator: np.random.Generator) -> list[Any]:
    seen: list[Any] = []
    n = int(env.action_space.n)  # type: ignore[attr-defined]
    for _ in range(num_timesteps):
        observation, reward, terminated, truncated, _ = env.step(int(generator.integers(n)))
        seen.append((observation.tobytes(), reward, terminated, truncated))
        if terminated or truncated:
            seen.append(env.reset()[0].tobytes())
    return seen


@pytest.mark.parametrize("cut_at", [1, 13, 40])
@pytest.mark.parametrize("case", CHAINS)
def test_a_chain_continues_bit_for_bit(case: str, cut_at: int) -> None:
    """From the middle of an episode, over its end, into the next ones."""
    spec, ended = _spec(case), list[Any]()
    counters = RunCounters()
    whole = TrackedEnv(compose_env(spec), counters, 0, ended.append)
    whole.reset(seed=11)
    _played(whole, cut_at, np.random.default_rng(1))
    saved = json.loads(json.dumps(whole.save()))
    num_before, done = len(ended), counters.timestep
    expected = _played(whole, 60, np.random.default_rng(2))

    rest = list[Any]()
    again = TrackedEnv(compose_env(spec), RunCounters(timestep=done), 0, rest.append)
    again.repeat(saved)
    again.tracker.restore(saved["tracker"])
    assert _played(again, 60, np.random.default_rng(2)) == expected
    assert rest == ended[num_before:]


@pytest.mark.parametrize("case", CHAINS)
def test_the_same_seed_gives_the_same_episodes(case: str) -> None:
    """Whatever is random in a wrapper follows from the seed."""
    seen = []
    for _ in range(2):
        env = TrackedEnv(compose_env(_spec(case)), RunCounters(), 0, list[Any]().append)
        env.reset(seed=4)
        seen.append(_played(env, 50, np.random.default_rng(0)))
    assert seen[0] == seen[1]


def test_seeds_come_round_and_a_seed_chooses_the_first() -> None:
    """Levels are played in turn; other environments begin elsewhere in the list."""
    env = compose_env(_spec("seeds"))
    levels = {s: make_env("CartPole-v1").reset(seed=s)[0].tolist() for s in (5, 6, 7)}
    begun = [env.reset(seed=1)[0].tolist(), *(env.reset()[0].tolist() for _ in range(4))]
    assert begun == [levels[s] for s in (6, 7, 5, 6, 7)]
    assert env.reset(seed=3)[0].tolist() == levels[5]


def test_repeated_actions_add_rewards_up_until_an_end() -> None:
    """One decision is one timestep; nothing is taken after an end."""
    ended = list[Any]()
    env = TrackedEnv(compose_env(_spec("action repeat")), RunCounters(), 0, ended.append)
    env.reset(seed=0)
    while not ended:
        _, reward, terminated, _, _ = env.step(1)
        assert 1 <= float(reward) <= 3
        assert terminated or reward == 3
    bare, length, is_over = make_env("CartPole-v1"), 0, False
    bare.reset(seed=0)
    while not is_over:
        is_over = bool(bare.step(1)[2])
        length += 1
    assert ended[0].episode_return == length
    assert ended[0].episode_length == -(-length // 3)


def test_stacks_begin_with_the_first_observation_repeated() -> None:
    """And the newest stands last."""
    env = compose_env(_spec("frame stack"))
    first = env.reset(seed=0)[0].reshape(3, 4)
    assert (first == first[0]).all()
    after = env.step(1)[0].reshape(3, 4)
    assert (after[:2] == first[1:]).all()
    assert (after[2] != first[0]).any()


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([("grayscale", {})], "Grey-scale needs pictures in colour"),
        ([("nothing", {})], "no wrapper 'nothing'"),
        ([("frame_stack", {"num_frames": 0})], "greater than or equal to 2"),
        ([("frame_stack", {"num_frames": 2.5})], "num_frames"),
        ([("seeds", {"seeds": []})], "at least 1 item"),
        ([("seeds", {"seeds": [-1]})], "greater than or equal to 0"),
        ([("sticky_actions", {"probability": float("nan")})], "finite"),
        ([("time_limit", {"x": 1})], "Extra inputs"),
    ],
)
def test_a_chain_that_does_not_fit_is_refused_in_words(
    links: list[tuple[str, dict[str, Any]]], said: str
) -> None:
    """Also by the worker, which trusts no specification."""
    chain = [WrapperSpec(id=link, kwargs=kwargs) for link, kwargs in links]
    with pytest.raises(InvalidInputError, match=said):
        wrap(make_env("CartPole-v1"), chain)


def test_order_matters_and_what_the_runner_does_comes_last() -> None:
    """Grey pictures have no colour to take away; normalisation is behind everything."""
    bare = describe_space(make_env("MiniGrid-Empty-5x5-v0", PIXELS).observation_space)

    def problems(*links: str) -> list[tuple[int, str]]:
        chain = [(WRAPPERS[link], WRAPPERS[link].config()) for link in links]
        return fit_chain(bare, chain)[1]

    assert problems("grayscale", "resize") == []
    assert problems("resize", "grayscale") == []
    [(position, text)] = problems("grayscale", "grayscale")
    assert position == 1
    assert "Box(56, 56, 1)" in text
    vector = describe_space(make_env("CartPole-v1").observation_space)
    last = [
        (WRAPPERS[link], WRAPPERS[link].config()) for link in ("normalize_observation", "seeds")
    ]
    assert "last link" in fit_chain(vector, last)[1][0][1]
