"""The version both ends of every link must share."""

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Largest message on any link; anything larger travels as a blob."""
MAX_INLINE_BYTES = 256 * 1024
"""Largest file content inside a message; anything larger travels as a blob."""
MAX_FRAME_BYTES = 2 * 1024 * 1024
"""Largest encoded picture."""
MAX_BLOB_BYTES = 16 * 1024 * 1024 * 1024
"""Largest blob a worker may ask for."""
