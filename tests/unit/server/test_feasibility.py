"""What the preflight says of device and duration."""

from pathlib import Path

import pytest

from gymlab.domain.environments import EnvironmentInfo, SpaceInfo
from gymlab.domain.runners import AlgorithmDescription
from gymlab.server.runs.feasibility import PICTURE_SLOWDOWN, Surroundings, preflight
from gymlab.server.runs.resolving import Draft
from gymlab.server.runs.schemas import Preflight

NUMBERS = SpaceInfo(type="Box", text="Box(4)", shape=[4], dtype="float32", size_bytes=16)
SCREEN = SpaceInfo(
    type="Box", text="Box(84, 84, 1)", shape=[84, 84, 1], dtype="uint8", size_bytes=7056
)
TINY = SpaceInfo(type="Box", text="Box(7, 7, 3)", shape=[7, 7, 3], dtype="uint8", size_bytes=147)
DICT = SpaceInfo(type="Dict", text="Dict", spaces={"a": NUMBERS, "b": SCREEN}, size_bytes=7072)


def checked(
    home: Path, observation: SpaceInfo, *, has_accelerator: bool, speed: float | None = None
) -> Preflight:
    """Check a run of 100,000 timesteps at 1,000 a second."""
    env = EnvironmentInfo(
        id="X-v0",
        title="X",
        family="x",
        summary="",
        action_space=SpaceInfo(type="Discrete", text="Discrete(2)", size_bytes=8),
        observation_space=observation,
    )
    algorithm = AlgorithmDescription(
        id="a",
        title="A",
        summary="",
        action_spaces=["Discrete"],
        observation_spaces=["Box", "Dict"],
        timesteps_per_second=1000.0,
        schema={},
        presets=[],
    )
    draft = Draft(env=env, algorithm=algorithm, total_timesteps=100_000)
    around = Surroundings(
        home=home,
        num_busy=0,
        num_queued=0,
        max_runs=1,
        measured_speed=speed,
        has_accelerator=has_accelerator,
    )
    return preflight(draft, around)


def device_of(answer: Preflight) -> tuple[str, str]:
    """Return status and sentence of the device check."""
    (check,) = [item for item in answer.checks if item.id == "device"]
    return check.status, check.detail


@pytest.mark.parametrize("observation", [NUMBERS, TINY])
def test_a_machine_without_gpu_says_that_small_networks_need_none(
    tmp_path: Path, observation: SpaceInfo
) -> None:
    """A word, no warning."""
    answer = checked(tmp_path, observation, has_accelerator=False)
    assert device_of(answer) == (
        "ok",
        "No GPU here, and none is needed: the CPU trains small networks well.",
    )
    assert answer.estimate.duration_s == pytest.approx(100.0)


@pytest.mark.parametrize("observation", [SCREEN, DICT])
def test_pictures_without_gpu_are_a_warning_with_a_longer_estimate(
    tmp_path: Path, observation: SpaceInfo
) -> None:
    """Unless earlier runs were measured."""
    answer = checked(tmp_path, observation, has_accelerator=False)
    status, detail = device_of(answer)
    assert (status, "pictures" in detail) == ("warning", True)
    assert answer.estimate.duration_s == pytest.approx(100.0 * PICTURE_SLOWDOWN)
    measured = checked(tmp_path, observation, has_accelerator=False, speed=500.0)
    assert measured.estimate.duration_s == pytest.approx(200.0)


def test_with_a_gpu_nothing_is_said_of_the_cpu(tmp_path: Path) -> None:
    """Pictures are no reason for a warning then."""
    answer = checked(tmp_path, SCREEN, has_accelerator=True)
    assert device_of(answer)[0] == "ok"
    assert answer.estimate.duration_s == pytest.approx(100.0)
