"""An evaluation: plays episodes with one policy at full speed, then films some of them."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import gymnasium
from av.error import FFmpegError

from gymlab.domain.evaluations import EvaluationSpec
from gymlab.domain.runs import RunSpec
from gymlab.errors import UnavailableError
from gymlab.evaluation.returns import chosen_episodes
from gymlab.evaluation.seeds import requested_seeds
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import EpisodeOutcome, PhaseName
from gymlab.protocol.worker import (
    Evaluated,
    EvaluationFilm,
    Finished,
    FrameStatus,
    Heartbeat,
    Played,
    Stop,
    ToWorker,
    Watch,
)
from gymlab.runner_api.runner import Actor, Members, Runner
from gymlab.worker.blobs import BlobRefusedError, BlobWriter
from gymlab.worker.discovery import find_runner
from gymlab.worker.films import EpisodeFilm, FilmError
from gymlab.worker.foreign import ForeignCodeError, foreign_code
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.outbox import Outbox
from gymlab.worker.pictures import NoPictureError
from gymlab.worker.playing import EpisodePlayer, Play
from gymlab.worker.scene import EnvScene
from gymlab.worker.showcase import natural_fps

_LOG = logging.getLogger(__name__)
RENDER_MODE = "rgb_array"


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
        self._due = 0.0
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
                self._film_all(runner, actor, rows)
        except EvaluationStopped:
            return Finished("stopped", self._num_played, self._episodes, 0.0)
        finally:
            self._pump.close()
        return Finished("completed", self._num_played, self._episodes, 0.0)

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:  # noqa: ARG002 - no command of an evaluation has any
        """Obey a command."""
        match message:
            case Watch():
                self._pump.watch(message.fps, 1)
            case Stop():
                self._is_stopped = True
            case _:
                raise ProtocolError(f"{type(message).__name__} is no command for an evaluation")
        with self._changed:
            self._changed.notify_all()

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
        for index, seed in enumerate(requested_seeds(spec.seed, spec.num_episodes)):
            # Each has an environment of its own: nothing of an episode reaches the next one.
            env = self._make_env(runner)
            try:
                play = Play(index + 1, seed, spec.deterministic)
                rows.append(self._play_one(EpisodePlayer(env, actor, play)))
            finally:
                env.close()
            self._outbox.post(Evaluated(rows[-1]))
        reason = self._scene.no_render_reason if spec.record_video else None
        self._outbox.post(Played(time.monotonic() - begun, reason))
        return rows

    def _play_one(self, player: EpisodePlayer) -> EpisodeOutcome:
        self._scene.add(0, player.env, player.tracker)
        interval_s = 1.0 / natural_fps(player.env)
        self._timesteps -= 1  # the state before the first timestep is seen as well

        def each() -> None:
            self._timesteps += 1
            if self._is_stopped:
                raise EvaluationStopped
            if self._pump.is_watched:
                self._wait_until_due(interval_s)
            self._pump.offer()

        row = player.run(each)
        self._episodes += 1
        return row

    def _wait_until_due(self, interval_s: float) -> None:
        """Hold the natural speed while somebody watches, and only then."""
        self._due = max(self._due, time.monotonic() - interval_s) + interval_s
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopped or not self._pump.is_watched,
                max(0.0, self._due - time.monotonic()),
            )
        if self._is_stopped:
            raise EvaluationStopped

    def _make_env(self, runner: Runner) -> gymnasium.Env[Any, Any]:
        if self._scene.no_render_reason is None:
            try:
                return runner.make_env(self._spec, render_mode=RENDER_MODE)
            except UnavailableError as error:
                self._scene.no_render_reason = error.detail
        return runner.make_env(self._spec, render_mode=None)

    # ---- filming --------------------------------------------------------------------------

    def _film_all(self, runner: Runner, actor: Actor, rows: list[EpisodeOutcome]) -> None:
        self._outbox.post(
            FrameStatus(
                "evaluation", "recording", "Every episode was played; films are being made."
            )
        )
        self._phase = "saving"
        for index in sorted(set(chosen_episodes([row.episode_return for row in rows]).values())):
            env = runner.make_env(self._spec, render_mode=RENDER_MODE)
            try:
                self._outbox.post(self._film(env, actor, rows[index]))
            finally:
                env.close()

    def _film(
        self, env: gymnasium.Env[Any, Any], actor: Actor, row: EpisodeOutcome
    ) -> EvaluationFilm:
        """Play an episode again from its seed, and film it; a film of another one is thrown away."""
        film = EpisodeFilm(natural_fps(env))
        problem: list[str] = []
        player = EpisodePlayer(
            env, actor, Play(row.episode, row.seed, self._evaluation.deterministic)
        )
        try:
            again = player.run(self._camera(env, film, problem.append))
            if problem:
                return EvaluationFilm(row.episode, None, note=problem[0])
            if again != row:
                return EvaluationFilm(row.episode, None, note=_difference(row, again))
            finished = film.finish()
            (member,) = self._blobs.members({"film.mp4": finished.content})
        except BlobRefusedError as error:
            return EvaluationFilm(row.episode, None, note=error.detail)
        except (FFmpegError, FilmError, ValueError, OSError, MemoryError) as error:
            _LOG.exception("the film of episode %d failed", row.episode)
            return EvaluationFilm(row.episode, None, note=f"The film failed: {error}")
        return EvaluationFilm(
            episode=row.episode,
            member=member,
            num_frames=finished.num_frames,
            fps=finished.fps,
            width=finished.width,
            height=finished.height,
            note=f"The film ends after {finished.num_frames:,} pictures." if film.is_full else None,
        )

    def _camera(
        self, env: gymnasium.Env[Any, Any], film: EpisodeFilm, refuse: Callable[[str], object]
    ) -> Callable[[], None]:
        is_broken = False

        def shoot() -> None:
            nonlocal is_broken
            if self._is_stopped:
                raise EvaluationStopped
            if is_broken or not film.wants_next():
                return
            try:
                with foreign_code("drawing"):
                    drawn = env.render()
                film.add(drawn)
            except (NoPictureError, ForeignCodeError) as error:
                is_broken = True
                refuse(f"The environment cannot be drawn. {error}")

        return shoot


def _difference(row: EpisodeOutcome, again: EpisodeOutcome) -> str:
    """Say how an episode that was played again differs from the first time."""
    return (
        f"Episode {row.episode} did not repeat when it was played again for the film: return "
        f"{again.episode_return} after {again.episode_length} timesteps instead of "
        f"{row.episode_return} after {row.episode_length}. The environment keeps something "
        "that its seed does not decide, so there is no film."
    )
