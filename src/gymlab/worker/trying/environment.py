"""Checks of a user's environment: whatever is wrong becomes a line with a fix."""

import time
import warnings
from collections.abc import Mapping
from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env

from gymlab.domain.code import SourceCode
from gymlab.envs.custom.finding import environment_class, line_of_method
from gymlab.envs.custom.making import make_custom_env, says_it_draws, takes_render_mode
from gymlab.envs.space_info import describe_space
from gymlab.envs.usercode.guard import guarded
from gymlab.errors import UnavailableError, UserCodeError
from gymlab.protocol.usercode import Place
from gymlab.worker.pictures import NoPictureError
from gymlab.worker.trying.check_env_words import in_words
from gymlab.worker.trying.findings import Findings
from gymlab.worker.trying.frames import FrameStrip
from gymlab.worker.trying.smoke import smoke_run

NUM_COMPARED = 100
"""Timesteps in which two episodes of the same seed are compared."""
MAX_DRAWN = 120
SLOW_FRAME_S = 0.1
AnyEnv = gymnasium.Env[Any, Any]


def try_environment(code: SourceCode, kwargs: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Make every check that the ones before allow.

    Returns:
        An `EnvironmentTrial` without what was printed.
    """
    findings = Findings()
    strip = FrameStrip()
    trial = _Trial(code, kwargs, seed, findings)
    if trial.can_be_made() and trial.can_begin():
        trial.follows_gymnasium()
        with findings.failing("smoke_run"):
            smoke_run(trial.make(), code, seed, findings)
        with findings.failing("determinism"):
            trial.repeats()
        with findings.failing("rendering"):
            trial.draws(strip)
    return {
        "kind": "environment",
        "findings": findings.as_json(),
        "frames": strip.frames,
        "printed": "",
    }


class _Trial:
    def __init__(
        self, code: SourceCode, kwargs: Mapping[str, Any], seed: int, findings: Findings
    ) -> None:
        self._code, self._kwargs, self._seed, self._findings = code, kwargs, seed, findings

    def make(self, render_mode: Any = None) -> AnyEnv:
        return make_custom_env(self._code, self._kwargs, render_mode=render_mode)

    def can_be_made(self) -> bool:
        with self._findings.failing("import"):
            cls = environment_class(self._code)
            self._findings.add("import", "ok", f"The class is {cls.__name__}.")
        if self._findings.worst("import") == "error":
            return False
        with self._findings.failing("constructor"):
            env = self.make()
            observed = describe_space(env.observation_space).text
            acted = describe_space(env.action_space).text
            message = f"It is made; observations {observed}, actions {acted}."
            self._findings.add("constructor", "ok", message)
            self._check_spaces(env)
            env.close()
        return self._findings.worst("constructor") != "error"

    def _check_spaces(self, env: AnyEnv) -> None:
        space: Any = env.observation_space
        if not isinstance(space, spaces.Box):
            return
        box = cast("spaces.Box", space)
        line = line_of_method(self._code, type(env.unwrapped), "__init__")
        if bool((box.low == box.high).any()):
            message = "Some observations have the same lower and upper bound, so they say nothing."
            hint = "Leave them out, or correct the bounds of `observation_space`."
            self._findings.add("spaces", "warning", message, hint, line)
        elif box.dtype == np.float64:
            message = "Observations are float64, which networks do not use."
            hint = "Use `np.float32` in the space and in what is returned."
            self._findings.add("spaces", "warning", message, hint, line)
        else:
            self._findings.add("spaces", "ok", "The spaces are usable.")

    def can_begin(self) -> bool:
        with self._findings.failing("reset"):
            env = self.make()
            env.reset(seed=self._seed)
            self._findings.add("reset", "ok", "reset returns an observation and an info.")
            with self._findings.failing("step"):
                env.step(sampled(env, self._seed))
                self._findings.add("step", "ok", "step returns its 5 values.")
            env.close()
        both = (self._findings.worst("reset"), self._findings.worst("step"))
        return "error" not in both

    def follows_gymnasium(self) -> None:
        """Let Gymnasium's own checker look at the environment, and say what it finds in words."""
        env = self.make().unwrapped
        heard: list[str] = []

        def check() -> None:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                check_env(env, skip_render_check=True)
            heard.extend(str(item.message) for item in caught)

        try:
            guarded(check, Place.STEP)()
        except UserCodeError as error:
            status, message, hint = in_words(error.detail)
            self._findings.add("check_env", "error", message, hint or error.hint, error.line)
            return
        found = [in_words(text) for text in dict.fromkeys(heard)]
        told = [item for item in found if item[0] != "ok"]
        for status, message, hint in told:
            self._findings.add("check_env", status, message, hint)
        if not told:
            self._findings.add("check_env", "ok", "Gymnasium's own checker has no objection.")

    def repeats(self) -> None:
        """Compare two episodes of the same seed and the same actions."""
        first, second = self.make(), self.make()
        actions = [sampled(first, self._seed + idx) for idx in range(NUM_COMPARED)]
        difference = _difference(first, second, actions, self._seed)
        if difference is not None:
            where, what = difference
            line = line_of_method(self._code, type(first.unwrapped), where)
            self._findings.add(
                "determinism", "error",
                f"Two episodes with the same seed and actions differ: {what}.",
                "Call `super().reset(seed=seed)` and draw from `self.np_random` alone; give "
                "everything that an episode changes its first value in `reset`.",
                line,
            )  # fmt: skip
            return
        text = f"The same seed gives the same episode, compared over {NUM_COMPARED} timesteps."
        self._findings.add("determinism", "ok", text)
        first.close()
        second.close()

    def draws(self, strip: FrameStrip) -> None:
        """Draw one episode."""
        cls = environment_class(self._code)
        if not says_it_draws(cls) or not takes_render_mode(cls):
            try:
                self.make("rgb_array")
            except UnavailableError as error:
                text = f"{error.detail} It trains, but cannot be watched."
                line = line_of_method(self._code, cls, "__init__")
                self._findings.add("rendering", "warning", text, error.hint, line)
            return
        env = self.make("rgb_array")
        line = line_of_method(self._code, cls, "render")
        actions = self._random_actions(env)
        began = time.monotonic()
        try:
            strip.film(env, self._seed, actions)
        except NoPictureError as error:
            hint = "Return `np.zeros((height, width, 3), np.uint8)` with something drawn into it."
            self._findings.add("rendering", "error", str(error), hint, line)
            return
        seconds = (time.monotonic() - began) / max(1, len(strip.frames))
        if seconds > SLOW_FRAME_S:
            text = f"Drawing takes {seconds * 1000:.0f} ms a picture, so watching is jerky."
            hint = "Draw into a NumPy array, smaller or with fewer loops."
            self._findings.add("rendering", "warning", text, hint, line)
        else:
            self._findings.add("rendering", "ok", f"It draws, {seconds * 1000:.1f} ms a picture.")
        env.close()

    def _random_actions(self, env: AnyEnv) -> list[Any]:
        """Play an episode at random and return what was done."""
        actions: list[Any] = []
        env.reset(seed=self._seed)
        while len(actions) < MAX_DRAWN:
            actions.append(sampled(env, self._seed + len(actions)))
            *_, terminated, truncated, _ = env.step(actions[-1])
            if terminated or truncated:
                break
        return actions


def sampled(env: AnyEnv, seed: int) -> Any:
    """Return a random action that follows from a seed alone."""
    env.action_space.seed(seed)
    return env.action_space.sample()


def _difference(
    first: AnyEnv, second: AnyEnv, actions: list[Any], seed: int
) -> tuple[str, str] | None:
    """Return the method and what of it differs between two episodes; None when they are equal."""
    one, two = first.reset(seed=seed), second.reset(seed=seed)
    if not same(one[0], two[0]):
        return "reset", "already the first observation"
    for timestep, action in enumerate(actions, start=1):
        a, b = first.step(action), second.step(action)
        names = ("the observation", "the reward", "terminated", "truncated")
        for name, left, right in zip(names, a, b, strict=False):
            if not same(left, right):
                return "step", f"{name} after timestep {timestep}"
        if a[2] or a[3]:
            first.reset()
            second.reset()
    # One environment that is used again must begin as a new one does.
    again, fresh = first.reset(seed=seed), one
    if not same(again[0], fresh[0]):
        return "reset", "an environment that was played begins otherwise than a new one"
    return None


def same(left: Any, right: Any) -> bool:
    """Tell whether two observations or numbers are equal, NaN included."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        one, two = cast("Mapping[Any, Any]", left), cast("Mapping[Any, Any]", right)
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(left, tuple) and isinstance(right, tuple):
        parts, others = cast("tuple[Any, ...]", left), cast("tuple[Any, ...]", right)
        return len(parts) == len(others) and all(map(same, parts, others))
    try:
        return bool(np.array_equal(cast("Any", left), right, equal_nan=True))
    except TypeError:
        return bool(left == right)
