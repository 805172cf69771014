"""What an agent is given is flat, small and complete."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from gymlab.envs.atari import AtariObservation, action_meanings_of, known_games
from gymlab.envs.grid_observations import (
    MAX_MISSION_WORDS,
    VOCABULARY,
    encode_mission,
    encode_view,
)
from gymlab.envs.making import listed_environments, make_env


class ScriptedScreen(gym.Env[np.ndarray, int]):
    """An emulator of which each frame is one grey value, with a reward of 1 a frame."""

    def __init__(self, greys: list[int], *, length: int = 1000) -> None:
        self.observation_space = spaces.Box(0, 255, (210, 160), np.uint8)
        self.action_space = spaces.Discrete(3)
        self._greys, self._length, self._frame = greys, length, 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Go back to the first frame."""
        super().reset(seed=seed, options=options)
        self._frame = 0
        return self._screen(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Show the next frame, whatever the action."""
        del action
        self._frame += 1
        return self._screen(), 1.0, self._frame >= self._length, False, {}

    def _screen(self) -> np.ndarray:
        return np.full((210, 160), self._greys[self._frame % len(self._greys)], np.uint8)


def test_the_first_screen_fills_the_stack() -> None:
    """An agent sees no older game."""
    env = AtariObservation(ScriptedScreen([9]))
    observation, _ = env.reset()
    assert observation.shape == (84, 84, 4)
    assert set(np.unique(observation)) == {9}


def test_a_screen_is_the_maximum_of_the_last_two_frames_and_the_newest_is_last() -> None:
    """Objects that blink every second frame stay visible."""
    env = AtariObservation(ScriptedScreen([10, 20, 30, 250, 40, 50]))
    env.reset()
    observation, reward, _, _, _ = env.step(0)
    assert observation[0, 0].tolist() == [10, 10, 10, 250]
    assert reward == 4.0
    observation, _, _, _, _ = env.step(0)
    assert observation[0, 0].tolist() == [10, 10, 250, 30]


def test_a_game_that_ends_stops_the_repetition() -> None:
    """No action is played after the end."""
    env = AtariObservation(ScriptedScreen([1], length=2))
    env.reset()
    _, reward, terminated, _, _ = env.step(0)
    assert (reward, terminated) == (2.0, True)


def test_a_game_runs_at_its_natural_speed() -> None:
    """Sixty frames a second, four of them a timestep."""
    env = make_env("ALE/Pong-v5")
    assert env.metadata["render_fps"] == 15
    env.close()


@pytest.mark.parametrize(
    ("observation", "shape"),
    [("stacked", (84, 84, 4)), ("rgb", (210, 160, 3)), ("grayscale", (210, 160)), ("ram", (128,))],
)
def test_other_observations_of_a_game_can_be_asked_for(
    observation: str, shape: tuple[int, ...]
) -> None:
    """The space says what comes."""
    env = make_env("ALE/Pong-v5", {"observation": observation})
    assert env.observation_space.shape == shape
    assert env.reset(seed=0)[0].shape == shape
    env.close()


def test_joystick_positions_are_words() -> None:
    """Every game's actions can be read."""
    meanings = [m.meaning for m in action_meanings_of(known_games()["ALE/Breakout-v5"])]
    assert meanings == ["do nothing", "fire", "right", "left"]
    assert action_meanings_of(known_games()["ALE/Alien-v5"])[-1].meaning == "down-left and fire"
    assert all(m.meaning for game in known_games().values() for m in action_meanings_of(game))


def test_a_view_becomes_indicators() -> None:
    """One object, one colour and one state per cell."""
    view = np.zeros((7, 7, 3), np.uint8)
    view[0, 0] = (4, 3, 2)
    encoded = encode_view(view).reshape(49, 20)
    assert encoded.sum(axis=1).tolist() == [3] * 49
    assert np.flatnonzero(encoded[0]).tolist() == [4, 11 + 3, 11 + 6 + 2]


def test_a_mission_keeps_the_order_of_its_words() -> None:
    """To put a ball beside a key is not to put a key beside a ball."""
    first = encode_mission("put the ball next to the key")
    second = encode_mission("put the key next to the ball")
    assert not np.array_equal(first, second)
    assert first.sum() == 7


def test_an_unknown_word_and_a_long_mission_do_no_harm() -> None:
    """Unknown words share a column; words beyond the last place are cut."""
    places = encode_mission("xyzzy " * 100).reshape(MAX_MISSION_WORDS, len(VOCABULARY) + 1)
    assert places[:, 0].all()
    assert places[:, 1:].sum() == 0


@pytest.mark.parametrize("env_id", ["MiniGrid-Fetch-5x5-N2-v0", "BabyAI-GoToLocal-v0"])
def test_the_mission_is_observed_where_it_varies(env_id: str) -> None:
    """Without it the task could not be solved."""
    env = make_env(env_id)
    missions = {env.reset(seed=seed)[0][980:].tobytes() for seed in range(12)}
    assert len(missions) > 1
    env.close()


def test_every_word_of_every_mission_is_known() -> None:
    """Each level is asked for some missions."""
    unknown = set()
    for env_id, environment in listed_environments().items():
        if environment.family.id != "minigrid" or env_id.startswith("MiniGrid-WFC"):
            continue
        env = make_env(env_id)
        for seed in range(3):
            env.reset(seed=seed)
            mission = str(env.get_wrapper_attr("mission"))
            unknown |= set(mission.lower().replace(",", " , ").split()) - set(VOCABULARY)
        env.close()
    assert unknown == set()


def test_pixels_of_a_level_can_be_asked_for() -> None:
    """A picture for networks that read pictures."""
    env = make_env("MiniGrid-Empty-5x5-v0", {"observation": "pixels"})
    assert env.observation_space.shape == (56, 56, 3)
    assert env.reset(seed=0)[0].shape == (56, 56, 3)
    env.close()


def test_blackjack_gives_three_numbers_instead_of_a_tuple() -> None:
    """The numbers are those of the tuple."""
    env = make_env("Blackjack-v1")
    observation, _ = env.reset(seed=1)
    assert env.observation_space == spaces.MultiDiscrete([32, 11, 2])
    assert env.observation_space.contains(observation)
    assert observation.tolist() == list(env.unwrapped._get_obs())
    env.close()
