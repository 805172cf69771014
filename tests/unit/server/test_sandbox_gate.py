"""Who may run code where."""

import asyncio
from concurrent.futures import Future

import pytest

from gymlab.errors import SandboxUnavailableError
from gymlab.server.sandbox_gate import SandboxGate, is_exposed
from gymlab.settings import Settings
from gymlab.supervisor.sandbox.tiers import Tier, Verdict

WEAK = Verdict(Tier.REDUCED, "Bubblewrap is missing.", "apt install bubblewrap")
STRONG = Verdict(Tier.ISOLATED, "All is well.")


def gate(settings: Settings, verdict: Verdict) -> SandboxGate:
    """Return a gate whose machine is known beforehand."""
    known: Future[Verdict] = Future()
    known.set_result(verdict)
    return SandboxGate(settings, known)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost", "LOCALHOST"])
def test_loopback_addresses_are_not_exposed(host: str) -> None:
    """Only this machine reaches them."""
    assert not is_exposed(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "lab.example.org", ""])  # noqa: S104
def test_every_other_address_is_exposed(host: str) -> None:
    """Names are taken for reachable, whatever they resolve to."""
    assert is_exposed(host)


def test_code_runs_on_loopback_whatever_the_tier() -> None:
    """Whoever sits at the machine runs their own code anyway."""
    asyncio.run(gate(Settings(), WEAK).require())


def test_code_runs_where_it_is_isolated() -> None:
    """The strongest tier needs no loopback."""
    asyncio.run(gate(Settings(host="0.0.0.0"), STRONG).require())  # noqa: S104


def test_exposed_and_weak_is_refused_with_the_fix() -> None:
    """The refusal says what to install."""
    with pytest.raises(SandboxUnavailableError) as caught:
        asyncio.run(gate(Settings(host="0.0.0.0"), WEAK).require())  # noqa: S104
    assert caught.value.code == "sandbox_unavailable"
    assert caught.value.hint == "apt install bubblewrap"
    assert "reduced" in caught.value.detail


def test_the_setting_overrides_and_is_confessed() -> None:
    """The page shows a banner for it."""
    overridden = gate(Settings(host="0.0.0.0", allow_unsandboxed_code=True), WEAK)  # noqa: S104
    asyncio.run(overridden.require())
    assert overridden.is_overridden
    assert asyncio.run(overridden.is_unsafe())
