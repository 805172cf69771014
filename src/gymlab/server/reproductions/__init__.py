"""Whether a run that was trained once more gave the same numbers."""
