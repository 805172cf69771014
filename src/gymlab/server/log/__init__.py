"""What a run's worker printed."""
