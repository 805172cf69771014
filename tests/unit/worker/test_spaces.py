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
