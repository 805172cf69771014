"""The live view shows every state at most once, and says once why it cannot."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from gymlab.protocol.framing import worker_reader
from gymlab.protocol.parts import PhaseName, Thoughts
from gymlab.protocol.worker import Frame, FramesUnavailable, FromWorker
from gymlab.runner_api.tracking import EpisodeTracker
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.outbox import Outbox
from gymlab.worker.recorder import Film, Recorder

PATIENCE_S = 30.0


class StillScene:
    """Sub-environments that draw what they are told to."""

    source = "training"
    phase: PhaseName = "rollout"
    fps = 8.0
    speed = 1.0

    def __init__(self, num_envs: int = 1, drawn: Any = None) -> None:
        self.num_envs = num_envs
        self.moment = 0
        self.no_render_reason: str | None = None
        self.drawn = np.zeros((20, 30, 3), np.uint8) if drawn is None else drawn
        self.num_drawn = 0
        self.num_lit = 0
        self.thinks: Thoughts | None = None
        self.state: dict[str, Any] | None = None
        self._trackers = [EpisodeTracker(index, lambda _: None) for index in range(num_envs)]

    @property
    def run_timestep(self) -> int:
        """The moment counts the timesteps."""
        return self.moment

    def tracker(self, env_index: int) -> EpisodeTracker:
        """Return an episode under way."""
        return self._trackers[env_index]

    def thoughts(self) -> Thoughts | None:
        """Say what a policy would."""
        return self.thinks

    def states(self, num_envs: int) -> list[dict[str, Any]]:
        """Return the state so many times, where there is one."""
        return [] if self.state is None else [self.state] * num_envs

    def light(self, num_envs: int) -> None:
        """Remember how many may be drawn."""
        self.num_lit = num_envs and max(num_envs, self.num_lit)

    def render(self, env_index: int) -> object:
        """Draw, or raise what is to be raised."""
        assert 0 <= env_index < min(self.num_envs, self.num_lit)
        self.num_drawn += 1
        if isinstance(self.drawn, Exception):
            raise self.drawn
        return self.drawn


class Wire:
    """An outbox and the other end of its link."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.far.settimeout(PATIENCE_S)
        self.outbox = Outbox(self.near, on_lost=lambda: None)

    def read_all(self, pump: FramePump) -> list[FromWorker]:
        """Close the pump and return everything that was sent."""

        def close() -> None:
            pump.close()
            self.outbox.close()
            self.near.shutdown(socket.SHUT_WR)

        closing = threading.Thread(target=close)
        closing.start()
        reader = worker_reader()
        messages: list[FromWorker] = []
        while chunk := self.far.recv(1 << 20):
            messages.extend(reader.feed(chunk))
        closing.join(PATIENCE_S)
        return messages


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A fresh link."""
    wire = Wire()
    yield wire
    wire.near.close()
    wire.far.close()


def test_nothing_is_drawn_while_nobody_watches(wire: Wire) -> None:
    """Not even once."""
    scene = StillScene()
    pump = FramePump(scene, wire.outbox)
    for moment in range(1000):
        scene.moment = moment
        pump.offer()
    pump.watch(30, 1)
    pump.watch(0, 1)
    pump.offer()
    assert scene.num_drawn == 0
    assert wire.read_all(pump) == []


def test_environments_learn_that_nobody_looks_any_more(wire: Wire) -> None:
    """At the next timestep after the last viewer left."""
    scene = StillScene(num_envs=4)
    pump = FramePump(scene, wire.outbox)
    pump.watch(60, 3)
    pump.offer()
    lit_while_watched = scene.num_lit
    pump.watch(0, 1)
    pump.offer()
    assert (lit_while_watched, scene.num_lit) == (3, 0)
    wire.read_all(pump)


def test_one_state_is_shown_once(wire: Wire) -> None:
    """However often it is offered and however high the rate; a new viewer sees it again."""
    scene = StillScene()
    pump = FramePump(scene, wire.outbox)
    pump.watch(60, 1)
    for _ in range(1000):
        pump.offer()
    assert scene.num_drawn == 1
    pump.watch(0, 1)
    pump.watch(60, 1)
    pump.offer()
    assert scene.num_drawn == 2
    pump.watch(30, 1)
    pump.offer()
    assert scene.num_drawn == 2


@pytest.mark.parametrize("fps", [float("nan"), -1.0])
def test_an_impossible_rate_means_nobody_watches(wire: Wire, fps: float) -> None:
    """No rate makes the pump draw at every timestep."""
    scene = StillScene()
    pump = FramePump(scene, wire.outbox)
    pump.watch(fps, 1)
    pump.offer()
    assert scene.num_drawn == 0


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        (RuntimeError("no display"), "no display"),
        (np.zeros((3, 3)), "shape"),
        ("picture", "str"),
    ],
)
def test_a_scene_that_cannot_be_drawn_says_so_once(wire: Wire, drawn: Any, reason: str) -> None:
    """Training goes on, and drawing is not tried again."""
    scene = StillScene(drawn=drawn)
    pump = FramePump(scene, wire.outbox)
    for moment in range(5):
        scene.moment = moment
        pump.watch(60, 1)
        pump.offer()
        pump.watch(0, 1)
    assert scene.num_drawn == 1
    (message,) = wire.read_all(pump)
    assert isinstance(message, FramesUnavailable)
    assert reason in message.reason


def test_a_known_reason_is_told_without_drawing(wire: Wire) -> None:
    """An environment without pictures is never asked for one."""
    scene = StillScene()
    scene.no_render_reason = "It has no pictures."
    pump = FramePump(scene, wire.outbox)
    pump.watch(60, 1)
    pump.offer()
    assert scene.num_drawn == 0
    assert wire.read_all(pump) == [FramesUnavailable("training", "It has no pictures.")]


def test_the_header_says_what_is_shown(wire: Wire) -> None:
    """Episode, timestep, return and reward of the moment, and the size of the picture."""
    scene = StillScene()
    scene.thinks = Thoughts("action_values", [1.0, 2.0], [1], 2.0)
    tracker = scene.tracker(0)
    tracker.begin(12)
    tracker.add(1.5, terminated=False, truncated=False)
    tracker.add(-1.0, terminated=False, truncated=False)
    scene.moment = 77
    pump = FramePump(scene, wire.outbox)
    pump.watch(10, 1)
    pump.offer()
    (frame,) = wire.read_all(pump)
    assert isinstance(frame, Frame)
    header = frame.header
    assert (header.seq, header.episode, header.timestep, header.run_timestep) == (1, 12, 2, 77)
    assert (header.episode_return, header.reward) == (0.5, -1.0)
    assert (header.width, header.height, header.tiles) == (30, 20, [])
    assert header.thoughts == scene.thinks


def test_more_tiles_than_environments_shows_all_of_them(wire: Wire) -> None:
    """Tiles are bounded by eight and by what there is."""
    scene = StillScene(num_envs=3)
    pump = FramePump(scene, wire.outbox)
    pump.watch(10, 1000)
    pump.offer()
    (frame,) = wire.read_all(pump)
    assert isinstance(frame, Frame)
    assert [tile.env_index for tile in frame.header.tiles] == [0, 1, 2]


def test_a_recording_needs_no_viewer(wire: Wire) -> None:
    """Pictures are drawn for it alone, and none is sent."""
    films: list[Film] = []
    recorder = Recorder("r", max_frames=1, fps=60, on_film=films.append, on_failure=print)
    scene = StillScene()
    pump = FramePump(scene, wire.outbox)
    pump.record(recorder)
    pump.offer()
    recorder.join(PATIENCE_S)
    assert films[0].num_frames == 1
    assert not pump.is_watched
    assert wire.read_all(pump) == []


STATE: dict[str, Any] = {
    "game": "gridworld",
    "size": 2,
    "agent": [0, 0],
    "start": [0, 0],
    "walls": [],
    "traps": [],
    "goals": [[1, 1]],
    "score": 0,
    "timestep": 0,
    "termination": None,
}


def test_a_game_is_not_drawn_for_those_who_draw_it(wire: Wire) -> None:
    """Its state is sent, as small as it is, and nothing is rendered or encoded."""
    scene = StillScene(num_envs=2)
    scene.state = STATE
    pump = FramePump(scene, wire.outbox)
    pump.watch(10, 2, pictures=False, states=True)
    pump.offer()
    (frame,) = wire.read_all(pump)
    assert isinstance(frame, Frame)
    assert (frame.image, scene.num_drawn, scene.num_lit) == (b"", 0, 0)
    assert msgspec.json.decode(frame.states) == [STATE, STATE]
    assert (frame.header.fps, frame.header.speed, len(frame.header.tiles)) == (8.0, 1.0, 2)


def test_both_are_sent_where_both_are_wanted(wire: Wire) -> None:
    """One viewer draws, another one wants pictures."""
    scene = StillScene()
    scene.state = STATE
    pump = FramePump(scene, wire.outbox)
    pump.watch(10, 1, pictures=True, states=True)
    pump.offer()
    (frame,) = wire.read_all(pump)
    assert isinstance(frame, Frame)
    assert frame.image.startswith(b"\xff\xd8")
    assert frame.states


def test_what_has_no_state_is_drawn(wire: Wire) -> None:
    """Whatever the viewer could do."""
    scene = StillScene()
    pump = FramePump(scene, wire.outbox)
    pump.watch(10, 1, pictures=False, states=True)
    pump.offer()
    (frame,) = wire.read_all(pump)
    assert isinstance(frame, Frame)
    assert (bool(frame.image), frame.states) == (True, b"")


def test_pictures_follow_states_of_a_game_that_nobody_knows(wire: Wire) -> None:
    """The first state is lost, everything after it is seen."""
    scene = StillScene()
    scene.state = {**STATE, "game": "chess"}
    pump = FramePump(scene, wire.outbox)
    pump.watch(60, 1, pictures=False, states=True)
    for moment in range(2000):
        scene.moment = moment
        pump.offer()
        if scene.num_drawn:
            break
        threading.Event().wait(0.005)
    (frame,) = wire.read_all(pump)
    assert isinstance(frame, Frame)
    assert (bool(frame.image), frame.states) == (True, b"")


def test_a_recording_gets_pictures_while_states_are_shown(wire: Wire) -> None:
    """They are drawn for it alone."""
    films: list[Film] = []
    recorder = Recorder("r", max_frames=1, fps=60, on_film=films.append, on_failure=print)
    scene = StillScene()
    scene.state = STATE
    pump = FramePump(scene, wire.outbox)
    pump.watch(60, 1, pictures=False, states=True)
    pump.record(recorder)
    pump.offer()
    recorder.join(PATIENCE_S)
    assert films[0].num_frames == 1
    frames = [each for each in wire.read_all(pump) if isinstance(each, Frame)]
    assert [(each.image, bool(each.states)) for each in frames] == [(b"", True)]
