"""The showcase plays the newest policy while somebody watches."""

import math
import socket
import threading

import gymnasium
import numpy as np
import pytest
from safetensors.numpy import save

from gymlab.domain.runs import RunSpec
from gymlab.protocol.framing import worker_reader
from gymlab.protocol.parts import FrameHeader, Member
from gymlab.protocol.worker import (
    Artifact,
    Frame,
    FrameStatus,
    Heartbeat,
    LoadPolicy,
    PolicyLoaded,
    Record,
    StartShowcase,
    Stop,
    Watch,
)
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.outbox import Outbox
from gymlab.worker.rhythm import DEFAULT_FPS, MAX_FPS, natural_fps
from gymlab.worker.showcase import ShowcaseService
from tests.unit.worker.shim_end import PATIENCE_S, ShimEnd, memory_of, run_spec


def policy(seed: int) -> bytes:
    """Return a policy of the fake runner."""
    return save({"seed": np.array([seed], dtype=np.int64)})


def load(shim: ShimEnd, timestep: int, content: bytes) -> None:
    """Give the showcase a policy."""
    member = Member("policy.safetensors", len(content))
    shim.send(LoadPolicy(timestep, [member]), [memory_of(content)])


def test_it_waits_plays_swaps_and_rests() -> None:
    """First nothing but a word, then episodes; a newer policy takes over at an episode's end."""
    with ShimEnd() as shim:
        shim.send(StartShowcase(run_spec()))
        shim.send(Watch("showcase", 60))
        assert shim.until(FrameStatus).source == "showcase"
        shim.until(Heartbeat)
        assert shim.all_of(Frame) == []

        load(shim, 1000, policy(1))
        first = shim.until(Frame).header
        assert (first.source, first.run_timestep, first.episode) == ("showcase", 1000, 1)
        load(shim, 2000, policy(2))
        swapped = shim.until(Frame, lambda frame: frame.header.run_timestep == 2000).header
        assert swapped.episode > 1
        assert swapped.timestep <= 1
        older = [frame.header for frame in shim.all_of(Frame)][:-1]
        assert {header.run_timestep for header in older} == {1000}

        shim.send(Watch("showcase", 0))
        played = [shim.until(Heartbeat).timestep for _ in range(4)]
        assert played[-1] == played[-2]
        shim.send(Watch("showcase", 60))
        shim.until(Heartbeat, lambda beat: beat.timestep > played[-1])

        shim.send(Stop())
        assert shim.until_end() == 0


def test_a_newer_policy_does_not_wait_for_a_very_long_episode() -> None:
    """Once patience is spent, the episode gives way; before, it is played on."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        outbox = Outbox(theirs, on_lost=lambda: None)
        spec = RunSpec.model_validate(run_spec(env_id="MountainCar-v0"))
        service = ShowcaseService(spec, outbox, BlobWriter(outbox.post), patience_s=0.2)
        player = threading.Thread(target=service.run)
        player.start()
        service.handle(Watch("showcase", 60), [])
        for timestep in (1000, 2000):
            content = policy(timestep)
            member = Member("policy.safetensors", len(content), content=content)
            service.handle(LoadPolicy(timestep, [member]), [])
            header = first_frame_of(ours, timestep)
        service.handle(Stop(), [])
        player.join(PATIENCE_S)
        outbox.close()
    assert not player.is_alive()
    assert (header.episode, header.timestep <= 1) == (2, True)
    assert service.heartbeat().timestep < 200


def first_frame_of(link: socket.socket, run_timestep: int) -> FrameHeader:
    """Return the header of the first frame that a policy of this timestep played."""
    link.settimeout(PATIENCE_S)
    reader = worker_reader()
    while chunk := link.recv(1 << 20):
        for message in reader.feed(chunk):
            if isinstance(message, Frame) and message.header.run_timestep == run_timestep:
                return message.header
    raise AssertionError("the link ended")


def test_it_is_recorded_without_a_viewer() -> None:
    """A recording alone makes it play."""
    with ShimEnd() as shim:
        shim.send(StartShowcase(run_spec()))
        load(shim, 10, policy(1))
        shim.send(Record("r9", "showcase", 4, 30))
        artifact = shim.until(Artifact)
        assert (artifact.path, artifact.data["num_frames"]) == ("recordings/r9.mp4", 4)


def test_a_policy_that_cannot_be_loaded_leaves_the_earlier_one_playing() -> None:
    """Garbage in a checkpoint is reported; without an earlier one the showcase waits on."""
    with ShimEnd() as shim:
        shim.send(StartShowcase(run_spec()))
        shim.send(Watch("showcase", 60))
        load(shim, 10, b"garbage")
        refused = shim.until(PolicyLoaded)
        assert (refused.timestep, bool(refused.failure)) == (10, True)
        load(shim, 20, policy(1))
        assert shim.until(PolicyLoaded, lambda message: message.timestep == 20).failure is None
        shim.until(Frame, lambda frame: frame.header.run_timestep == 20)
        load(shim, 30, b"garbage again")
        assert shim.until(PolicyLoaded, lambda message: message.timestep == 30).failure
        seen = shim.until(Frame, lambda frame: frame.header.episode > 2).header
        assert seen.run_timestep == 20
        shim.send(Stop())
        assert shim.until_end() == 0


def test_a_deployed_policy_cuts_the_episode_under_way() -> None:
    """It does not wait for the end of a long one."""
    with ShimEnd() as shim:
        shim.send(StartShowcase(run_spec(env_id="MountainCar-v0")))
        shim.send(Watch("showcase", 60))
        load(shim, 10, policy(1))
        shim.until(Frame)
        content = policy(2)
        member = Member("policy.safetensors", len(content))
        shim.send(LoadPolicy(20, [member], at_once=True), [memory_of(content)])
        header = shim.until(Frame, lambda frame: frame.header.run_timestep == 20).header
        assert header.episode == 2
        assert shim.until(Heartbeat).timestep < 200
        shim.send(Stop())
        assert shim.until_end() == 0


@pytest.mark.parametrize(
    ("fps", "expected"),
    [
        (50, 50.0),
        (None, DEFAULT_FPS),
        ("x", DEFAULT_FPS),
        (0, DEFAULT_FPS),
        (-1, DEFAULT_FPS),
        (math.nan, DEFAULT_FPS),
        (1e9, MAX_FPS),
    ],
)
def test_the_natural_rate_is_always_sane(fps: object, expected: float) -> None:
    """Whatever an environment says about itself."""
    env = gymnasium.Env[int, int]()
    env.metadata = {"render_fps": fps}
    assert natural_fps(env) == expected
