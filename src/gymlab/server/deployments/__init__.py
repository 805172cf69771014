"""Playing checkpoints in the live feed."""
