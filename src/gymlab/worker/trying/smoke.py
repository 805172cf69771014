"""A thousand random timesteps of a user's environment, and what is strange about them."""

import math
import time
from collections.abc import Iterator
from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium import spaces

from gymlab.domain.code import SourceCode
from gymlab.envs.custom.finding import line_of_method
from gymlab.envs.space_info import parts_of
from gymlab.envs.usercode.marker import MARKER
from gymlab.worker.trying.findings import Findings

NUM_TIMESTEPS = 1000
BUDGET_S = 4.0
SLOW_PER_S = 500.0
HUGE_REWARD = 1e6
AnyEnv = gymnasium.Env[Any, Any]


def smoke_run(env: AnyEnv, code: SourceCode, seed: int, findings: Findings) -> None:
    """Play at random and note what a learner would stumble over."""
    run = _Run(env, seed)
    run.play()
    cls = type(env.unwrapped)
    in_step = line_of_method(code, cls, "step")
    if run.outside is not None:
        what, method = run.outside
        findings.add(
            "observations", "warning", f"Observations leave their space: {what}.",
            "Widen `low` and `high` of `observation_space`, or clip the observation.",
            line_of_method(code, cls, method),
        )  # fmt: skip
    else:
        findings.add("observations", "ok", "Every observation is in its space.")
    _judge_episodes(run, findings, in_step)
    _judge_rewards(run, findings, in_step)
    speed = run.timesteps / max(run.seconds, 1e-9)
    if run.timesteps < NUM_TIMESTEPS:
        text = f"Only {run.timesteps:,} timesteps in {run.seconds:.0f} s."
        hint = "Training takes hundreds of thousands: look for loops that NumPy can do."
        findings.add("smoke_run", "warning", text, hint, in_step)
    elif speed < SLOW_PER_S:
        text = f"It makes {speed:,.0f} timesteps a second, which is slow."
        hint = "Look for loops that NumPy can do, and for drawing outside of `render`."
        findings.add("smoke_run", "warning", text, hint, in_step)
    else:
        text = f"{run.timesteps:,} random timesteps ran, {speed:,.0f} a second."
        findings.add("smoke_run", "ok", text)
    env.close()


class _Run:
    def __init__(self, env: AnyEnv, seed: int) -> None:
        self._env, self._seed = env, seed
        self.timesteps = 0
        self.seconds = 0.0
        self.lengths: list[int] = []
        self.cut_off = 0
        self.rewards: list[float] = []
        self.outside: tuple[str, str] | None = None
        """What left its space, and the method that returned it."""

    def play(self) -> None:
        env = self._env
        env.action_space.seed(self._seed)
        began = time.monotonic()
        observation, _ = env.reset(seed=self._seed)
        self._look(observation, "reset")
        length = 0
        while self.timesteps < NUM_TIMESTEPS and time.monotonic() - began < BUDGET_S:
            MARKER.at(self.timesteps)
            found = env.step(env.action_space.sample())
            observation, reward, terminated, truncated, _ = found
            self.timesteps += 1
            length += 1
            self.rewards.append(float(reward))
            self._look(observation, "step")
            if terminated or truncated:
                self.lengths.append(length)
                self.cut_off += bool(truncated and not terminated)
                length = 0
                observation, _ = env.reset()
                self._look(observation, "reset")
        self.seconds = time.monotonic() - began

    def _look(self, observation: Any, method: str) -> None:
        if self.outside is None and not self._env.observation_space.contains(observation):
            what = next(_outside(self._env.observation_space, observation, "the observation"), None)
            if what is not None:
                self.outside = what, method


def _outside(space: spaces.Space[Any], value: Any, name: str) -> Iterator[str]:
    if isinstance(space, spaces.Dict):
        for key, part in parts_of(space).items():
            yield from _outside(part, value[key], f"{name}[{key!r}]")
    elif isinstance(space, spaces.Box):
        box, array = cast("spaces.Box", space), np.asarray(value)
        if not np.can_cast(array.dtype, box.dtype):
            yield f"{name} is {array.dtype}, its space is {box.dtype}"
        wrong = np.argwhere((array < box.low) | (array > box.high))
        if len(wrong):
            place = tuple(int(idx) for idx in wrong[0])
            shown = ", ".join(map(str, place))
            low, high = box.low[place], box.high[place]
            yield f"{name}[{shown}] was {array[place]:.4g}, allowed is {low:.4g} to {high:.4g}"
    elif not space.contains(value):
        yield f"{name} is not in {space}"


def _judge_episodes(run: _Run, findings: Findings, line: str | None) -> None:
    count = len(run.lengths)
    if count == 0:
        text = f"No episode ended in {run.timesteps:,} timesteps."
        hint = "Let `step` return `terminated` or `truncated`; a limit ends it only after long."
        findings.add("episodes", "warning", text, hint, line)
    elif max(run.lengths) == 1:
        text = "Every episode ends after its first timestep, so there is nothing to plan."
        hint = "Look at what makes `terminated` or `truncated` true."
        findings.add("episodes", "error", text, hint, line)
    else:
        mean = math.fsum(run.lengths) / count
        text = f"{count} episodes ended, {mean:.0f} timesteps long on average"
        cut = f", {run.cut_off} of them cut off" if run.cut_off else ""
        findings.add("episodes", "ok", f"{text}{cut}.")


def _judge_rewards(run: _Run, findings: Findings, line: str | None) -> None:
    if not run.rewards:
        return
    low, high = min(run.rewards), max(run.rewards)
    if max(abs(low), abs(high)) > HUGE_REWARD:
        text = f"Rewards reach from {low:.3g} to {high:.3g}, too far for most algorithms."
        findings.add("rewards", "warning", text, "Scale them to about -10 to 10.", line)
    elif low == high:
        text = f"Every reward was {low:g}: random actions never find a difference."
        hint = "It may still be right where only the goal pays; shaping helps to find it."
        findings.add("rewards", "warning" if low == 0 else "ok", text, hint if low == 0 else None)
    else:
        findings.add("rewards", "ok", f"Rewards reach from {low:.3g} to {high:.3g}.")
