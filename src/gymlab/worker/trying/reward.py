"""A reward in three random episodes: every number of it, pictures, and what it looks like."""

import contextlib
import time
from dataclasses import dataclass, field
from typing import Any

from gymlab.domain.code import SourceCode
from gymlab.envs.rewarding.function import RewardFunction, Transition
from gymlab.envs.rewarding.shaping import copied
from gymlab.envs.usercode.marker import MARKER
from gymlab.errors import UserCodeError, UserCodeTimeoutError
from gymlab.protocol.worker import StartTrial
from gymlab.worker.pictures import NoPictureError
from gymlab.worker.trying.batching import batched_form
from gymlab.worker.trying.findings import place_of, without_place
from gymlab.worker.trying.frames import FrameStrip
from gymlab.worker.trying.playing import AnyEnv, drawing_env, seed_of, trial_env
from gymlab.worker.trying.potential import potential_check

MAX_TIMESTEPS = 1000
"""Longest episode of a trial."""
BUDGET_S = 1.0
"""Playing time of all episodes together; the one under way is then cut off."""
MAX_TRANSITIONS = 3000
"""Transitions that are kept for what is found out afterwards."""
_NOT_FINITE = ("returned NaN", "returned infinity")


@dataclass(slots=True)
class _Episode:
    seed: int
    rewards: list[float | None] = field(default_factory=list[float | None])
    own_rewards: list[float | None] = field(default_factory=list[float | None])
    terms: dict[str, list[float | None]] = field(default_factory=dict[str, list[float | None]])
    actions: list[Any] = field(default_factory=list[Any])
    strip: FrameStrip = field(default_factory=FrameStrip)
    terminated: bool = False
    truncated: bool = False

    def add(self, total: float | None, terms: dict[str, float] | None, own: float) -> None:
        done = len(self.rewards)
        self.rewards.append(total)
        self.own_rewards.append(own)
        for name in terms or ():
            self.terms.setdefault(name, [None] * done)
        for name, values in self.terms.items():
            values.append((terms or {}).get(name))

    def as_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "rewards": self.rewards,
            "own_rewards": self.own_rewards,
            "terms": self.terms,
            "frames": self.strip.frames,
            "frame_timesteps": self.strip.timesteps,
            "length": len(self.rewards),
            "terminated": self.terminated,
            "truncated": self.truncated,
        }


def try_reward(code: SourceCode, message: StartTrial) -> dict[str, Any]:
    """Play episodes with random actions and compute the reward of every timestep.

    Returns:
        A `RewardTrial` without what was printed.

    Raises:
        UserCodeError: The source cannot be loaded.
    """
    trial = _Trial(RewardFunction(code), trial_env(message))
    began = time.monotonic()
    for episode in range(message.num_episodes):
        share = BUDGET_S * (episode + 1) / message.num_episodes
        trial.play(seed_of(message, episode), deadline=began + share)
        if trial.is_broken:
            break
    trial.env.close()
    drawn_env = drawing_env(message)
    if drawn_env is not None:
        trial.film(drawn_env)
        drawn_env.close()
    finite = [value for item in trial.episodes for value in item.rewards if value is not None]
    return {
        "kind": "reward",
        "episodes": [item.as_json() for item in trial.episodes],
        "minimum": min(finite, default=None),
        "maximum": max(finite, default=None),
        "not_finite": trial.not_finite,
        "batched": trial.batched(),
        "potential": trial.potential(),
        "problems": trial.problems,
        "printed": "",
    }


class _Trial:
    def __init__(self, reward: RewardFunction, env: AnyEnv) -> None:
        self.env = env
        self.episodes: list[_Episode] = []
        self.problems: list[dict[str, Any]] = []
        self.not_finite = 0
        self.is_broken = False
        self.timestep = 0
        """Of all episodes together."""
        self._reward = reward
        self._transitions: list[Transition] = []

    def play(self, seed: int, deadline: float) -> None:
        env, episode = self.env, _Episode(seed)
        self.episodes.append(episode)
        env.action_space.seed(seed)
        observation = copied(env.reset(seed=seed)[0])
        for _ in range(MAX_TIMESTEPS):
            MARKER.at(self.timestep)
            self.timestep += 1
            action = env.action_space.sample()
            episode.actions.append(copied(action))
            following, own, terminated, truncated, info = env.step(action)
            after = copied(following)
            transition = Transition(
                observation, action, after, float(own), bool(terminated), bool(truncated), info
            )
            if not self._add(episode, transition):
                return
            observation = after
            episode.terminated, episode.truncated = bool(terminated), bool(truncated)
            if terminated or truncated:
                return
            if time.monotonic() > deadline:
                break
        episode.truncated = True

    def _add(self, episode: _Episode, transition: Transition) -> bool:
        try:
            total, terms = self._reward(transition)
        except UserCodeError as error:
            is_number = any(words in error.detail for words in _NOT_FINITE)
            if not is_number or self.not_finite == 0:
                self._note(error, is_number=is_number)
            if not is_number:
                self.is_broken = True
                return False
            self.not_finite += 1
            episode.add(None, None, transition.reward)
            return True
        episode.add(total, terms, transition.reward)
        if len(self._transitions) < MAX_TRANSITIONS:
            self._transitions.append(transition)
        return True

    def _note(self, error: UserCodeError, *, is_number: bool) -> None:
        is_slow = isinstance(error, UserCodeTimeoutError)
        number, file = place_of(error.line)
        self.problems.append({
            "line": number,
            "file": file,
            "severity": "error",
            "code": "not_finite" if is_number else "too_slow" if is_slow else "failed",
            "message": without_place(error.detail),
            "hint": error.hint,
        })

    def film(self, drawn_env: AnyEnv) -> None:
        """Draw every episode, in an environment made for it."""
        with contextlib.suppress(NoPictureError):
            for episode in self.episodes:
                episode.strip.film(drawn_env, episode.seed, episode.actions)

    def batched(self) -> dict[str, Any]:
        if self.is_broken or self.not_finite:
            return {"detected": False, "detail": "It has to give a finite number first."}
        return batched_form(self._reward, self._transitions)

    def potential(self) -> dict[str, Any]:
        if self.is_broken or self.not_finite:
            detail = "It has to give a finite number first."
            return {"is_potential_based": None, "detail": detail}
        return potential_check(self._reward, self._transitions)
