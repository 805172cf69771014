"""The conformance kit notices each way of not keeping the contract."""
# ruff: noqa: ARG002 - the signatures are the contract's

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from gymlab.domain.runs import RunSpec
from gymlab.runner_api import conformance
from gymlab.runner_api.conformance import ConformanceError, Subject
from gymlab.runner_api.runner import (
    Actor,
    BudgetSpent,
    CheckpointMembers,
    Members,
    RunContext,
    TrainingStopped,
)
from gymlab.runners.fake.runner import FakeRunner
from gymlab.worker.discovery import find_runner

FOLDER = find_runner("fake")
COUNTER = itertools.count(1)


class Open(FakeRunner):
    """Takes hyperparameters that nobody knows."""

    def describe(self) -> Mapping[str, dict[str, Any]]:
        """Return a schema that is open."""
        return {"random": {**super().describe()["random"], "additionalProperties": True}}


class Unexplained(FakeRunner):
    """Has a field without a word."""

    def describe(self) -> Mapping[str, dict[str, Any]]:
        """Return a schema with a bare field."""
        schema = super().describe()["random"]
        return {"random": {**schema, "properties": {**schema["properties"], "x": {"default": 1}}}}


class Agreeable(FakeRunner):
    """Refuses nothing."""

    def problems(self, spec: RunSpec) -> list[str]:
        """Find nothing."""
        return []


class Contrary(FakeRunner):
    """Refuses everything."""

    def problems(self, spec: RunSpec) -> list[str]:
        """Find something."""
        return ["No."]


class Intercepting(FakeRunner):
    """Trains with a context that is not quite the real one."""

    def train(self, context: RunContext) -> None:
        """Train with the changed context."""
        super().train(self.changed(context))

    def changed(self, context: Any) -> Any:
        """Return the context."""
        return context


class Forgetful(Intercepting):
    """Saves nothing."""

    def changed(self, context: Any) -> Any:
        """Lose every checkpoint."""
        context.save_checkpoint = lambda _members: None
        return context


class Nameless(Intercepting):
    """Saves a policy under another name."""

    def changed(self, context: Any) -> Any:
        """Rename the files."""
        save = context.save_checkpoint

        def renamed(members: CheckpointMembers) -> None:
            save(CheckpointMembers({f"x{name}": b"" for name in members.durable}, {}))

        context.save_checkpoint = renamed
        return context


class OwnNames(Intercepting):
    """Reports under its own names."""

    def changed(self, context: Any) -> Any:
        """Add a name."""
        learner = context.learner
        context.learner = lambda metrics, **rest: learner({**metrics, "my/loss": 1.0}, **rest)
        return context


class Lazy(FakeRunner):
    """Does half of its timesteps."""

    def train(self, context: RunContext) -> None:
        """Train on half of the budget."""
        spec = context.spec
        half = spec.model_copy(update={"total_timesteps": spec.total_timesteps // 2})
        context.spec = half  # type: ignore[misc]
        super().train(context)


class Moody(FakeRunner):
    """Never plays the same twice."""

    def train(self, context: RunContext) -> None:
        """Train with a seed of its own."""
        context.spec = context.spec.model_copy(update={"seed": next(COUNTER)})  # type: ignore[misc]
        super().train(context)


class Stubborn(FakeRunner):
    """Does not let a stop or a spent budget pass."""

    def train(self, context: RunContext) -> None:
        """Swallow the end."""
        try:
            super().train(context)
        except TrainingStopped:
            return


class Careless(FakeRunner):
    """Does not save when the budget of episodes is spent."""

    def train(self, context: RunContext) -> None:
        """Lose the last checkpoint."""
        record: Any = context
        try:
            super().train(context)
        except BudgetSpent:
            record.record.checkpoints.clear()
            raise


class BadActor:
    """Acts by a rule of its own."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self._action = action

    def reset(self) -> None:
        """Forget nothing."""

    def act(self, observation: Any, *, deterministic: bool) -> Any:
        """Return what the rule says."""
        return self._action()


class Clumsy(FakeRunner):
    """Acts outside its space."""

    def load_actor(self, spec: RunSpec, members: Members) -> Actor:
        """Return an actor with an impossible action."""
        return BadActor(lambda: 17)


class Fickle(FakeRunner):
    """Acts otherwise each time."""

    def load_actor(self, spec: RunSpec, members: Members) -> Actor:
        """Return an actor with a rhythm of its own."""
        start = next(COUNTER)
        rhythm = itertools.count(start)
        return BadActor(lambda: next(rhythm) // 2 % 2)


class Aloof(FakeRunner):
    """Begins anew whatever it is given."""

    def train(self, context: RunContext) -> None:
        """Train without the policy."""
        changed: Any = context
        changed.initial_policy = None
        super().train(context)


class Amnesiac(FakeRunner):
    """Begins again when it should continue."""

    def train(self, context: RunContext) -> None:
        """Forget the checkpoint."""
        changed: Any = context
        changed.resume = None
        changed.counters.timestep = 0
        super().train(context)
        changed.counters.timestep = 0


CASES = [
    (Open, conformance.check_description),
    (Unexplained, conformance.check_description),
    (Agreeable, conformance.check_refuses_wrong_space),
    (Contrary, conformance.check_refuses_wrong_space),
    (Forgetful, conformance.check_trains),
    (Nameless, conformance.check_trains),
    (Lazy, conformance.check_trains),
    (OwnNames, conformance.check_house_metrics),
    (Moody, conformance.check_is_deterministic),
    (Stubborn, conformance.check_stops),
    (Stubborn, conformance.check_ends_with_last_episode),
    (Careless, conformance.check_ends_with_last_episode),
    (Clumsy, conformance.check_acts),
    (Fickle, conformance.check_acts),
    (Amnesiac, conformance.check_resumes),
    (Aloof, conformance.check_warm_starts),
]


def subject(runner: FakeRunner) -> Subject:
    """Return the fake runner's algorithm with another runner behind it."""
    (algorithm,) = FOLDER.manifest.algorithms
    return Subject(runner, FOLDER.manifest, algorithm, FOLDER.presets()["random"])


@pytest.mark.parametrize(
    ("kind", "check"), CASES, ids=[f"{kind.__name__}-{check.__name__}" for kind, check in CASES]
)
def test_a_broken_promise_is_noticed(
    kind: type[FakeRunner], check: Callable[[Subject], None]
) -> None:
    """The runner that keeps the promise passes, the one that does not fails."""
    check(subject(FakeRunner()))
    with pytest.raises(ConformanceError):
        check(subject(kind()))


def test_a_preset_outside_the_schema_is_noticed() -> None:
    """A tuned value that the form would refuse."""
    good = subject(FakeRunner())
    bad = [good.presets[0].model_copy(update={"hyperparameters": {"num_envs": 0}})]
    with pytest.raises(ConformanceError, match="preset"):
        conformance.check_description(replace(good, presets=bad))
