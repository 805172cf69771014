"""Whether user code may run on this server: asked by every endpoint that would run some."""

import asyncio
import ipaddress
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from gymlab.errors import SandboxUnavailableError
from gymlab.settings import Settings
from gymlab.supervisor.sandbox.detection import detect
from gymlab.supervisor.sandbox.tiers import Verdict


def find_out(home: Path) -> Future[Verdict]:
    """Begin to try the sandbox of this machine, in a thread beside the caller's.

    Args:
        home: Data folder, against which the sandbox is tried.
    """
    with_one = ThreadPoolExecutor(1, thread_name_prefix="sandbox")
    verdict = with_one.submit(detect, home)
    with_one.shutdown(wait=False)
    return verdict


class SandboxGate:
    """Knows the tier of this machine, found out once while the server starts."""

    def __init__(self, settings: Settings, verdict: Future[Verdict]) -> None:
        """Take what `find_out` returned."""
        self._settings = settings
        self._verdict = verdict

    async def verdict(self) -> Verdict:
        """Return the tier, waiting for it where the start is not over."""
        return await asyncio.shield(asyncio.wrap_future(self._verdict))

    async def close(self) -> None:
        """Let the search end."""
        await asyncio.wait([asyncio.wrap_future(self._verdict)])

    @property
    def is_overridden(self) -> bool:
        """Whether the setting lets code run whatever the tier."""
        return self._settings.allow_unsandboxed_code

    async def is_unsafe(self) -> bool:
        """Tell whether strangers could run code here that no sandbox holds."""
        return is_exposed(self._settings.host) and not (await self.verdict()).is_isolated

    async def require(self) -> None:
        """Let user code pass, or refuse.

        Raises:
            SandboxUnavailableError: Strangers can reach this server and the sandbox is too weak.
        """
        if self.is_overridden or not await self.is_unsafe():
            return
        verdict = await self.verdict()
        raise SandboxUnavailableError(verdict.tier.value, verdict.detail, verdict.fix)


def is_exposed(host: str) -> bool:
    """Tell whether others than this machine can reach a server that listens there."""
    if host.lower() == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
