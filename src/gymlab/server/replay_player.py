"""A worker of the server's own that plays kept episodes of our games again."""

import msgspec

from gymlab.errors import UnavailableError
from gymlab.protocol.framing import ProtocolError, replay_reader
from gymlab.protocol.replays import PlayedAgain, ReplayRequest
from gymlab.server.piped_worker import PipedWorker

PLAY_TIMEOUT_S = 60.0


class ReplayPlayer:
    """Plays one episode at a time.

    It runs no code but ours: other environments than our own games are refused in it.
    """

    def __init__(self) -> None:
        """Prepare; the process starts when first needed."""
        self._worker = PipedWorker("replays")

    async def play(self, request: ReplayRequest) -> PlayedAgain:
        """Return the states of an episode.

        Raises:
            UnavailableError: The process failed or took too long.
        """
        question = msgspec.json.encode(request)
        try:
            return await self._worker.ask(question, replay_reader(), timeout_s=PLAY_TIMEOUT_S)
        except (TimeoutError, OSError, ProtocolError) as error:
            raise UnavailableError("The episode could not be played again.") from error

    async def close(self) -> None:
        """End the process."""
        await self._worker.close()
