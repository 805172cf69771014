"""The showcase plays the newest policy while somebody watches."""

import math

import gymnasium
import numpy as np
import pytest
from safetensors.numpy import save

from gymlab.protocol.parts import Member
from gymlab.protocol.worker import (
    Artifact,
    Failed,
    Frame,
    FrameStatus,
    Heartbeat,
    LoadPolicy,
    Record,
    StartShowcase,
    Stop,
    Watch,
)
from gymlab.worker.showcase import DEFAULT_FPS, MAX_FPS, natural_fps
from tests.unit.worker.shim_end import ShimEnd, memory_of, run_spec


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


def test_it_is_recorded_without_a_viewer() -> None:
    """A recording alone makes it play."""
    with ShimEnd() as shim:
        shim.send(StartShowcase(run_spec()))
        load(shim, 10, policy(1))
        shim.send(Record("r9", "showcase", 4, 30))
        artifact = shim.until(Artifact)
        assert (artifact.path, artifact.data["num_frames"]) == ("recordings/r9.mp4", 4)


def test_a_policy_that_cannot_be_loaded_is_a_failure() -> None:
    """Garbage in a checkpoint ends the showcase with a reason."""
    with ShimEnd() as shim:
        shim.send(StartShowcase(run_spec()))
        shim.send(Watch("showcase", 60))
        load(shim, 10, b"garbage")
        assert shim.until_end() == 1
        assert shim.all_of(Failed)[0].detail


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
