"""A run that leaves its device open gets the NVIDIA card where it gains from it."""

from typing import Any

import pytest

from gymlab.domain.environments import EnvironmentInfo, SpaceInfo
from gymlab.domain.runners import RunnerDescription, RunnerKind, RunnerManifest
from gymlab.domain.runs import Device
from gymlab.server import machine
from gymlab.server.machine import Accelerator
from gymlab.server.runs.choosing_device import choose_device
from gymlab.server.runs.draft import Draft

CARD = Accelerator("cuda", "A card", 80 * 1024**3)
APPLE = Accelerator("mps", "Apple GPU", None)
NUMBERS = SpaceInfo(type="Box", text="Box(8)", shape=[8], dtype="float32")
SCREEN = SpaceInfo(type="Box", text="Box(84, 84, 4)", shape=[84, 84, 4], dtype="uint8")
BOTH = SpaceInfo(type="Dict", text="Dict", spaces={"a": NUMBERS, "b": SCREEN})
CHOICES = SpaceInfo(type="Discrete", text="Discrete(500)", n=500)
SMALL: dict[str, Any] = {"net_arch": [64, 64], "n_steps": 4096}
LARGE: dict[str, Any] = {"net_arch": [1024, 1024]}
LAYERS: dict[str, Any] = {"network": {"layers": [{"type": "dense", "units": 1024}] * 2}}
WIDE: dict[str, Any] = {"net_arch": [2048]}
ALL = [Device.CPU, Device.CUDA, Device.MPS]


def chosen(
    observed: SpaceInfo | None,
    hyperparameters: dict[str, Any],
    *,
    asked: Device = Device.AUTO,
    devices: list[Device] = ALL,
) -> bool:
    """Tell whether a run may use the card."""
    env = EnvironmentInfo(
        id="X-v0",
        title="X",
        family="x",
        summary="",
        observation_space=observed,
        action_space=CHOICES,
    )
    manifest = RunnerManifest(
        id="r", title="R", kind=RunnerKind.PYTHON, algorithms=[], devices=devices
    )
    runner = RunnerDescription(manifest=manifest, available=True, algorithms=[])
    draft = Draft(env=env, runner=runner, hyperparameters=hyperparameters, device=asked)
    choose_device(draft)
    assert draft.device is asked
    return draft.may_use_card


@pytest.fixture(name="has_card")
def fixture_has_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a card into the machine."""
    monkeypatch.setattr(machine, "accelerators", lambda: (CARD,))


@pytest.mark.usefixtures("has_card")
@pytest.mark.parametrize(
    ("observed", "hyperparameters", "may"),
    [
        (NUMBERS, SMALL, False),
        (NUMBERS, LARGE, True),
        (NUMBERS, LAYERS, True),
        (SCREEN, SMALL, True),
        (BOTH, SMALL, True),
        (NUMBERS, WIDE, False),
        (CHOICES, WIDE, True),
        (None, SMALL, False),
        (None, LARGE, True),
    ],
)
def test_large_networks_and_pictures_get_the_card(
    observed: SpaceInfo | None, hyperparameters: dict[str, Any], *, may: bool
) -> None:
    """Workers of others see none."""
    assert chosen(observed, hyperparameters) == may


@pytest.mark.usefixtures("has_card")
def test_what_was_asked_for_and_what_a_runner_cannot_use_stays() -> None:
    """The choice is for runs that leave it open."""
    assert not chosen(SCREEN, LARGE, asked=Device.CPU)
    assert not chosen(NUMBERS, SMALL, asked=Device.CUDA)
    assert not chosen(SCREEN, LARGE, devices=[Device.CPU])


@pytest.mark.parametrize("found", [(), (APPLE,)])
def test_without_a_card_nothing_is_chosen(
    monkeypatch: pytest.MonkeyPatch, found: tuple[Accelerator, ...]
) -> None:
    """Apple's GPU is the worker's own choice."""
    monkeypatch.setattr(machine, "accelerators", lambda: found)
    assert not chosen(SCREEN, LARGE)


@pytest.mark.parametrize(
    ("found", "accelerated"),
    [((), []), ((CARD,), ["cuda"]), ((APPLE,), ["auto", "mps"])],
)
def test_an_open_device_is_no_card(
    monkeypatch: pytest.MonkeyPatch, found: tuple[Accelerator, ...], accelerated: list[str]
) -> None:
    """What an estimate stands on: where a run with this device may compute."""
    monkeypatch.setattr(machine, "accelerators", lambda: found)
    devices = ("auto", "cpu", "cuda", "mps")
    assert [device for device in devices if machine.is_accelerated(device)] == accelerated
