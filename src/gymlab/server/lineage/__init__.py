"""Which run came from which."""
