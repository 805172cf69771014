"""Environments prepare pictures only while somebody looks, and compute the same either way."""

import numpy as np
import pytest

from gymlab.envs.making import make_env
from gymlab.protocol.parts import Thoughts
from gymlab.runner_api.tracking import EpisodeTracker
from gymlab.worker.scene import EnvScene


def make_scene() -> EnvScene:
    """Return a scene without sub-environments."""
    return EnvScene("training", moment=lambda: 0, run_timestep=lambda: 0, phase=lambda: "rollout")


def test_only_the_sub_environments_that_are_looked_at_are_lit() -> None:
    """From the first picture until nobody looks."""
    scene = make_scene()
    envs = [make_env("CartPole-v1", {}, render_mode="rgb_array") for _ in range(3)]
    for index, env in enumerate(envs):
        scene.add(index, env, EpisodeTracker(index, lambda _: None))
    modes = [[env.unwrapped.render_mode for env in envs]]
    for count in (2, 1, 0):
        scene.light(count)
        modes.append([env.unwrapped.render_mode for env in envs])
    assert modes == [
        [None, None, None],
        ["rgb_array", "rgb_array", None],
        ["rgb_array", "rgb_array", None],
        [None, None, None],
    ]
    for env in envs:
        env.close()


@pytest.mark.parametrize(
    "env_id",
    ["CartPole-v1", "LunarLander-v3", "BipedalWalker-v3", "Taxi-v4", "gymlab/GridWorld-v0"],
)
def test_being_looked_at_changes_nothing(env_id: str) -> None:
    """Observations and rewards are bit for bit the same, lit, unlit and changing."""
    outcomes: list[list[bytes]] = []
    for looks_every in (0, 50, 7):
        scene = make_scene()
        env = make_env(env_id, {}, render_mode="rgb_array")
        scene.add(0, env, EpisodeTracker(0, lambda _: None))
        env.action_space.seed(1)
        observation, _ = env.reset(seed=1)
        seen = [np.asarray(observation).tobytes()]
        for timestep in range(600):
            if looks_every and timestep % looks_every == 0:
                scene.light(1)
                picture = scene.render(0)
                assert isinstance(picture, np.ndarray)
            if looks_every and timestep % (2 * looks_every) == 0:
                scene.light(0)
            observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            seen += [np.asarray(observation).tobytes(), np.float64(reward).tobytes()]
            if terminated or truncated:
                observation, _ = env.reset()
        outcomes.append(seen)
        env.close()
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_thoughts_that_fail_are_asked_for_once() -> None:
    """Pictures go on without them."""
    scene = make_scene()
    assert scene.thoughts() is None
    asked: list[int] = []

    def fail() -> Thoughts:
        asked.append(1)
        raise ValueError("no idea")

    scene.thinker = fail
    assert scene.thoughts() is None
    assert scene.thoughts() is None
    assert asked == [1]
    scene.thinker = lambda: Thoughts("means", [0.5], [], None)
    assert scene.thoughts() == Thoughts("means", [0.5], [], None)
