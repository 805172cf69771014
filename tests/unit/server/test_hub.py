"""Messages that are kept a while, and readers that know how far they are."""

from hypothesis import given
from hypothesis import strategies as st

from gymlab.server.orchestration.hub import KEPT_MESSAGES, Channel, Entry, Hub


def _bodies(channel: Channel, position: int) -> list[bytes] | None:
    newer = channel.newer_than(position)
    return None if newer is None else [entry.body for entry in newer]


def test_a_reader_gets_what_follows_its_position() -> None:
    """And is sent to the store when memory does not reach back so far."""
    channel = Channel(latest=10)
    for number in range(11, 14):
        channel.add(Entry(number - 1, number, b"%d" % number))
    assert _bodies(channel, 13) == []
    assert _bodies(channel, 11) == [b"12", b"13"]
    assert _bodies(channel, 10) == [b"11", b"12", b"13"]
    assert _bodies(channel, 9) is None


def test_a_reader_inside_a_batch_asks_the_store() -> None:
    """A batch cannot be split in memory."""
    channel = Channel(latest=(1, 5))
    channel.add(Entry((1, 5), (1, 9), b"6-9"))
    assert channel.newer_than((1, 7)) is None
    assert channel.newer_than((1, 9)) == []


def test_a_gap_sends_everybody_to_the_store() -> None:
    """And what follows it is delivered from memory again."""
    hub = Hub()
    channel = hub.subscribe("t", lambda: None)
    hub.publish_between("t", 0, 5, b"a")
    hub.publish_between("t", 5, 900, None)
    hub.publish_between("t", 900, 901, b"b")
    assert _bodies(channel, 0) is None
    assert _bodies(channel, 5) is None
    assert _bodies(channel, 900) == [b"b"]


def test_topics_without_readers_cost_nothing() -> None:
    """A message is not even made for them."""
    hub = Hub()
    woken: list[int] = []

    def wake() -> None:
        woken.append(1)

    hub.subscribe("t", wake)
    hub.publish("t", 1, b"a")
    hub.unsubscribe("t", wake)
    assert not hub.has_readers("t")
    hub.publish("t", 2, b"b")
    assert woken == [1]


@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3 * KEPT_MESSAGES),
    start=st.integers(0, 50),
)
def test_memory_and_store_together_lose_and_repeat_nothing(sizes: list[int], start: int) -> None:
    """Whatever was dropped from memory."""
    channel = Channel()
    end = 0
    for size in sizes:
        channel.add(Entry(end or None, end + size, b"."))
        end += size
    position = min(start, end)
    newer = channel.newer_than(position)
    if newer is None:
        return
    for entry in newer:
        assert entry.before == position
        position = entry.after
    assert position == end
