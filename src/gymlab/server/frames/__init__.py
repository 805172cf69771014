"""Live pictures over a WebSocket."""
