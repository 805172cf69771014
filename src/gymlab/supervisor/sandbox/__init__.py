"""Keeping what a worker runs away from everything that is not its own, one mechanism per file."""
