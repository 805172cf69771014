"""The event log of a run."""
