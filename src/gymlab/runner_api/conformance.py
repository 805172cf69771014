"""What every runner must do, as checks that a runner's own tests can call as well.

Each check raises `ConformanceError` with a sentence that says what is wrong.
"""

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import jsonschema

from gymlab.domain.metrics import METRICS
from gymlab.domain.runners import AlgorithmManifest, Preset, RunnerManifest
from gymlab.domain.runs import WARM_START_CAPABILITY, RunSpec
from gymlab.envs.making import make_env
from gymlab.errors import LabError
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runner_api.runner import BudgetSpent, Resume, Runner, TrainingStopped
from gymlab.runner_api.tracking import RunCounters
from gymlab.runner_api.unfitting import unfitting_environment

BUDGET = 256
"""Timesteps of a rehearsed run."""
STOP_WITHIN_S = 5.0
MAX_EPISODES = 3
POLICY_FILE = "policy.safetensors"
_NUM_ACTIONS = 25
_CANDIDATES = ("CartPole-v1", "Pendulum-v1")
"""Quick environments with different action spaces; every algorithm supports one of them."""


class ConformanceError(Exception):
    """A runner does not do what every runner must do."""


@dataclass(frozen=True)
class Subject:
    """One algorithm of one runner under test."""

    runner: Runner
    manifest: RunnerManifest
    algorithm: AlgorithmManifest
    presets: list[Preset]

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the hyperparameters."""
        return self.runner.describe()[self.algorithm.id]

    def spec(self, env_id: str, **changes: Any) -> RunSpec:
        """Return a small run with default hyperparameters."""
        properties: dict[str, dict[str, Any]] = self.schema.get("properties", {})
        defaults = {
            name: field["default"] for name, field in properties.items() if "default" in field
        }
        values: dict[str, Any] = {
            "run_id": "0" * 12,
            "env_id": env_id,
            "runner": self.manifest.id,
            "algorithm": self.algorithm.id,
            "hyperparameters": defaults,
            "total_timesteps": BUDGET,
            "seed": 7,
            "device": "cpu",
        }
        return RunSpec.model_validate({**values, **changes})

    @cached_property
    def fitting_env(self) -> str:
        """The environment whose spaces the algorithm says it supports."""
        for env_id in _CANDIDATES:
            if self.supports(env_id):
                return env_id
        raise ConformanceError(f"none of {_CANDIDATES} fits what runner.toml says")

    @cached_property
    def rehearsed(self) -> RehearsalContext:
        """A small run, done once."""
        return _rehearse(self, self.spec(self.fitting_env))

    def supports(self, env_id: str) -> bool:
        """Tell whether the manifest says that the algorithm fits an environment's spaces."""
        env = make_env(env_id)
        action, observation = type(env.action_space), type(env.observation_space)
        env.close()
        return (
            action.__name__ in self.algorithm.action_spaces
            and observation.__name__ in self.algorithm.observation_spaces
        )


def check_description(subject: Subject) -> None:
    """The form can be drawn: a closed schema, explained fields with defaults, valid presets."""
    schema = subject.schema
    jsonschema.Draft202012Validator.check_schema(schema)
    _require(schema.get("additionalProperties") is False, "the schema is open to unknown names")
    fields: dict[str, dict[str, Any]] = schema.get("properties", {})
    for name, declared in fields.items():
        _require(bool(declared.get("description")), f"{name} is not explained")
        _require("default" in declared, f"{name} has no default")
    validator: Any = jsonschema.Draft202012Validator(schema)
    for preset in subject.presets:
        problems = [error.message for error in validator.iter_errors(preset.hyperparameters)]
        _require(not problems, f"preset {preset.id} for {preset.env_id}: {problems}")
    unknown = set(subject.algorithm.live_hyperparameters) - fields.keys()
    _require(not unknown, f"live_hyperparameters that do not exist: {sorted(unknown)}")
    loss = subject.algorithm.main_loss
    _require(loss is None or loss in METRICS, f"main_loss {loss!r} is no house metric")


def check_refuses_wrong_space(subject: Subject) -> None:
    """A space it cannot handle is refused with a reason, one it can handle is not."""
    right = subject.fitting_env
    _require(not subject.runner.problems(subject.spec(right)), f"{right} is refused")
    with unfitting_environment() as nested:
        for env_id in (nested, *_CANDIDATES):
            if not subject.supports(env_id):
                reasons = subject.runner.problems(subject.spec(env_id))
                _require(any(reason.strip() for reason in reasons), f"{env_id} is not refused")


def check_trains(subject: Subject) -> None:
    """It does its timesteps, says what it does, and ends with a checkpoint."""
    context = subject.rehearsed
    record = context.record
    _require(record.num_initialized == 1, "initialized() must be called once")
    _require(record.num_started == 1, "started() must be called once")
    _require(context.counters.timestep >= BUDGET, f"only {context.counters.timestep} timesteps")
    _require(bool(record.checkpoints), "there is no checkpoint at the end")
    last = record.checkpoints[-1]
    _require(POLICY_FILE in last.members.durable, f"the checkpoint has no {POLICY_FILE}")
    _require(last.timestep == context.counters.timestep, "the last checkpoint is not the end")
    _require(bool(record.evaluations), "evaluate() is not called when an evaluation is due")
    steps = record.gradient_steps
    _require(steps == sorted(steps), "gradient steps run backwards")


def check_house_metrics(subject: Subject) -> None:
    """Every metric has a house name."""
    record = subject.rehearsed.record
    unknown = {name for row in record.metrics for name in row} - set(METRICS)
    _require(not unknown, f"these are no house names: {sorted(unknown)}")


def check_is_deterministic(subject: Subject) -> None:
    """The same specification and seed twice gives the same episodes."""
    first = subject.rehearsed.record.episodes
    second = _rehearse(subject, subject.spec(subject.fitting_env)).record.episodes
    _require(bool(first), f"no episode ended in {BUDGET} timesteps")
    _require(first == second, "the same seed gave other episodes")


def check_stops(subject: Subject) -> None:
    """A stop unwinds the training thread within five seconds."""

    def should_stop(counters: RunCounters) -> bool:
        return counters.timestep >= BUDGET // 4

    spec = subject.spec(subject.fitting_env, total_timesteps=10_000_000)
    context = RehearsalContext(spec, should_stop=should_stop)
    try:
        subject.runner.train(context)
    except TrainingStopped:
        asked_at = context.record.stop_asked_at
        _require(asked_at is not None, "TrainingStopped was raised by nobody")
        took_s = time.monotonic() - (asked_at or 0.0)
        _require(took_s < STOP_WITHIN_S, f"stopping took {took_s:.1f} s")
        return
    raise ConformanceError("the stop was swallowed")


def check_ends_with_last_episode(subject: Subject) -> None:
    """A budget of episodes ends the run with a checkpoint."""
    spec = subject.spec(subject.fitting_env, total_timesteps=10_000_000, max_episodes=MAX_EPISODES)
    context = RehearsalContext(spec)
    try:
        subject.runner.train(context)
    except BudgetSpent:
        _require(context.counters.episodes >= MAX_EPISODES, "the run ended too early")
        _require(bool(context.record.checkpoints), "there is no checkpoint at the end")
        if "resume_exact" in subject.manifest.capabilities:
            end = replace(context.record.checkpoints[-1].resume(), is_over=True)
            _check_resumes_at_the_end(subject, spec, end)
        return
    raise ConformanceError("the spent budget was swallowed")


def check_acts(subject: Subject) -> None:
    """Checkpoint and showcase policy can be loaded, and act greedily the same way twice."""
    context = subject.rehearsed
    first = _greedy_actions(subject, context.record.checkpoints[-1].resume())
    second = _greedy_actions(subject, context.record.checkpoints[-1].resume())
    _require(first == second, "the same policy acts differently")
    for policy in (*context.record.policies, *context.record.evaluations):
        _greedy_actions(subject, Resume(0, 0, 0, 0.0, policy))


def check_resumes(subject: Subject) -> None:
    """A run continues from a checkpoint where it was and ends at its budget."""
    saved = subject.rehearsed.record.checkpoints[-1]
    total = saved.timestep + BUDGET
    spec = subject.spec(subject.fitting_env, total_timesteps=total)
    context = _rehearse(subject, spec, saved.resume())
    done = context.counters.timestep
    _require(done >= total, f"it ended at timestep {done} of {total}")
    last = context.record.checkpoints[-1]
    _require(last.gradient_steps >= saved.gradient_steps, "gradient steps began again from nothing")
    if "resume_exact" in subject.manifest.capabilities:
        _check_resumes_at_the_end(subject, subject.spec(subject.fitting_env), saved.resume())


def _check_resumes_at_the_end(subject: Subject, spec: RunSpec, end: Resume) -> None:
    """Require that a run that died right after its last checkpoint says nothing twice."""
    record = _rehearse(subject, spec, end).record
    said = [*record.episodes, *record.metrics]
    _require(not said, f"resumed at its end, a run says again: {said[:1]}")
    _require(not record.checkpoints, "resumed at its end, a run saves once more")


def check_warm_starts(subject: Subject) -> None:
    """A runner that says so begins a new run with another's policy, and refuses one that is none."""
    if WARM_START_CAPABILITY not in subject.manifest.capabilities:
        return
    spec = subject.spec(subject.fitting_env)
    policy = subject.rehearsed.record.checkpoints[-1].members.durable
    context = RehearsalContext(spec, initial_policy=policy)
    subject.runner.train(context)
    done = context.counters.timestep
    _require(done >= BUDGET, f"it ended at timestep {done} of {BUDGET}")
    garbage = RehearsalContext(spec, initial_policy={POLICY_FILE: b"no policy"})
    try:
        subject.runner.train(garbage)
    except LabError:
        return
    raise ConformanceError("the policy to begin with is not looked at")


def _rehearse(subject: Subject, spec: RunSpec, resume: Resume | None = None) -> RehearsalContext:
    context = RehearsalContext(spec, resume=resume)
    subject.runner.train(context)
    return context


def _greedy_actions(subject: Subject, point: Resume) -> list[Any]:
    spec = subject.spec(subject.fitting_env)
    env = subject.runner.make_env(spec, render_mode=None)
    actor = subject.runner.load_actor(spec, point.members)
    actor.reset()
    observation, _ = env.reset(seed=11)
    actions: list[Any] = []
    for _ in range(_NUM_ACTIONS):
        action = actor.act(observation, deterministic=True)
        _require(bool(env.action_space.contains(action)), f"{action!r} is no action")
        observation, _, terminated, truncated, _ = env.step(action)
        actions.append(action.tolist() if hasattr(action, "tolist") else action)
        if terminated or truncated:
            observation, _ = env.reset()
            actor.reset()
    env.close()
    return actions


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - the sentence follows the condition
    if not holds:
        raise ConformanceError(otherwise)
