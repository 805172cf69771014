"""Playing one episode with a frozen policy, so that its seed alone decides what happens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gymnasium

from gymlab.envs.ending import reason_of
from gymlab.envs.judging.episodes import EpisodeRecording
from gymlab.protocol.parts import EpisodeOutcome
from gymlab.runner_api.runner import Actor
from gymlab.runner_api.tracking import EpisodeTracker, FinishedEpisode
from gymlab.worker.generators import seed_generators

AnyEnv = gymnasium.Env[Any, Any]


@dataclass(frozen=True, slots=True)
class Play:
    """Which episode to play, and how."""

    episode: int
    """Number, from 1."""
    seed: int
    deterministic: bool
    """Whether the policy takes its most likely action."""


class EpisodePlayer:
    """One episode in one environment that was just made."""

    def __init__(self, env: AnyEnv, actor: Actor, play: Play) -> None:
        """Prepare; the environment is used for this episode alone."""
        self.env = env
        self.tracker = EpisodeTracker(0, self._ended)
        self._actor = actor
        self._play = play
        self._finished: FinishedEpisode | None = None
        self.recording: EpisodeRecording | None = None
        """What records the episode for a user's own evaluation."""

    def run(self, each: Callable[[], object]) -> EpisodeOutcome:
        """Play to the end.

        Args:
            each: Called in every state, the first and the last included.
        """
        env, actor, tracker, play = self.env, self._actor, self.tracker, self._play
        seed_generators(play.seed)
        env.action_space.seed(play.seed)
        observation, _ = env.reset(seed=play.seed)
        actor.reset()
        tracker.begin(play.episode)
        if self.recording is not None:
            self.recording.begins(observation)
        info: Mapping[str, Any] = {}
        each()
        while self._finished is None:
            action = actor.act(observation, deterministic=play.deterministic)
            observation, reward, terminated, truncated, info = env.step(action)
            tracker.add(reward, terminated=bool(terminated), truncated=bool(truncated))
            if self.recording is not None:
                step = (observation, reward, bool(terminated), bool(truncated), info)
                self.recording.add(action, step)
            each()
        finished = self._finished
        return EpisodeOutcome(
            episode=play.episode,
            seed=play.seed,
            episode_return=finished.episode_return,
            episode_length=finished.episode_length,
            terminated=finished.terminated,
            truncated=finished.truncated,
            reason=reason_of(info, terminated=finished.terminated),
        )

    def _ended(self, episode: FinishedEpisode) -> None:
        self._finished = episode
