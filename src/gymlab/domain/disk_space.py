"""How little disk space is too little."""

MIN_FREE_BYTES = 8 * 1024 * 1024
"""Below this a run stands still: the rest is for saying so."""
ROOM_BYTES = 2 * MIN_FREE_BYTES
"""From here on a run that stood still goes on, and a queued one begins."""
