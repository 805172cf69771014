"""A recording is an MP4 file that a browser can play."""

import io
import queue
from typing import Any

import av
import numpy as np
import pytest

from gymlab.worker.recorder import MAX_WAITING, Film, Recorder

PATIENCE_S = 60.0
Results = queue.Queue[Film | str]


def recorder(max_frames: int, fps: float = 30.0) -> tuple[Recorder, Results]:
    """Return a recorder and the queue in which film or failure arrives."""
    results: Results = queue.Queue()
    made = Recorder(
        "r1",
        max_frames=max_frames,
        fps=fps,
        on_film=results.put,
        on_failure=results.put,
    )
    return made, results


def picture(place: int, height: int = 50, width: int = 70) -> np.ndarray[Any, Any]:
    """Return a picture with a bar at this place."""
    drawn = np.zeros((height, width, 3), dtype=np.uint8)
    drawn[:, place : place + 8] = 255
    return drawn


def film_of(results: Results) -> Film:
    """Wait for the film."""
    result = results.get(timeout=PATIENCE_S)
    assert isinstance(result, Film), result
    return result


def decoded(film: Film) -> list[np.ndarray[Any, Any]]:
    """Return the pictures of a film as a player sees them."""
    with av.open(io.BytesIO(film.content)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert float(stream.average_rate) == film.fps
        frames = list(container.decode(video=0))
        assert {frame.format.name for frame in frames} == {"yuv420p"}
        return [frame.to_ndarray(format="rgb24") for frame in frames]


def test_a_film_shows_what_was_recorded() -> None:
    """Every picture is there, in order, with even sides, and the index comes first."""
    made, results = recorder(max_frames=10)
    places = [0, 10, 20, 30, 40]
    for place in places:
        assert made.add([picture(place, height=51, width=71)])
    made.finish()
    film = film_of(results)
    assert (film.num_frames, film.width, film.height) == (5, 72, 52)
    pictures = decoded(film)
    assert [int(item[25].mean(axis=1).argmax()) // 10 * 10 for item in pictures] == places
    assert film.content[4:8] == b"ftyp"
    assert film.content.index(b"moov") < film.content.index(b"mdat")


def test_a_full_recording_ends_by_itself() -> None:
    """The limit is exact, whatever still comes."""
    made, results = recorder(max_frames=3)
    assert [made.add([picture(place)]) for place in (0, 10, 20, 30)] == [True, True, False, False]
    assert len(decoded(film_of(results))) == 3


def test_tiles_are_recorded_side_by_side() -> None:
    """The film has the size of the composite."""
    made, results = recorder(max_frames=1)
    made.add([picture(0)] * 4)
    film = film_of(results)
    assert (film.width, film.height) == (140, 100)


def test_a_picture_of_another_size_does_not_end_the_film() -> None:
    """The first picture decides the size."""
    made, results = recorder(max_frames=2)
    made.add([picture(0)])
    made.add([picture(0, height=90, width=30)])
    assert [item.shape for item in decoded(film_of(results))] == [(50, 70, 3)] * 2


def test_adding_never_blocks() -> None:
    """When encoding is slower than drawing, pictures are left out."""
    made, results = recorder(max_frames=10_000)
    for place in range(20 * MAX_WAITING):
        made.add([picture(place % 60, height=480, width=640)])
    made.finish()
    film = film_of(results)
    assert 1 <= film.num_frames <= 20 * MAX_WAITING
    assert len(decoded(film)) == film.num_frames


@pytest.mark.parametrize("fps", [0.0, -5.0, 1e9])
def test_odd_rates_are_brought_into_range(fps: float) -> None:
    """The file always has a playable rate."""
    made, results = recorder(max_frames=1, fps=fps)
    made.add([picture(0)])
    assert 1 <= film_of(results).fps <= 60


def test_nothing_recorded_is_said() -> None:
    """An empty recording is a message, not an empty file."""
    made, results = recorder(max_frames=5)
    made.finish()
    assert "Nothing was recorded" in str(results.get(timeout=PATIENCE_S))
