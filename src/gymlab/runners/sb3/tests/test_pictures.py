"""What the learner sees of pictures, in training and afterwards."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false
# ruff: noqa: ARG002 - environments have the arguments of Gymnasium

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3.common.vec_env import DummyVecEnv, VecFrameStack

from gymlab.envs.making import make_env
from gymlab.runners.sb3.building import policy_name
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.pictures import (
    LifeAsEpisode,
    SmallScreen,
    StackedFrames,
    fits_cnn,
    is_picture,
    wrap_for_training,
    wrap_observations,
)
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec
from gymlab.runners.sb3.vector_env import build_vector_env, normalised_keys


class Lives:
    """The one question that is asked of an emulator."""

    def __init__(self) -> None:
        """Begin with three lives."""
        self.left = 3

    def lives(self) -> int:
        """Return how many are left."""
        return self.left


class ThreeLives(gym.Env[Any, Any]):
    """A game of pictures that loses a life every second timestep."""

    observation_space = spaces.Box(0, 255, (84, 84, 1), np.uint8)
    action_space = spaces.Discrete(2)

    def __init__(self) -> None:
        """Begin before the first game."""
        self.ale = Lives()
        self.resets = 0
        self.steps = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Start a game."""
        super().reset(seed=seed)
        self.ale.left, self.resets, self.steps = 3, self.resets + 1, 0
        return self._screen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Count, and lose a life every second time."""
        self.steps += 1
        if self.steps % 2 == 0:
            self.ale.left -= 1
        return self._screen(), 7.0, self.ale.left == 0, False, {}

    def _screen(self) -> Any:
        return np.full((84, 84, 1), self.steps, np.uint8)


def test_a_lost_life_ends_the_learners_episode_only() -> None:
    """The game is reset once, when it is over, and no timestep is taken in between."""
    game = ThreeLives()
    env = LifeAsEpisode(game)
    ends: list[int] = []
    env.reset(seed=0)
    for step in range(1, 7):
        observation, _, terminated, _, _ = env.step(0)
        if terminated:
            ends.append(step)
            begun, _ = env.reset()
            if step < 6:
                assert (begun == observation).all()

    assert ends == [2, 4, 6]
    assert game.resets == 2


def test_rewards_are_clipped_for_the_learner_only_in_atari_games() -> None:
    """The wrapper can be switched off, and other environments never get it."""
    config = parse_config("dqn", {})
    off = parse_config("dqn", {"atari_wrapper": False})
    for settings, expected in ((config, 1.0), (off, 7.0)):
        env = wrap_for_training(ThreeLives(), settings)
        env.reset(seed=0)
        assert env.step(0)[1] == expected
    cartpole = make_env("CartPole-v1")
    assert wrap_for_training(cartpole, config) is cartpole


def test_stacked_frames_are_those_of_the_library() -> None:
    """The same pictures as its vector wrapper makes, episode after episode."""
    theirs = VecFrameStack(DummyVecEnv([ThreeLives]), 3)
    ours = StackedFrames(ThreeLives(), 3)
    expected: Any = theirs.reset()
    observation, _ = ours.reset(seed=0)
    assert ours.observation_space.shape == (84, 84, 3)
    for _ in range(8):
        assert (observation == expected[0]).all()
        expected, *_ = theirs.step(np.array([0]))
        observation, _, terminated, _, _ = ours.step(0)
        if terminated:
            observation, _ = ours.reset()


def test_the_same_pictures_in_training_and_afterwards() -> None:
    """What changes observations is applied in both, what changes episodes in training alone."""
    config = parse_config("ppo", {"frame_stack": 2})
    trained, played = (
        wrap_for_training(ThreeLives(), config),
        wrap_observations(ThreeLives(), config),
    )
    first, second = trained.reset(seed=0)[0], played.reset(seed=0)[0]
    assert (first == second).all()
    assert trained.observation_space == played.observation_space
    trained.step(0)
    played.step(0)
    assert trained.step(0)[2]
    assert not played.step(0)[2]


@pytest.mark.parametrize(
    ("space", "kind"),
    [
        (spaces.Box(0, 255, (84, 84, 4), np.uint8), "CnnPolicy"),
        (spaces.Box(0, 255, (3, 96, 96), np.uint8), "CnnPolicy"),
        (spaces.Box(0, 255, (7, 7, 3), np.uint8), "MlpPolicy"),
        (spaces.Box(0, 1, (84, 84, 4), np.float32), "MlpPolicy"),
        (spaces.Box(0, 255, (128,), np.uint8), "MlpPolicy"),
        (spaces.Dict({"a": spaces.Discrete(2)}), "MultiInputPolicy"),
        (spaces.Discrete(5), "MlpPolicy"),
    ],
)
def test_the_network_follows_the_observation(space: spaces.Space[Any], kind: str) -> None:
    """Convolutions for pictures that are large enough."""
    assert policy_name("ppo", {}, space) == kind
    assert policy_name("recurrent_ppo", {}, space) == kind.replace("Policy", "LstmPolicy")
    assert fits_cnn(space) == (kind == "CnnPolicy")


def test_full_screens_are_shrunk() -> None:
    """Colour and grey, to one channel."""
    for shape in ((210, 160, 3), (210, 160)):
        env = ThreeLives()
        env.observation_space = spaces.Box(0, 255, shape, np.uint8)
        shrunk = SmallScreen(env).observation(np.full(shape, 9, np.uint8))
        assert shrunk.shape == (84, 84, 1)
        assert (shrunk == 9).all()


def test_pictures_are_never_normalised() -> None:
    """They are divided by 255 in the network already."""
    picture = spaces.Box(0, 255, (84, 84, 1), np.uint8)
    vector = spaces.Box(-1, 1, (2,))

    assert is_picture(picture)
    assert normalised_keys(picture) is None
    assert normalised_keys(vector) == []
    assert normalised_keys(spaces.Discrete(3)) is None
    assert normalised_keys(spaces.Dict({"p": picture, "v": vector})) == ["v"]
    env: Any = build_vector_env(lambda _: ThreeLives(), parse_config("ppo", {"normalize": True}), 2)
    assert env.observation_space.shape == (1, 84, 84)
    assert env.reset().dtype == np.uint8


@pytest.mark.parametrize(
    ("algorithm", "env_id", "settings"),
    [
        ("ppo", "ALE/Pong-v5", {"n_steps": 8, "batch_size": 8, "n_epochs": 1, "normalize": True}),
        (
            "dqn",
            "CarRacing-v3",
            {
                "env_kwargs": {"continuous": False},
                "buffer_size": 20,
                "batch_size": 4,
                "learning_starts": 8,
                "frame_stack": 2,
                "normalize": True,
                "train_freq": 8,
            },
        ),
    ],
)
def test_pictures_are_trained_on_and_played(
    algorithm: str, env_id: str, settings: dict[str, Any]
) -> None:
    """Convolutions, transposition and normalised rewards work together."""
    spec = make_spec(algorithm, env_id, total_timesteps=16, **settings)
    assert RUNNER.problems(spec) == []
    context = RecordingContext(spec)
    RUNNER.train(context)
    env = RUNNER.make_env(spec, render_mode=None)
    actor = RUNNER.load_actor(spec, context.checkpoints[-1][1].durable)
    observation, _ = env.reset(seed=0)

    assert "Cnn" in context.calls[0]
    assert env.action_space.contains(actor.act(observation, deterministic=True))
    env.close()
