"""Previews: keys and typed values become actions, and every place of an episode can be found again."""

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from safetensors.numpy import save

from gymlab.envs.making import make_env
from gymlab.protocol.parts import Member
from gymlab.protocol.previews import PreviewCommand, PreviewReady, PreviewState, StartPreview
from gymlab.protocol.worker import Failed, Frame, Stop, Watch
from gymlab.worker.previewing.controls import DOWN, LEFT, RIGHT, SPACE, UP, Controls, NoActionError
from gymlab.worker.previewing.episode import PreviewEpisode
from gymlab.worker.previewing.shown import MAX_NUMBERS, shown
from tests.unit.worker.shim_end import ShimEnd, run_spec

LANDER = ["do nothing", "fire left orientation engine", "fire main engine",
          "fire right orientation engine"]  # fmt: skip
TAXI = ["Move south (down)", "Move north (up)", "Move east (right)", "Move west (left)",
        "Pickup passenger", "Drop off passenger"]  # fmt: skip
ATARI = ["NOOP", "FIRE", "UP", "RIGHT", "LEFT", "DOWN", "UPRIGHT", "UPRIGHTFIRE"]


@pytest.mark.parametrize(
    ("meanings", "down", "action"),
    [
        (["Push cart to the left", "Push cart to the right"], {LEFT}, 0),
        (["Push cart to the left", "Push cart to the right"], {RIGHT}, 1),
        (["Push cart to the left", "Push cart to the right"], set(), None),
        (["Push cart to the left", "Push cart to the right"], {UP}, None),
        (LANDER, {LEFT}, 1),
        (LANDER, {UP}, 2),
        (LANDER, {RIGHT}, 3),
        (TAXI, {DOWN}, 0),
        (TAXI, {UP}, 1),
        (TAXI, {"5"}, 4),
        (ATARI, {SPACE}, 1),
        (ATARI, {UP, RIGHT}, 6),
        (ATARI, {UP, RIGHT, SPACE}, 7),
        (["", "", ""], {LEFT}, 0),
        (["", "", ""], {RIGHT}, 2),
        (["a", "b", "c", "d"], {"4"}, 3),
    ],
)
def test_keys_mean_what_the_actions_are_called(
    meanings: list[str], down: set[str], action: int | None
) -> None:
    """Words where there are some, digits always."""
    assert Controls(spaces.Discrete(len(meanings)), meanings).pressed(down) == action


def test_nobody_doing_anything_is_an_action_where_there_is_one() -> None:
    """Else time stands still."""
    assert Controls(spaces.Discrete(4), LANDER).idle == 0
    assert Controls(spaces.Discrete(8), ATARI).idle == 0
    assert Controls(spaces.Discrete(3), ["", "", ""]).idle == 1
    assert Controls(spaces.Discrete(2), ["go left", "go right"]).idle is None
    assert Controls(spaces.Discrete(4, start=3), LANDER).idle == 3


def test_keys_push_components_to_their_bounds() -> None:
    """Left and right the first, down and up the second."""
    low, high = np.array([-2, 0], np.float32), np.array([2, 5], np.float32)
    controls = Controls(spaces.Box(low, high), [])
    assert controls.idle.tolist() == [0.0, 0.0]
    assert controls.pressed({LEFT, UP}).tolist() == [-2.0, 5.0]
    assert controls.pressed({"x"}) is None
    assert Controls(spaces.Box(-1, 1, (2, 2)), []).keys == {}


@pytest.mark.parametrize(
    ("space", "value"),
    [
        (spaces.Discrete(2), 2),
        (spaces.Discrete(2), -1),
        (spaces.Discrete(2), True),
        (spaces.Discrete(2), 1.0),
        (spaces.Discrete(2), "1"),
        (spaces.Discrete(2), None),
        (spaces.Box(-1, 1, (2,)), [0.0]),
        (spaces.Box(-1, 1, (2,)), [0.0, 1.5]),
        (spaces.Box(-1, 1, (2,)), [0.0, float("nan")]),
        (spaces.Box(-1, 1, (2,)), ["a", "b"]),
        (spaces.Box(-1, 1, (2,)), [[0.0], 1.0]),
        (spaces.MultiDiscrete([2, 3]), [1, 3]),
        (spaces.MultiDiscrete([2, 3]), [1, 10**30]),
        (spaces.Text(5), "x"),
    ],
)
def test_what_is_no_action_is_refused(space: Any, value: Any) -> None:
    """In words, before an environment sees it."""
    with pytest.raises(NoActionError):
        Controls(space, []).parse(value)


def test_typed_actions_are_those_of_the_space() -> None:
    """With its type."""
    assert Controls(spaces.Discrete(2), []).parse(1) == 1
    parsed = Controls(spaces.Box(-1, 1, (2,), np.float32), []).parse([0.5, -1])
    assert (parsed.dtype, parsed.tolist()) == (np.float32, [0.5, -1.0])


def test_large_observations_are_told_by_their_shape() -> None:
    """And numbers that JSON lacks as null."""
    assert shown(np.array([1.0, np.inf])) == [1.0, None]
    assert shown(np.zeros(MAX_NUMBERS + 1, np.uint8)) == {
        "shape": [MAX_NUMBERS + 1],
        "dtype": "uint8",
    }
    assert shown({"a": np.int64(3), "b": (np.float32(0.5), "x")}) == {"a": 3, "b": [0.5, "x"]}


@pytest.mark.parametrize("env_id", ["CartPole-v1", "LunarLander-v3", "gymlab/Snake-v0"])
def test_a_place_is_found_again(env_id: str) -> None:
    """Back and forth, whatever was drawn; from an earlier place on somebody may act otherwise."""
    env = make_env(env_id)
    episode = PreviewEpisode(env, None)

    def look() -> tuple[Any, ...]:
        state = episode.state(is_playing=False, notice=None)
        return state.timestep, state.observation, state.reward, state.episode_return

    def choose(_: Any) -> Any:
        return env.action_space.sample()

    episode.begin(7)
    seen = [look()]
    for _ in range(8):
        assert episode.advance(choose)
        seen.append(look())
    for place in (3, 0, 8, 5, 5, 1):
        episode.seek(place, choose)
        assert look() == seen[place]
    assert episode.state(is_playing=False, notice=None).last_timestep == 8

    episode.seek(4, choose)
    assert episode.act(env.action_space.sample())
    assert episode.state(is_playing=False, notice=None).last_timestep == 5
    env.close()


def start(**changes: Any) -> StartPreview:
    """Return a preview of CartPole."""
    usual: dict[str, Any] = {
        "env_id": "CartPole-v1",
        "env_kwargs": {},
        "seed": 3,
        "controller": "human",
        "meanings": ["Push cart to the left", "Push cart to the right"],
    }
    return StartPreview(**{**usual, **changes})


def test_a_person_acts_steps_and_goes_back() -> None:
    """States answer every command; pictures come while somebody watches."""
    with ShimEnd() as shim:
        shim.send(start())
        assert shim.until(PreviewState).timestep == 0
        (ready,) = shim.all_of(PreviewReady)
        assert ready.keys[LEFT] == "Push cart to the left"
        shim.send(Watch("preview", 60))
        assert shim.until(Frame).header.source == "preview"

        shim.send(PreviewCommand("action", action=1))
        first = shim.until(PreviewState)
        assert (first.timestep, first.action, first.reward) == (1, 1, 1.0)
        shim.send(PreviewCommand("action", action=7))
        refused = shim.until(PreviewState)
        assert (refused.timestep, bool(refused.notice)) == (1, True)
        assert refused.answers is None
        shim.send(PreviewCommand("action", action="left", id=8))
        assert shim.until(PreviewState).answers == 8
        shim.send(PreviewCommand("step", number=5))  # nobody holds a key: time stands still
        assert shim.until(PreviewState).timestep == 1
        shim.send(PreviewCommand("key", keys=[LEFT]))
        shim.send(PreviewCommand("step", number=2))
        assert shim.until(PreviewState).timestep == 3
        shim.send(PreviewCommand("seek", number=1))
        back = shim.until(PreviewState)
        assert (back.timestep, back.last_timestep, back.observation) == (1, 3, first.observation)
        shim.send(PreviewCommand("reset", number=3))
        again = shim.until(PreviewState)
        assert (again.timestep, again.episode, again.seed) == (0, 2, 3)
        shim.send(PreviewCommand("play"))
        shim.until(PreviewState, lambda state: state.terminated)
        shim.until(PreviewState, lambda state: state.episode == 3)
        shim.send(Stop())
        assert shim.until_end() == 0


def test_a_policy_plays_and_a_person_may_not_act() -> None:
    """It plays by itself while somebody watches, and only then."""
    policy = save({"seed": np.array([7], dtype=np.int64)})
    member = Member("policy.safetensors", len(policy), content=policy)
    with ShimEnd() as shim:
        shim.send(start(controller="checkpoint", spec=run_spec(), members=[member], timestep=42))
        shim.until(PreviewReady)
        shim.send(PreviewCommand("action", action=1))
        told = shim.until(PreviewState, lambda state: state.notice is not None)
        assert "human or hybrid" in (told.notice or "")
        shim.send(Watch("preview", 30))
        assert shim.until(Frame).header.run_timestep == 42
        assert shim.until(PreviewState, lambda state: state.timestep > 2).is_playing


def test_an_environment_that_cannot_be_made_is_said() -> None:
    """With the reason that training would be given."""
    with ShimEnd() as shim:
        shim.send(start(env_kwargs={"gravity": "heavy"}))
        failed = shim.until(Failed)
        assert failed.detail
        assert shim.until_end() == 1
