"""Why the episodes of a run ended."""
