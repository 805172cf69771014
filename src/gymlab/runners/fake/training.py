"""The fake runner's loop: random actions, made-up metrics, deliberate failures."""

import json
import time
from typing import Any

import gymnasium
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from gymlab.domain.events import EventType
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import BudgetSpent, CheckpointMembers, Members, RunContext
from gymlab.runners.fake.config import RandomConfig
from gymlab.runners.fake.crashes import crash

_NAP_S = 0.01
"""Longest sleep between two gates, so that pause and stop take effect at once."""

Env = gymnasium.Env[Any, Any]


class RandomTraining:
    """One run of the fake runner."""

    def __init__(self, context: RunContext, config: RandomConfig) -> None:
        """Make and seed the environments."""
        self._context = context
        self._config = config
        self._seed = context.spec.seed
        self._speed = config.timesteps_per_second
        self._envs: list[Env] = [
            context.make_env(index, seed=self._seed + index) for index in range(config.num_envs)
        ]
        self._lengths = [0] * config.num_envs
        self._printed = 0
        resume = context.resume
        self._timestep = resume.timestep if resume else 0
        self._updates = resume.gradient_steps if resume else 0
        for index, env in enumerate(self._envs):
            env.action_space.seed(self._seed + index)
        self._weights = np.full(config.num_units, self._seed, dtype=np.int64)
        if resume:
            self._restore(resume.members)
        elif context.initial_policy is not None:
            self._take_over(context.initial_policy)

    def run(self) -> None:
        """Play until the budget is spent."""
        context = self._context
        self._sleep(self._config.setup_s)
        for index, env in enumerate(self._envs):
            # A resumed run plays new episodes, not the first ones again.
            env.reset(seed=self._seed + index + self._timestep)
        context.initialized(num_envs=len(self._envs), message="Random actions, nothing is learnt.")
        context.started()
        if context.resume is not None and context.resume.is_over:
            return
        context.phase(Phase.ROLLOUT)
        try:
            self._loop()
            self._evaluate_if_due()
        except BudgetSpent:
            context.save_checkpoint(self._members())
            raise
        context.save_checkpoint(self._members())

    def close(self) -> None:
        """Close the environments."""
        for env in self._envs:
            env.close()

    def _loop(self) -> None:
        config = self._config
        first, begun, speed = self._timestep, time.monotonic(), self._speed
        next_update = self._timestep + config.learner_every
        while self._timestep < self._context.spec.total_timesteps:
            self._step()
            if speed != self._speed:
                first, begun, speed = self._timestep, time.monotonic(), self._speed
            if speed:
                self._sleep(begun + (self._timestep - first) / speed - time.monotonic())
            if self._timestep >= next_update:
                next_update += config.learner_every
                self._update()
            self._print(time.monotonic() - begun)

    def _step(self) -> None:
        for index, env in enumerate(self._envs):
            _, _, terminated, truncated, _ = env.step(env.action_space.sample())
            self._timestep += 1
            self._lengths[index] += 1
            if terminated or truncated or self._lengths[index] == self._config.episode_length:
                env.reset()
                self._lengths[index] = 0
        crash_at = self._config.crash_at
        if crash_at is not None and self._timestep >= crash_at:
            crash(self._config.crash_kind, self._timestep)
        self._context.after_timesteps()

    def _update(self) -> None:
        context, config = self._context, self._config
        context.phase(Phase.UPDATE)
        context.gate()
        self._sleep(config.update_s)
        self._updates += 1
        is_nan = config.nan_at is not None and self._timestep >= config.nan_at
        loss = float("nan") if is_nan else 1 / (1 + self._updates)
        context.learner(
            {"loss/policy": loss, "policy/entropy": 1.0},
            gradient_steps=self._updates,
            native={"fake/loss": loss},
        )
        self._evaluate_if_due()
        if self._take_changes() or context.checkpoint_due():
            context.phase(Phase.SAVING)
            context.save_checkpoint(self._members())
        if context.policy_wanted():
            context.send_policy({"policy.safetensors": self._policy()})
        context.phase(Phase.ROLLOUT)

    def _evaluate_if_due(self) -> None:
        if self._context.evaluation_due():
            self._context.evaluate({"policy.safetensors": self._policy()})

    def _take_changes(self) -> bool:
        asked = self._context.take_changes()
        if "timesteps_per_second" not in asked:
            return False
        old, self._speed = self._speed, float(asked["timesteps_per_second"])
        data = {
            "name": "timesteps_per_second",
            "old": old,
            "new": self._speed,
            "timestep": self._timestep,
        }
        text = f"timesteps_per_second changed from {old} to {self._speed}"
        self._context.event(EventType.HYPERPARAMETER_CHANGED, text, data=data)
        return True

    def _sleep(self, duration_s: float) -> None:
        end = time.monotonic() + duration_s
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _NAP_S))
            self._context.gate()

    def _print(self, elapsed_s: float) -> None:
        while self._printed < elapsed_s * self._config.print_per_second:
            self._printed += 1
            print(f"fake runner at timestep {self._timestep}, line {self._printed}", flush=True)  # noqa: T201 - printing is what is asked for

    def _policy(self) -> bytes:
        return save_tensors({"seed": self._weights})

    def _members(self) -> CheckpointMembers:
        states = [env.action_space.np_random.bit_generator.state for env in self._envs]
        durable: dict[str, bytes] = {
            "policy.safetensors": self._policy(),
            "state.json": json.dumps({"action_generators": states}).encode(),
        }
        transient: dict[str, bytes] = {}
        if self._config.checkpoint_bytes:
            durable["filler.bin"] = _filler(self._config.checkpoint_bytes, self._timestep)
        if self._config.transient_bytes:
            transient["buffer.bin"] = _filler(self._config.transient_bytes, self._timestep)
        return CheckpointMembers(durable=durable, transient=transient)

    def _take_over(self, members: Members) -> None:
        try:
            weights = load_tensors(bytes(members["policy.safetensors"]))["seed"]
        except (SafetensorError, KeyError) as error:
            raise TrainingFailedError(f"The checkpoint holds no policy: {error}") from error
        if weights.shape != self._weights.shape:
            raise TrainingFailedError(
                "The checkpoint holds a network of another shape: "
                f"{weights.shape} instead of {self._weights.shape}."
            )
        self._weights = weights

    def _restore(self, members: Members) -> None:
        self._take_over(members)
        states = json.loads(bytes(members["state.json"]))["action_generators"]
        for env, state in zip(self._envs, states, strict=True):
            env.action_space.np_random.bit_generator.state = state


def _filler(size: int, seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(size)
