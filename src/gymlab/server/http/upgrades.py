"""A WebSocket that is refused before its handshake has had its answer."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_REFUSAL = "websocket.http.response.body"


class UpgradeProtocol(WebSocketsSansIOProtocol):
    """WebSockets whose refusals are whole answers.

    Uvicorn does not take the last byte of a refusal for the end of the handshake: it would
    report each as a mistake of the application.
    """

    async def send(self, message: Any) -> None:
        """Send a message of the application."""
        await super().send(message)
        if message["type"] == _REFUSAL and not message.get("more_body", False):
            self.handshake_complete = True
