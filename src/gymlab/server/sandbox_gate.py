"""Whether user code may run on this server: asked by every endpoint that would run some."""

import asyncio
import ipaddress

from gymlab.errors import SandboxUnavailableError
from gymlab.settings import Settings
from gymlab.supervisor.sandbox.detection import detect
from gymlab.supervisor.sandbox.tiers import Verdict


class SandboxGate:
    """Knows the tier of this machine, found out once in the background of the start."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; nothing is tried yet."""
        self._settings = settings
        self._finding: asyncio.Task[Verdict] | None = None

    def start(self) -> None:
        """Begin to find out."""
        self._finding = asyncio.create_task(
            asyncio.to_thread(detect, self._settings.home), name="sandbox"
        )

    async def verdict(self) -> Verdict:
        """Return the tier, waiting for it where the start is not over."""
        if self._finding is None:
            self.start()
        assert self._finding is not None  # noqa: S101
        return await asyncio.shield(self._finding)

    async def close(self) -> None:
        """Let the search end."""
        if self._finding is not None:
            await asyncio.wait([self._finding])

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
