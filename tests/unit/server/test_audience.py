"""Viewers of one source share what is sent, each gets what it can show."""

from gymlab.protocol.parts import FrameHeader, FrameSource
from gymlab.protocol.shim import FrameRelay, ToShim
from gymlab.protocol.worker import Watch
from gymlab.server.orchestration.audience import Audience, Viewer
from gymlab.server.viewing import base64_message, binary_message

STATES = b'[{"game":"gridworld"}]'


class Told:
    """What a shim was told."""

    def __init__(self) -> None:
        self.messages: list[Watch] = []

    def send(self, run_id: str, message: ToShim) -> bool:
        """Keep it."""
        assert (run_id, isinstance(message, Watch)) == ("r", True)
        assert isinstance(message, Watch)
        self.messages.append(message)
        return True


def viewer(source: FrameSource = "showcase", *, states: bool = False, fps: float = 60.0) -> Viewer:
    """Make a viewer of a run."""
    return Viewer(run_id="r", source=source, fps=fps, tiles=1, wants_states=states)


def moment(
    *, image: bytes = b"", states: bytes = b"", source: FrameSource = "showcase"
) -> FrameRelay:
    """Make what a shim relays."""
    header = FrameHeader(1, source, 0, 1, 0.0, 0.0, 0, 0, "jpeg", "rollout", 0.0, 0)
    return FrameRelay(header, image, states)


def test_what_is_wanted_is_the_sum_of_all_wishes() -> None:
    """Pictures as long as one viewer needs them, states as soon as one draws."""
    told = Told()
    audience = Audience(told.send)
    drawing, plain = viewer(states=True), viewer(fps=10)
    audience.join(drawing)
    assert told.messages[-1] == Watch("showcase", 60, pictures=False, states=True)
    audience.join(plain)
    assert told.messages[-1] == Watch("showcase", 60, pictures=True, states=True)
    audience.leave(drawing)
    assert told.messages[-1] == Watch("showcase", 10, pictures=True, states=False)
    audience.leave(plain)
    assert told.messages[-1] == Watch("showcase", 0)


def test_each_viewer_gets_what_it_can_show() -> None:
    """States go to those who draw alone; where there are none, everybody gets the picture."""
    audience = Audience(Told().send)
    drawing, plain = viewer(states=True), viewer()
    audience.join(drawing)
    audience.join(plain)
    only_states = moment(states=STATES)
    audience.frame("r", only_states)
    assert (drawing.frame, plain.frame) == (only_states, None)
    drawing.next_at = plain.next_at = 0.0
    picture = moment(image=b"jpeg")
    audience.frame("r", picture)
    assert (drawing.frame, plain.frame) == (picture, picture)


def test_a_late_viewer_sees_the_last_moment_at_once() -> None:
    """Though nothing moves; nothing is kept once everybody left."""
    audience = Audience(Told().send)
    first, late = viewer(states=True), viewer(states=True)
    audience.join(first)
    shown = moment(states=STATES)
    audience.frame("r", shown)
    audience.join(late)
    assert late.frame is shown
    audience.leave(first)
    audience.leave(late)
    last = viewer(states=True)
    audience.join(last)
    assert last.frame is None


def test_the_speed_is_everybodys_until_all_have_left() -> None:
    """Whoever moved the slider last decides; the next audience begins at the natural speed."""
    told = Told()
    audience = Audience(told.send)
    one, two = viewer(states=True), viewer(states=True)
    audience.join(one)
    audience.set_speed("r", "showcase", 0.1)
    assert told.messages[-1].speed == 0.1
    audience.join(two)
    audience.set_speed("r", "showcase", 0.0)
    assert told.messages[-1].speed == 0.0
    audience.leave(one)
    assert told.messages[-1].speed == 0.0
    audience.leave(two)
    audience.join(one)
    assert told.messages[-1].speed == 1.0


def test_a_new_process_is_told_the_speed_again() -> None:
    """The showcase may have been ended and started meanwhile."""
    told = Told()
    audience = Audience(told.send)
    audience.join(viewer(states=True))
    audience.set_speed("r", "showcase", 4.0)
    audience.shim_is_new("r")
    assert told.messages[-1] == Watch("showcase", 60, pictures=False, states=True, speed=4.0)


def test_messages_say_how_they_are_written() -> None:
    """The same moment as states and as a picture."""
    both = moment(image=b"jpeg", states=STATES)
    drawn, seen = binary_message(both, with_states=True), binary_message(both)
    assert drawn.endswith(STATES)
    assert b'"encoding":"json"' in drawn
    assert seen.endswith(b"jpeg")
    assert b'"encoding":"jpeg"' in seen
    assert '"states":[{"game":"gridworld"}]' in base64_message(both, with_states=True)
    assert '"data":"anBlZw=="' in base64_message(both)
