"""Stored states of a run."""
