"""An evaluation without pictures, without an encoder or without time keeps its numbers and says why."""

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from numpy.typing import NDArray
from safetensors.numpy import save as tensor_bytes

from gymlab.domain.runs import RunSpec
from gymlab.protocol.parts import EpisodeOutcome, Member
from gymlab.protocol.worker import (
    Evaluated,
    EvaluationFilm,
    Finished,
    Frame,
    Played,
    StartEvaluation,
    Watch,
)
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.filming import Filming
from gymlab.worker.playing import EpisodePlayer, Play
from tests.unit.worker.shim_end import ShimEnd, memory_of, run_spec

NO_PICTURES = """
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
CartPoleEnv.metadata = {"render_modes": [], "render_fps": 50}
"""
NO_ENCODER = """
import av, av.error
real = av.open
def no_writing(file, mode="r", **options):
    if mode != "w":
        return real(file, mode, **options)
    class Container:
        def add_stream(self, name, **options):
            raise av.error.EncoderNotFoundError(1, name)
    return Container()
av.open = no_writing
"""


def evaluate(
    shim: ShimEnd, num_episodes: int = 3, *, record_video: bool = True, **changes: Any
) -> None:
    """Let the worker play a random policy, and film it."""
    policy = tensor_bytes({"seed": np.array([7])})
    members = [Member(name="policy.safetensors", size=len(policy))]
    evaluation = {
        "num_episodes": num_episodes,
        "seed": 1,
        "deterministic": True,
        "checkpoint": "latest",
        "record_video": record_video,
    }
    shim.send(StartEvaluation(run_spec(**changes), evaluation, 100, members), [memory_of(policy)])


def machine_without(folder: Path, code: str) -> ShimEnd:
    """Start a worker on a machine that lacks something."""
    (folder / "sitecustomize.py").write_text(code)
    return ShimEnd(first_runs=folder)


def test_without_pictures_every_episode_counts_and_the_reason_is_said(tmp_path: Path) -> None:
    """An environment that cannot be drawn."""
    with machine_without(tmp_path, NO_PICTURES) as shim:
        evaluate(shim)
        played = shim.until(Played)
        assert played.no_film_reason
        # Nothing comes between the two, so both may have been read at once.
        finished = next(iter(shim.all_of(Finished)), None) or shim.until(Finished)
        assert finished.outcome == "completed"
        assert [message.row.episode for message in shim.all_of(Evaluated)] == [1, 2, 3]
        assert shim.all_of(EvaluationFilm) == []


def test_without_an_encoder_every_film_says_what_is_missing(tmp_path: Path) -> None:
    """The numbers were there before, and stay."""
    with machine_without(tmp_path, NO_ENCODER) as shim:
        evaluate(shim)
        assert shim.until(Finished).outcome == "completed"
        assert len(shim.all_of(Evaluated)) == 3
        films = shim.all_of(EvaluationFilm)
        assert films
        assert all(film.member is None for film in films)
        assert all("no H.264 encoder" in (film.note or "") for film in films)


class Still(gymnasium.Env[NDArray[np.float32], int]):
    """Ten timesteps with a picture each."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 30}  # noqa: RUF012 - Gymnasium's form
    observation_space = spaces.Box(-1, 1, (1,))
    action_space: Any = spaces.Discrete(2)

    def __init__(self) -> None:
        """Begin."""
        self.render_mode = "rgb_array"
        self._count = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode."""
        super().reset(seed=seed, options=options)
        self._count = 0
        return np.zeros(1, np.float32), {}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:  # noqa: ARG002 - Gymnasium's form
        """Count."""
        self._count += 1
        return np.zeros(1, np.float32), 1.0, self._count == 10, False, {}

    def render(self) -> Any:
        """Draw."""
        return np.full((32, 32, 3), 7 * self._count, np.uint8)


class Backend:
    """The part of a runner and of an actor that filming needs."""

    def make_env(self, spec: RunSpec, *, render_mode: str | None) -> Still:  # noqa: ARG002 - a runner's form
        """Make an environment."""
        return Still()

    def reset(self) -> None:
        """Begin an episode."""

    def act(self, observation: Any, *, deterministic: bool) -> int:  # noqa: ARG002 - an actor's form
        """Choose."""
        return 0


def films_within(max_filming_s: float) -> list[EvaluationFilm]:
    """Film one episode; every film may take so long."""
    backend: Any = Backend()
    blobs = BlobWriter(lambda _: None)
    spec = RunSpec.model_validate(run_spec())
    filming = Filming(spec, backend, backend, blobs, max_filming_s=max_filming_s)
    rows: list[EpisodeOutcome] = []
    for episode in (1, 2):
        player = EpisodePlayer(Still(), backend, Play(episode, 5, deterministic=True))
        rows.append(player.run(lambda: None))
    return list(filming.films(rows, deterministic=True, each=lambda: None))


def test_films_that_take_too_long_are_given_up() -> None:
    """One that is under way, and those that have not begun."""
    films = films_within(-1.0)
    assert films
    assert all(film.member is None for film in films)
    assert all("Filming took longer" in (film.note or "") for film in films)


def test_films_in_time_are_there() -> None:
    """Small ones travel inside the message."""
    films = films_within(600.0)
    assert films
    assert all(film.member is not None and film.num_frames == 11 for film in films)


def test_a_film_that_becomes_too_slow_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in the middle of an episode."""
    calls = iter(range(1000))
    monkeypatch.setattr("time.monotonic", lambda: float(next(calls)))
    films = films_within(8.0)
    assert all(film.member is None for film in films)
    assert "8 s" in (films[0].note or "")


def test_whoever_watches_chooses_how_fast_it_plays() -> None:
    """At its natural speed this would take an hour; the change reaches it while it waits."""
    with ShimEnd() as shim:
        evaluate(shim, 100, record_video=False, env_id="Taxi-v4")
        shim.send(Watch("evaluation", 30))
        shim.until(Frame)
        shim.send(Watch("evaluation", 30, speed=0.0))
        assert shim.until(Finished).outcome == "completed"
        assert len(shim.all_of(Evaluated)) == 100
