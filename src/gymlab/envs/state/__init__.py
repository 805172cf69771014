"""An environment's state in the middle of an episode, as plain data."""
