"""What processes are told of those who watch."""

from gymlab.protocol.shim import ToShim
from gymlab.protocol.worker import Watch
from gymlab.server.orchestration.audience import Audience, Viewer
from gymlab.server.viewing import MAX_SPEED, MIN_SPEED, bounded_speed

RUN = "0123456789ab"


def test_several_viewers_are_served_together() -> None:
    """The highest rate, and the fastest play: whoever waits for a result is not held up."""
    told: list[ToShim] = []

    def send(_: str, message: ToShim) -> bool:
        told.append(message)
        return True

    audience = Audience(send)
    calm = Viewer(RUN, "evaluation", fps=30, tiles=1, speed=1.0)
    quick = Viewer(RUN, "evaluation", fps=10, tiles=1, speed=4.0)
    audience.join(calm)
    audience.join(quick)
    assert told[-1] == Watch("evaluation", 30, speed=4.0)
    calm.speed = 0.0
    audience.adjust(RUN)
    assert told[-1] == Watch("evaluation", 30, speed=0.0)
    audience.adjust(RUN)
    assert len(told) == 3
    audience.leave(calm)
    audience.leave(quick)
    assert told[-1] == Watch("evaluation", 0)


def test_a_preview_is_told_to_its_viewers_alone() -> None:
    """A newer message of a kind replaces one that waits."""
    audience = Audience(lambda _, __: True)
    viewer, other = Viewer(RUN, "preview", 30, 1), Viewer("other", "preview", 30, 1)
    audience.join(viewer)
    audience.join(other)
    audience.tell(RUN, "preview", "state", "1")
    audience.tell(RUN, "preview", "state", "2")
    audience.tell(RUN, "preview", "ready", "3")
    assert viewer.told == {"state": "2", "ready": "3"}
    assert other.told == {}


def test_speeds_are_bounded() -> None:
    """Zero stays: it means as fast as it plays."""
    wishes = (0.0, -1.0, 1e-9, 4.0, 1e9, float("nan"), float("inf"))
    found = [bounded_speed(wish) for wish in wishes]
    assert found == [0.0, 0.0, MIN_SPEED, 4.0, MAX_SPEED, 0.0, MAX_SPEED]
