"""The showcase: plays a run's policies greedily at the environment's natural speed."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import gymnasium

from gymlab.domain.runs import RunSpec
from gymlab.errors import LabError, UnavailableError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import Thoughts
from gymlab.protocol.worker import (
    FrameStatus,
    FramesUnavailable,
    Heartbeat,
    LoadPolicy,
    PolicyLoaded,
    Record,
    Stop,
    StopRecording,
    ToWorker,
    Watch,
)
from gymlab.runner_api.runner import Actor, Members, Runner, Thinker
from gymlab.runner_api.tracking import EpisodeTracker, FinishedEpisode
from gymlab.worker.blobs import BlobWriter, read_members
from gymlab.worker.discovery import find_runner
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.outbox import Outbox
from gymlab.worker.recordings import Recordings
from gymlab.worker.rhythm import DEFAULT_FPS, Rhythm, natural_fps
from gymlab.worker.scene import EnvScene

_LOG = logging.getLogger(__name__)
PATIENCE_S = 60.0
"""Playing time after which an episode gives way to a newer policy: games may last half an hour."""


class ShowcaseService:
    """Steps one environment with the newest policy while somebody watches."""

    def __init__(
        self, spec: RunSpec, outbox: Outbox, blobs: BlobWriter, patience_s: float = PATIENCE_S
    ) -> None:
        """Prepare the showcase of one run."""
        self._spec = spec
        self._patience_s = patience_s
        self._outbox = outbox
        self._changed = threading.Condition()
        self._is_stopped = False
        self._next: tuple[int, Members] | None = None
        self._is_urgent = False
        """Whether the next policy does not wait for the end of the episode."""
        self._moment = 0
        self._timesteps = 0
        self._episodes = 0
        self._policy_timestep = 0
        self._scene = EnvScene(
            "showcase",
            moment=lambda: self._moment,
            run_timestep=lambda: self._policy_timestep,
            phase=lambda: "rollout",
        )
        self._rhythm = Rhythm(DEFAULT_FPS)
        self._pump = FramePump(self._scene, outbox)
        self._recordings = Recordings(self._pump, outbox, blobs)

    def run(self) -> None:
        """Play until stopped."""
        runner = find_runner(self._spec.runner).load()
        try:
            env = runner.make_env(self._spec, render_mode="rgb_array")
        except UnavailableError as error:
            self._outbox.post(FramesUnavailable("showcase", error.detail))
            self._wait_for_stop()
            return
        tracker = EpisodeTracker(0, self._episode_ended)
        self._scene.add(0, env, tracker)
        self._outbox.post(
            FrameStatus("showcase", "waiting", "Waiting for the first policy of this run.")
        )
        try:
            self._play(runner, env, tracker)
        finally:
            self._pump.close()
            self._recordings.close()
            env.close()

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:
        """Obey a command."""
        match message:
            case LoadPolicy():
                members = read_members(message.members, descriptors)
                self._offer_policy(message.timestep, members, is_urgent=message.at_once)
            case Watch():
                self._watch(message)
            case Record():
                self._recordings.start(message)
                self._wake()
            case StopRecording():
                self._recordings.stop()
            case Stop():
                self._is_stopped = True
                self._wake()
            case _:
                raise ProtocolError(f"{type(message).__name__} is no command for a showcase")

    def _watch(self, message: Watch) -> None:
        with self._changed:
            self._rhythm.set_speed(message.speed)
            self._scene.speed = self._rhythm.speed
            self._pump.watch(
                self._rhythm.shown_fps(message.fps),
                1,
                pictures=message.pictures,
                states=message.states,
            )
            self._changed.notify_all()

    def heartbeat(self) -> Heartbeat:
        """Return how much was played."""
        return Heartbeat(self._timesteps, self._episodes, 0, 0.0)

    def _play(self, runner: Runner, env: gymnasium.Env[Any, Any], tracker: EpisodeTracker) -> None:
        fps = natural_fps(env)
        with self._changed:
            speed, self._rhythm = self._rhythm.speed, Rhythm(fps)
            self._rhythm.set_speed(speed)
        actor: Actor | None = None
        patience = round(self._patience_s * fps)
        while (actor := self._newest_actor(runner, actor)) is not None:
            observation, _ = env.reset(seed=None if self._episodes else self._spec.seed)
            tracker.begin(self._episodes + 1)
            actor.reset()
            is_over = False
            self._scene.thinker = _thinker(actor, lambda: observation)  # noqa: B023 - of now
            while self._show() and not is_over:
                action = actor.act(observation, deterministic=True)
                observation, reward, terminated, truncated, _ = env.step(action)
                if self._next is not None and (self._is_urgent or tracker.timestep >= patience):
                    truncated = True
                is_over = bool(terminated or truncated)
                tracker.add(reward, terminated=bool(terminated), truncated=bool(truncated))
                self._timesteps += 1

    def _show(self) -> bool:
        """Show the state when it is due and somebody looks; tell whether to go on."""
        with self._changed:
            while not self._is_stopped:
                remaining_s = self._rhythm.remaining_s(time.monotonic())
                if remaining_s > 0:
                    self._changed.wait(remaining_s)
                elif self._pump.is_watched:
                    break
                else:
                    self._changed.wait()
            if self._is_stopped:
                return False
            self._rhythm.beat(time.monotonic())
        self._moment += 1
        self._pump.offer()
        return True

    def _newest_actor(self, runner: Runner, actor: Actor | None) -> Actor | None:
        """Return the actor of the newest policy, waiting for the first; None when stopped.

        A policy that cannot be loaded leaves the earlier one playing.
        """
        has_actor = actor is not None
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._is_stopped or has_actor or self._next is not None
                )
                if self._is_stopped:
                    return None
                offered, self._next = self._next, None
                self._is_urgent = False
            if offered is None:
                return actor
            timestep, members = offered
            try:
                actor = runner.load_actor(self._spec, members)
            except Exception as error:  # noqa: BLE001 - the edge: whatever a file holds, the show goes on
                _LOG.exception("the policy of timestep %d was not loaded", timestep)
                self._outbox.post(PolicyLoaded(timestep, _reason(error)))
                continue
            self._policy_timestep = timestep
            self._outbox.post(PolicyLoaded(timestep))
            return actor

    def _wait_for_stop(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped)

    def _offer_policy(self, timestep: int, members: Members, *, is_urgent: bool) -> None:
        with self._changed:
            self._next = (timestep, members)
            self._is_urgent = is_urgent
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _episode_ended(self, _episode: FinishedEpisode) -> None:
        self._episodes += 1


def _thinker(actor: Actor, observation: Callable[[], Any]) -> Callable[[], Thoughts] | None:
    """Return what says the actor's thoughts about the observation of the moment."""
    return (lambda: actor.think(observation())) if isinstance(actor, Thinker) else None


def _reason(error: Exception) -> str:
    text = error.detail if isinstance(error, LabError) else f"{type(error).__name__}: {error}"
    return text[:500]
