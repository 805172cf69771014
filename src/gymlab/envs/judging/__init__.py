"""Evaluations that users write: recording episodes, calling the function, checking what it says."""
