"""An evaluation: plays episodes with one policy at full speed, then films some of them."""

import threading
import time
from typing import Any

import gymnasium

from gymlab.domain.evaluations import EvaluationSpec
from gymlab.domain.runs import RunSpec
from gymlab.errors import UnavailableError
from gymlab.evaluation.seeds import requested_seeds
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import EpisodeOutcome, PhaseName
from gymlab.protocol.worker import (
    Evaluated,
    Finished,
    FrameStatus,
    Heartbeat,
    Played,
    Stop,
    ToWorker,
    Watch,
)
from gymlab.runner_api.runner import Actor, Members, Runner
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.discovery import find_runner
from gymlab.worker.filming import Filming
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.judging import EpisodeJudge
from gymlab.worker.outbox import Outbox
from gymlab.worker.playing import EpisodePlayer, Play
from gymlab.worker.rhythm import DEFAULT_FPS, Rhythm, natural_fps
from gymlab.worker.scene import RENDER_MODE, EnvScene

FLUSH_S = 5.0


class EvaluationStopped(BaseException):
    """Unwinds the playing thread after a stop; no environment or backend swallows it."""


class EvaluationService:
    """One evaluation, from the first episode to the last film."""

    def __init__(
        self,
        spec: RunSpec,
        evaluation: EvaluationSpec,
        policy: tuple[int, Members],
        *,
        outbox: Outbox,
        blobs: BlobWriter,
    ) -> None:
        """Prepare.

        Args:
            spec: The run's specification.
            evaluation: What to play.
            policy: Timesteps that the policy was trained for, and its files.
            outbox: Where everything goes.
            blobs: Where films go.
        """
        self._spec = spec
        self._evaluation = evaluation
        self._policy_timestep, self._members = policy
        self._outbox = outbox
        self._blobs = blobs
        self._changed = threading.Condition()
        self._is_stopped = False
        self._timesteps = 0
        self._episodes = 0
        self._rhythm = Rhythm(DEFAULT_FPS)
        self._phase: PhaseName = "rollout"
        self._scene = EnvScene(
            "evaluation",
            moment=lambda: self._timesteps + self._episodes,
            run_timestep=lambda: self._policy_timestep,
            phase=lambda: self._phase,
        )
        self._pump = FramePump(self._scene, outbox)

    def run(self) -> Finished | None:
        """Play, film, and say what came of it; nothing after a stop."""
        runner = find_runner(self._spec.runner).load()
        try:
            actor = runner.load_actor(self._spec, self._members)
            rows = self._play_all(runner, actor)
            if self._evaluation.record_video and self._scene.no_render_reason is None:
                self._film(Filming(self._spec, runner, actor, self._blobs), rows)
        except EvaluationStopped:
            return Finished("stopped", self._num_played, self._episodes, 0.0)
        finally:
            self._pump.close()
        return Finished("completed", self._num_played, self._episodes, 0.0)

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:  # noqa: ARG002 - no command of an evaluation has any
        """Obey a command."""
        match message:
            case Watch():
                self._watch(message)
            case Stop():
                self._is_stopped = True
            case _:
                raise ProtocolError(f"{type(message).__name__} is no command for an evaluation")
        with self._changed:
            self._changed.notify_all()

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

    def heartbeat(self) -> Heartbeat:
        """Return how much was played."""
        return Heartbeat(self._num_played, self._episodes, 0, 0.0)

    @property
    def _num_played(self) -> int:
        # Before the first timestep of the first episode the count stands at -1.
        return max(self._timesteps, 0)

    # ---- playing --------------------------------------------------------------------------

    def _play_all(self, runner: Runner, actor: Actor) -> list[EpisodeOutcome]:
        rows: list[EpisodeOutcome] = []
        spec = self._evaluation
        begun = time.monotonic()
        judge = EpisodeJudge(spec.evaluation_code)
        for index, seed in enumerate(requested_seeds(spec.seed, spec.num_episodes)):
            # Each has an environment of its own: nothing of an episode reaches the next one.
            env = self._make_env(runner)
            try:
                play = Play(index + 1, seed, spec.deterministic)
                player = EpisodePlayer(env, actor, play)
                recording = judge.watch(player, seed)
                rows.append(self._play_one(player))
                judge.keep(recording)
            finally:
                env.close()
            self._outbox.post(Evaluated(rows[-1]))
        if spec.evaluation_code is not None:
            # It may end this process, and what was played is worth having all the same.
            self._outbox.flush(FLUSH_S)
        reason = self._scene.no_render_reason if spec.record_video else None
        seconds = time.monotonic() - begun
        self._outbox.post(Played(seconds, reason, judge.metrics(), judge.problem))
        return rows

    def _play_one(self, player: EpisodePlayer) -> EpisodeOutcome:
        self._scene.add(0, player.env, player.tracker)
        with self._changed:
            speed, self._rhythm = self._rhythm.speed, Rhythm(natural_fps(player.env))
            self._rhythm.set_speed(speed)
        self._timesteps -= 1  # the state before the first timestep is seen as well

        def each() -> None:
            self._timesteps += 1
            self._obey()
            if self._pump.is_watched:
                self._wait_until_due()
            self._pump.offer()

        row = player.run(each)
        self._episodes += 1
        return row

    def _film(self, filming: Filming, rows: list[EpisodeOutcome]) -> None:
        text = "Every episode was played; films are being made."
        self._outbox.post(FrameStatus("evaluation", "recording", text))
        self._phase = "saving"
        deterministic = self._evaluation.deterministic
        for film in filming.films(rows, deterministic=deterministic, each=self._obey):
            self._outbox.post(film)

    def _obey(self) -> None:
        if self._is_stopped:
            raise EvaluationStopped

    def _wait_until_due(self) -> None:
        """Hold the speed that is wished for while somebody watches, and only then."""
        with self._changed:
            while self._pump.is_watched and not self._is_stopped:
                remaining_s = self._rhythm.remaining_s(time.monotonic())
                if remaining_s <= 0:
                    break
                self._changed.wait(remaining_s)
            self._rhythm.beat(time.monotonic())
        self._obey()

    def _make_env(self, runner: Runner) -> gymnasium.Env[Any, Any]:
        if self._scene.no_render_reason is None:
            try:
                return runner.make_env(self._spec, render_mode=RENDER_MODE)
            except UnavailableError as error:
                self._scene.no_render_reason = error.detail
        return runner.make_env(self._spec, render_mode=None)
