"""Spaces of environments with options."""

import json
from typing import Any

import pytest

from gymlab.protocol.framing import spaces_reader
from gymlab.worker.spaces import answer, serve_spaces


def ask(env_id: Any, kwargs: Any) -> str:
    """Return a request."""
    return json.dumps({"env_id": env_id, "env_kwargs": kwargs})


@pytest.mark.parametrize(
    ("kwargs", "text"),
    [
        ({}, "Box(14)"),
        ({"observation": "vision"}, "Box(28)"),
        ({"observation": "grid", "size": 20}, "Box(4, 20, 20)"),
    ],
)
def test_options_change_what_is_seen(kwargs: dict[str, Any], text: str) -> None:
    """As the environment says when it is made with them."""
    found = answer(ask("gymlab/Snake-v0", kwargs))
    assert found.error is None
    assert found.observation_space is not None
    assert found.observation_space["text"] == text


@pytest.mark.parametrize(
    ("env_id", "kwargs", "field"),
    [
        ("gymlab/Snake-v0", {"size": 1}, "env_kwargs.size"),
        ("gymlab/Snake-v0", {"size": 10_000}, "env_kwargs.size"),
        ("gymlab/Lantern-v0", {"rock": 9.0}, "env_kwargs.rock"),
        ("LunarLander-v3", {"gravity": 5.0}, "env_kwargs"),
        ("gymlab/Snake-v0", {"unknown": 1}, "env_kwargs.unknown"),
    ],
)
def test_the_option_to_blame_is_named(env_id: str, kwargs: dict[str, Any], field: str) -> None:
    """So that a form can show the reason where it was typed."""
    found = answer(ask(env_id, kwargs))
    assert found.problems
    assert found.problems[0].field.startswith(field)
    assert found.problems[0].detail
    if kwargs.keys() == {"size"}:
        assert "from 5 to 40" in found.problems[0].detail


@pytest.mark.parametrize(
    "line",
    [
        ask("gymlab/Snake-v0", {"size": 1}),
        ask("gymlab/Snake-v0", {"size": 10_000}),
        ask("gymlab/Snake-v0", {"observation": "__import__('os')"}),
        ask("gymlab/Snake-v0", {"unknown": 1}),
        ask("gymlab/Nothing-v0", {}),
        ask(5, {}),
        "[" * 10_000,
        "no json",
    ],
)
def test_what_cannot_be_made_is_said(line: str) -> None:
    """The process goes on with the next question."""
    written = bytearray()
    serve_spaces([line, "", ask("CartPole-v1", {})], written.extend)
    first, second = spaces_reader().feed(bytes(written))
    assert first.error
    assert second.action_space is not None
    assert second.action_space["text"] == "Discrete(2)"
