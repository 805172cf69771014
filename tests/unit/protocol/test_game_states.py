"""Of a worker's states only what a page can draw goes on; the games' own always do."""

import json
from typing import Any

import msgspec
import pytest

from gymlab.envs.game import game_of
from gymlab.envs.making import make_env
from gymlab.protocol.game_states import (
    MAX_STATES_BYTES,
    GameStateError,
    checked_states,
    encoded_states,
)

GRID: dict[str, Any] = {
    "game": "gridworld",
    "size": 2,
    "agent": [0, 0],
    "start": [0, 0],
    "walls": [],
    "traps": [[0, 1]],
    "goals": [[1, 1]],
    "score": 3,
    "timestep": 3,
    "termination": None,
}
ORBIT: dict[str, Any] = {
    "game": "orbit",
    "edge": 2.0,
    "planet": 0.25,
    "target": 1.0,
    "tolerance": 0.05,
    "x": 1.0,
    "y": 0.0,
    "velocity": [0.0, 1.0],
    "push": [0.0, 0.0],
    "thrust": 0.3,
    "wind": 0.0,
    "score": 0,
    "timestep": 0,
    "termination": None,
}


@pytest.mark.parametrize(
    ("env_id", "kwargs"),
    [
        ("gymlab/Snake-v0", {"size": 40, "obstacles": 200, "apples": 20, "growth": 10}),
        ("gymlab/Snake-v0", {"size": 5, "wrap": True, "growth": 0}),
        ("gymlab/Orbit-v0", {"target": 0.4, "thrust": 2.0, "wind": 0.5}),
        ("gymlab/Orbit-v0", {"target": 1.6, "thrust": 0.05}),
        ("gymlab/Lantern-v0", {"size": 25, "traps": 50, "oil": 100_000}),
        ("gymlab/Crossing-v0", {"lanes": 12, "columns": 31, "traffic": 0.6}),
        ("gymlab/Crossing-v0", {"lanes": 1, "columns": 5}),
        ("gymlab/GridWorld-v0", {"size": 50}),
        ("gymlab/GridWorld-v0", {"size": 2, "walls": [], "traps": []}),
    ],
)
def test_every_state_of_our_games_is_drawn(env_id: str, kwargs: dict[str, Any]) -> None:
    """At the ends of their options, from the first state to the last, with nothing lost."""
    env = make_env(env_id, kwargs)
    game = game_of(env)
    assert game is not None
    env.action_space.seed(0)
    env.reset(seed=0)
    for _ in range(60):
        state = game.render_state()
        assert msgspec.json.decode(encoded_states([state])) == [state]
        *_, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            state = game.render_state()
            assert msgspec.json.decode(encoded_states([state])) == [state]
            env.reset()
    env.close()


@pytest.mark.parametrize(
    "changed",
    [
        {"game": "chess"},
        {"size": 0},
        {"size": 10**9},
        {"size": 2.5},
        {"agent": [0, 10**6]},
        {"agent": [0]},
        {"agent": "0 0"},
        {"walls": [[0, 0]] * 5000},
        {"timestep": -1},
        {"timestep": 10**400},
        {"termination": "x" * 1000},
        {"termination": {"a": 1}},
        {"more": 1},
        {"score": None},
    ],
)
def test_states_that_no_page_could_draw_are_refused(changed: dict[str, Any]) -> None:
    """Unknown games, sizes, places, lists and fields."""
    content = _json({**GRID, **changed})
    with pytest.raises(GameStateError):
        checked_states(content)


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("x", "1e999"),
        ("x", "NaN"),
        ("x", "Infinity"),
        ("x", "1e7"),
        ("thrust", "0"),
        ("edge", "-2.0"),
        ("edge", "1e300"),
        ("push", "[0.0, 1e999]"),
        ("push", "[0.0]"),
    ],
)
def test_numbers_are_finite_and_have_bounds(field: str, written: str) -> None:
    """A scale of 0 or a place beyond all screens would hang a page."""
    whole = _json(ORBIT).decode()
    shown = msgspec.json.encode(ORBIT[field]).decode()
    content = whole.replace(f'"{field}":{shown}', f'"{field}":{written}')
    assert content != whole
    with pytest.raises(GameStateError):
        checked_states(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'[{"game":"gridworld","size":' + b"[" * 100_000,
        b'[{"game":"gridworld","walls":' + b"[" * 5000 + b"]" * 5000 + b"}]",
        b" " * (MAX_STATES_BYTES + 1),
    ],
)
def test_garbage_is_refused(content: bytes) -> None:
    """Whatever its depth and size."""
    with pytest.raises(GameStateError):
        checked_states(content)


def test_no_more_states_than_tiles() -> None:
    """Eight at most."""
    checked_states(msgspec.json.encode([GRID] * 8))
    with pytest.raises(GameStateError):
        checked_states(msgspec.json.encode([GRID] * 9))


@pytest.mark.parametrize("state", [{"game": object()}, {1: {2: {3}}}, {"game": "snake"}])
def test_what_is_no_state_is_not_written(state: dict[Any, Any]) -> None:
    """The worker then sends pictures instead."""
    with pytest.raises(GameStateError):
        encoded_states([state])


def _json(state: dict[str, Any]) -> bytes:
    # msgspec writes no integers beyond 64 bits.
    return json.dumps([state], separators=(",", ":")).encode()
