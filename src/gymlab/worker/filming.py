"""Filming chosen episodes of an evaluation: played again from their seeds, within a time limit."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gymnasium
from av.error import FFmpegError

from gymlab.domain.runs import RunSpec
from gymlab.evaluation.returns import chosen_episodes
from gymlab.protocol.parts import EpisodeOutcome
from gymlab.protocol.worker import EvaluationFilm
from gymlab.runner_api.runner import Actor, Runner
from gymlab.worker.blobs import BlobRefusedError, BlobWriter
from gymlab.worker.films import EpisodeFilm, FilmError, FinishedFilm
from gymlab.worker.foreign import ForeignCodeError, foreign_code
from gymlab.worker.pictures import NoPictureError
from gymlab.worker.playing import EpisodePlayer, Play
from gymlab.worker.rhythm import natural_fps
from gymlab.worker.scene import RENDER_MODE

MAX_FILMING_S = 600.0
"""All films of an evaluation together; the numbers are there long before."""
_LOG = logging.getLogger(__name__)


class Filming:
    """Makes the films of one evaluation."""

    def __init__(
        self,
        spec: RunSpec,
        runner: Runner,
        actor: Actor,
        blobs: BlobWriter,
        *,
        max_filming_s: float = MAX_FILMING_S,
    ) -> None:
        """Prepare.

        Args:
            spec: The run's specification.
            runner: Makes the environments.
            actor: Plays.
            blobs: Where films go.
            max_filming_s: Time for all films; what is missing then is said.
        """
        self._spec = spec
        self._runner = runner
        self._actor = actor
        self._blobs = blobs
        self._max_filming_s = max_filming_s
        self._ends_at = float("inf")

    def films(
        self, rows: Sequence[EpisodeOutcome], *, deterministic: bool, each: Callable[[], object]
    ) -> Iterator[EvaluationFilm]:
        """Yield a film, or the reason why there is none, of every chosen episode.

        Args:
            rows: The episodes as they were played.
            deterministic: Whether the policy takes its most likely action.
            each: Called in every state; what it raises ends everything.
        """
        self._ends_at = time.monotonic() + self._max_filming_s
        for index in sorted(set(chosen_episodes([row.episode_return for row in rows]).values())):
            if time.monotonic() >= self._ends_at:
                yield EvaluationFilm(rows[index].episode, None, note=self._too_slow())
                continue
            env = self._runner.make_env(self._spec, render_mode=RENDER_MODE)
            try:
                yield self._film(env, rows[index], deterministic=deterministic, each=each)
            finally:
                env.close()

    def _film(
        self,
        env: gymnasium.Env[Any, Any],
        row: EpisodeOutcome,
        *,
        deterministic: bool,
        each: Callable[[], object],
    ) -> EvaluationFilm:
        """Play an episode again and film it; a film of another one is thrown away."""
        film = EpisodeFilm(natural_fps(env))
        player = EpisodePlayer(env, self._actor, Play(row.episode, row.seed, deterministic))
        try:
            again = player.run(self._camera(env, film, each))
            if again != row:
                return EvaluationFilm(row.episode, None, note=_difference(row, again))
            finished = film.finish()
            (member,) = self._blobs.members({"film.mp4": finished.content})
        except FilmError as error:
            return EvaluationFilm(row.episode, None, note=str(error))
        except BlobRefusedError as error:
            return EvaluationFilm(row.episode, None, note=error.detail)
        except (FFmpegError, ValueError, OSError, MemoryError) as error:
            _LOG.exception("the film of episode %d failed", row.episode)
            return EvaluationFilm(row.episode, None, note=f"The film failed: {error}")
        finally:
            film.close()
        return EvaluationFilm(
            episode=row.episode,
            member=member,
            num_frames=finished.num_frames,
            fps=finished.fps,
            width=finished.width,
            height=finished.height,
            note=_end_of(finished) if film.is_full else None,
        )

    def _camera(
        self, env: gymnasium.Env[Any, Any], film: EpisodeFilm, each: Callable[[], object]
    ) -> Callable[[], None]:
        def shoot() -> None:
            each()
            if time.monotonic() >= self._ends_at:
                raise FilmError(self._too_slow())
            if not film.wants_next():
                return
            try:
                with foreign_code("drawing"):
                    drawn = env.render()
                film.add(drawn)
            except (NoPictureError, ForeignCodeError) as error:
                raise FilmError(f"The environment cannot be drawn. {error}") from error

        return shoot

    def _too_slow(self) -> str:
        return (
            f"Filming took longer than {self._max_filming_s:,.0f} s and was ended; drawing this "
            "environment is slow."
        )


def _end_of(finished: FinishedFilm) -> str:
    return f"The film ends after {finished.num_frames:,} pictures."


def _difference(row: EpisodeOutcome, again: EpisodeOutcome) -> str:
    """Say how an episode that was played again differs from the first time."""
    return (
        f"Episode {row.episode} did not repeat when it was played again for the film: return "
        f"{again.episode_return} after {again.episode_length} timesteps instead of "
        f"{row.episode_return} after {row.episode_length}. The environment keeps something "
        "that its seed does not decide, so there is no film."
    )
