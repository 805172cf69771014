"""Evaluations during training report what they find and leave training bit by bit as it was."""

import random
import socket
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from gymlab.domain.runs import RunSpec
from gymlab.protocol.framing import worker_reader
from gymlab.protocol.worker import (
    BlobGrant,
    BlobRequest,
    Checkpoint,
    FromWorker,
    Learner,
    LogEvent,
    ResumePoint,
)
from gymlab.runner_api.runner import TrainingStopped
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.discovery import find_runner
from gymlab.worker.generators import kept_generators, seed_generators
from gymlab.worker.outbox import Outbox
from gymlab.worker.periodic_evaluation import PeriodicEvaluator
from gymlab.worker.training import TrainingService
from tests.unit.worker.shim_end import memory_of

SMALL: Mapping[str, dict[str, Any]] = {
    "ppo": {"env_id": "CartPole-v1", "hyperparameters": {"n_steps": 64, "batch_size": 32}},
    "dqn": {"env_id": "CartPole-v1", "hyperparameters": {"learning_starts": 32}},
    "sac": {"env_id": "Pendulum-v1", "hyperparameters": {"learning_starts": 32, "batch_size": 16}},
}
Files = dict[str, bytes]


class Ear:
    """The other end of a worker's link, in this process."""

    def __init__(self) -> None:
        """Listen."""
        self.messages: list[FromWorker] = []
        self._descriptors: list[int] = []
        self._ours, theirs = socket.socketpair()
        self._theirs = theirs
        self.outbox = Outbox(theirs, on_lost=lambda: None)
        self.blobs = BlobWriter(self._grant)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear everything that was said."""
        self.outbox.close()
        self._theirs.close()
        self._thread.join()
        self._ours.close()

    def all_of(self, kind: type[Any]) -> list[Any]:
        """Return everything of one kind that was said."""
        return [message for message in self.messages if isinstance(message, kind)]

    def _listen(self) -> None:
        reader = worker_reader()
        while chunk := self._ours.recv(1 << 20):
            self.messages.extend(reader.feed(chunk))

    def _grant(self, request: BlobRequest) -> None:
        thread = threading.Thread(
            target=self.blobs.granted,
            args=(BlobGrant(request.token), memory_of(bytes(request.size))),
        )
        thread.start()


def make_spec(algorithm: str, **changes: Any) -> RunSpec:
    """Return a small run with every hyperparameter."""
    runner = "fake" if algorithm == "random" else "sb3"
    schema = find_runner(runner).load().describe()[algorithm]
    defaults = {k: v["default"] for k, v in schema["properties"].items() if "default" in v}
    given = SMALL.get(algorithm, {"env_id": "CartPole-v1", "hyperparameters": {}})
    return RunSpec.model_validate({
        "run_id": "0" * 12,
        "runner": runner,
        "algorithm": algorithm,
        "total_timesteps": 192,
        "seed": 3,
        "device": "cpu",
        "checkpoint_every_s": 1e6,
        **given,
        "hyperparameters": {**defaults, **given["hyperparameters"]},
        **changes,
    })


def train(spec: RunSpec, point: ResumePoint | None = None, files: Files | None = None) -> Ear:
    """Train and return everything that was said."""
    ear = Ear()
    try:
        TrainingService(spec, ear.outbox, ear.blobs, point, files or {}).run()
    finally:
        ear.close()
    return ear


def inline(checkpoint: Checkpoint) -> Files:
    """Return the small files of a checkpoint."""
    return {item.name: item.content for item in checkpoint.members if item.content is not None}


@pytest.mark.parametrize("algorithm", ["ppo", "dqn", "sac"])
def test_training_with_and_without_is_bit_identical(algorithm: str) -> None:
    """Weights, optimizers, generators and episodes at the end are the same, byte for byte."""
    plan = {"every_timesteps": 64, "num_episodes": 2}
    plain = train(make_spec(algorithm))
    evaluated = train(make_spec(algorithm, evaluation=plan))

    assert inline(plain.all_of(Checkpoint)[-1]) == inline(evaluated.all_of(Checkpoint)[-1])
    rows = [
        row.row.metrics["eval/episode_return"]
        for row in evaluated.all_of(Learner)
        if "eval/episode_return" in row.row.metrics
    ]
    assert len(rows) == 3


def test_every_evaluation_is_followed_by_its_checkpoint() -> None:
    """The checkpoint says what was found, and no row comes between them."""
    spec = make_spec(
        "random", total_timesteps=1000, evaluation={"every_timesteps": 250, "num_episodes": 4}
    )
    ear = train(spec)
    found = {
        message.row.timestep: message.row.metrics["eval/episode_return"]
        for message in ear.all_of(Learner)
        if "eval/episode_return" in message.row.metrics
    }
    saved = {item.timestep: item.evaluation_return for item in ear.all_of(Checkpoint)}

    assert list(found) == [300, 500, 800, 1000]
    assert saved == found
    texts = [item.message for item in ear.all_of(LogEvent)]
    assert sum("over 4 episodes" in text for text in texts) == 4


def test_a_resumed_run_evaluates_nothing_twice() -> None:
    """What was due before the checkpoint was done before it."""
    plan = {"every_timesteps": 250, "num_episodes": 2}
    spec = make_spec("random", total_timesteps=1000, evaluation=plan)
    saved = train(spec).all_of(Checkpoint)[1]
    point = ResumePoint(saved.timestep, saved.episodes, saved.gradient_steps, 0.0, [])
    again = train(spec, point, inline(saved))

    assert saved.timestep == 500
    assert sorted({item.timestep for item in again.all_of(Checkpoint)}) == [800, 1000]
    texts = [item.message for item in again.all_of(LogEvent)]
    assert sum("over 2 episodes" in text for text in texts) == 2


def test_training_ends_when_the_return_is_high_enough() -> None:
    """The run counts as completed, with a checkpoint of the policy that was good enough."""
    plan = {"every_timesteps": 100, "num_episodes": 2, "stop_at_return": 1.0}
    ear = train(make_spec("random", total_timesteps=100_000, evaluation=plan))
    last = ear.all_of(Checkpoint)[-1]

    assert last.timestep == 100
    assert last.ends_run
    assert last.evaluation_return is not None
    assert last.evaluation_return > 1.0
    assert any("training ends" in item.message for item in ear.all_of(LogEvent))


@pytest.mark.parametrize("algorithm", ["random", "ppo", "dqn"])
@pytest.mark.parametrize("is_counted", [True, False], ids=["episodes", "return"])
def test_a_run_that_died_right_after_its_early_end_does_not_train_on(
    algorithm: str, is_counted: bool
) -> None:
    """Going on from its last checkpoint, it says and saves nothing a second time."""
    plan = {"every_timesteps": 64, "num_episodes": 2, "stop_at_return": -1e9}
    ending = {"max_episodes": 1} if is_counted else {"evaluation": plan}
    spec = make_spec(algorithm, total_timesteps=100_000, **ending)
    *earlier, last = train(spec).all_of(Checkpoint)
    point = ResumePoint(
        last.timestep, last.episodes, last.gradient_steps, 0.0, [], ends_run=last.ends_run
    )
    again = train(spec, point, inline(last))

    assert (last.ends_run, [item.ends_run for item in earlier]) == (True, [False] * len(earlier))
    assert last.timestep < 100_000
    assert not again.all_of(Checkpoint)
    assert not again.all_of(Learner)


def test_generators_are_left_as_they_were() -> None:
    """Also when what happens inside fails."""

    def draw() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(1))  # noqa: NPY002, S311 - the generators that are kept

    def disturb() -> None:
        with kept_generators():
            seed_generators(9)
            draw()
            raise TrainingStopped

    seed_generators(5)
    expected = draw()
    seed_generators(5)
    with pytest.raises(TrainingStopped):
        disturb()
    assert draw() == expected


@pytest.mark.parametrize(
    ("since", "now", "is_due"),
    [(0, 99, False), (0, 100, True), (100, 199, False), (130, 200, True), (0, 0, False)],
)
def test_evaluations_are_due_at_multiples(since: int, now: int, is_due: bool) -> None:
    """At the first safe point at or after each multiple of the spacing."""
    spec = make_spec("random", evaluation={"every_timesteps": 100, "num_episodes": 1})
    assert PeriodicEvaluator(spec, since).is_due(now) is is_due
    assert PeriodicEvaluator(make_spec("random"), since).is_due(now) is False
