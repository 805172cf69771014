"""Attacks from inside a worker's sandbox, each in every tier that this machine offers.

An attack says itself when it got through; what it aimed at is looked at from outside as well.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gymlab.supervisor.watchdog import remove_scratch
from tests.security.sandbox.attack import Attack
from tests.security.sandbox.attacks_on_files import LINKS_AND_DEVICES, ON_FILES, PERSISTENCE
from tests.security.sandbox.attacks_on_processes import (
    DESCRIPTORS,
    ENVIRONMENT,
    IDENTITY,
    KERNEL,
    NAMESPACES,
    NETWORK,
    PROC,
    SIGNALS,
    STARTING,
    TRACING,
)
from tests.security.sandbox.attacks_on_resources import BOMBS, LIMITS
from tests.security.sandbox.tiers import Offer, offers
from tests.security.sandbox.world import World

ATTACKS: list[Attack] = [
    *ON_FILES,
    *LINKS_AND_DEVICES,
    *PERSISTENCE,
    *ENVIRONMENT,
    *PROC,
    *SIGNALS,
    *TRACING,
    *NETWORK,
    *STARTING,
    *NAMESPACES,
    *KERNEL,
    *IDENTITY,
    *DESCRIPTORS,
    *LIMITS,
    *BOMBS,
]
OFFERS = offers()


@pytest.fixture(scope="module", name="world")
def fixture_world() -> Iterator[World]:
    """Yield what surrounds the sandboxes, where every user could get at it."""
    with (
        tempfile.TemporaryDirectory(prefix="gymlab-attacked-") as folder,
        World(Path(folder)) as world,
    ):
        yield world


@pytest.fixture(name="scratch")
def fixture_scratch() -> Iterator[Path]:
    """Yield the folder of one worker, made as a shim makes it."""
    folder = Path(tempfile.mkdtemp(prefix="gymlab-scratch-"))
    yield folder
    remove_scratch(folder)
    assert not folder.exists()


def test_there_are_enough_attacks() -> None:
    """Each has a name of its own."""
    assert len(ATTACKS) >= 70
    assert len({item.id for item in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.name)
@pytest.mark.parametrize("item", ATTACKS, ids=lambda item: item.id)
def test_nothing_gets_through(item: Attack, offer: Offer, world: World, scratch: Path) -> None:
    """Inside says that it failed, and outside nothing changed; known leaks are expected to leak."""
    said = world.run(item, offer.mechanism, scratch, offer.before, offer.accelerator)
    got_through = said.startswith("THROUGH")
    if offer.name in item.leaks_in:
        assert got_through, f"this no longer leaks, say so in the documentation: {said}"
    else:
        assert not got_through, said
        assert "HELD" in said or "exit" in said or "ended" in said
    assert world.damages() == []
