"""The versions of a model: what changed between runs, and what came of it."""
