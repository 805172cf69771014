"""What is believed of a model file, and what is not."""

import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from safetensors.numpy import save

from gymlab.protocol.parts import Member
from gymlab.protocol.worker import Failed, ModelRead, ReadModel
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.model_files import ModelReadingService
from gymlab.worker.outbox import Outbox

POLICY = save({"seed": np.array([5], np.int64)})


class _Said:
    """Stands for the outbox."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def post(self, message: object) -> None:
        self.messages.append(message)


def manifest(**changes: Any) -> dict[str, Any]:
    """Return the document of a model of the fake runner."""
    return {
        "format": "gymlab-model",
        "version": 1,
        "env_id": "CartPole-v1",
        "runner": "fake",
        "algorithm": "random",
        "hyperparameters": {},
        "run_id": "0" * 12,
        "seed": 1,
        "spec_sha256": "0" * 64,
        "timestep": 400,
        "created_at": "2026-01-01T00:00:00Z",
        "members": {
            "policy.safetensors": {
                "sha256": hashlib.sha256(POLICY).hexdigest(),
                "size_bytes": len(POLICY),
            }
        },
        **changes,
    }


def packed(document: object, files: dict[str, bytes] | None = None) -> bytes:
    """Return a model in our own form."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest.json", json.dumps(document))
        for name, content in (files or {"policy.safetensors": POLICY}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(content: bytes, **wanted: Any) -> ModelRead | Failed:
    """Return what becomes of a file."""
    asked: dict[str, Any] = {"env_id": None, "env_kwargs": {}, "runner": None, "algorithm": None}
    request = ReadModel(file=Member("model", len(content)), **{**asked, **wanted})
    said = _Said()
    blobs = BlobWriter(cast("Callable[[object], None]", said.post))
    outcome = ModelReadingService(request, content, cast("Outbox", said), blobs).run()
    if isinstance(outcome, Failed):
        assert not said.messages
        return outcome
    (message,) = said.messages
    assert isinstance(message, ModelRead)
    return message


def test_a_model_of_our_own_is_read() -> None:
    """With what its manifest says of it."""
    model = read(packed(manifest(mean_return=12.5, versions={"numpy": "2"})))
    assert isinstance(model, ModelRead)
    assert (model.format, model.timestep, model.mean_return) == ("safetensors", 400, 12.5)
    assert model.policy["env_id"] == "CartPole-v1"
    assert [member.content for member in model.members] == [POLICY]


def test_another_environment_is_said() -> None:
    """It is taken if the policy can act there."""
    model = read(packed(manifest()), env_id="Acrobot-v1")
    assert isinstance(model, ModelRead)
    assert model.policy["env_id"] == "Acrobot-v1"
    assert "CartPole-v1" in model.notes[0]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "known"),
        (b"GIF89a", "known"),
        (pickle.dumps({"a": 1}), "pickle"),
        (packed(manifest())[:-30], "known"),
        (packed([]), "manifest.json"),
        (packed("x"), "manifest.json"),
        (packed(manifest(version=2)), "manifest.json"),
        (packed(manifest(surprise=1)), "manifest.json"),
        (packed(manifest(timestep=-1)), "manifest.json"),
        (packed(manifest(runner="nobody")), "nobody"),
        (packed(manifest(env_id="Nowhere-v0")), "Nowhere-v0"),
        (packed(manifest(env_kwargs={"x": 1})), "x"),
        (packed(manifest(members={})), "lists"),
        (packed(manifest(), {"policy.safetensors": save({"seed": np.zeros(1)})}), "hash"),
        (packed(manifest(), {"policy.safetensors": POLICY, "../x.safetensors": b""}), "belong"),
        (packed(manifest(), {"policy.safetensors": POLICY, "code.py": b""}), "belong"),
        (packed(manifest(), {"policy.safetensors": POLICY, "state.pt": b""}), "belong"),
    ],
)
def test_what_is_no_model_is_refused_with_the_reason(content: bytes, word: str) -> None:
    """Nothing of it reaches a policy."""
    outcome = read(content)
    assert isinstance(outcome, Failed), outcome
    assert word in outcome.detail, outcome.detail


def _with_policy(policy: bytes) -> bytes:
    listed = {"sha256": hashlib.sha256(policy).hexdigest(), "size_bytes": len(policy)}
    document = manifest(members={"policy.safetensors": listed})
    return packed(document, {"policy.safetensors": policy})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    """A policy that diverged acts at random, or not at all."""
    outcome = read(_with_policy(save({"seed": np.array([1]), "w": np.array([0.0, value])})))
    assert isinstance(outcome, Failed)
    assert "NaN" in outcome.detail


@pytest.mark.parametrize("policy", [b"", b"x" * 100, POLICY[:-4], b"\xff" * 8 + POLICY])
def test_arrays_that_cannot_be_read_are_refused(policy: bytes) -> None:
    """The hash in the manifest proves nothing about the content."""
    assert isinstance(read(_with_policy(policy)), Failed)


def test_it_must_be_what_was_asked_for() -> None:
    """Algorithm and backend are compared with what the file says."""
    for wanted in ({"algorithm": "ppo"}, {"runner": "other"}):
        outcome = read(packed(manifest()), **wanted)
        assert isinstance(outcome, Failed)
        assert next(iter(wanted.values())) in outcome.detail


def test_a_policy_that_cannot_act_is_refused() -> None:
    """It is tried before anything is stored."""
    outcome = read(_with_policy(save({"other": np.array([1])})))
    assert isinstance(outcome, Failed)
    assert "cannot act" in outcome.detail
