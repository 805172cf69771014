"""Films of whole episodes."""

import numpy as np
import pytest

from gymlab.worker import films
from gymlab.worker.films import EpisodeFilm, FilmError, decoded_size, within_720p
from gymlab.worker.pictures import NoPictureError


def picture(height: int, width: int, level: int = 0) -> np.ndarray:
    """Return a picture of one colour."""
    return np.full((height, width, 3), level, dtype=np.uint8)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((400, 600), (400, 600)),
        ((401, 601), (402, 602)),
        ((1080, 1920), (720, 1280)),
        ((2000, 1000), (720, 360)),
        ((720, 1281), (718, 1280)),
        ((8, 8), (16, 16)),
        ((7, 50), (22, 150)),
    ],
)
def test_pictures_fit_into_720p_with_even_sides(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    """Shrunk with their proportions; tiny ones are repeated."""
    assert within_720p(picture(*size)).shape == (*expected, 3)


def test_a_film_is_what_was_drawn() -> None:
    """Every state is a frame, found again by decoding."""
    film = EpisodeFilm(30.0)
    for level in range(12):
        assert film.wants_next()
        film.add(picture(64, 96, level * 20))
    finished = film.finish()
    assert (finished.num_frames, finished.fps) == (12, 30.0)
    assert decoded_size(finished.content) == (12, 96, 64)


def test_a_fast_environment_keeps_its_speed() -> None:
    """Every second picture, at half the rate."""
    film = EpisodeFilm(100.0)
    assert [film.wants_next() for _ in range(5)] == [True, False, True, False, True]
    assert film.fps == 50.0


def test_a_long_episode_is_filmed_up_to_a_limit() -> None:
    """The film is marked as full."""
    film = EpisodeFilm(30.0)
    wanted = sum(film.wants_next() for _ in range(films.MAX_FRAMES + 5))
    assert wanted <= films.MAX_FRAMES
    assert film.is_full


def test_there_is_no_film_of_nothing() -> None:
    """And what is no picture is refused."""
    with pytest.raises(FilmError):
        EpisodeFilm(30.0).finish()
    with pytest.raises(NoPictureError):
        EpisodeFilm(30.0).add(None)
