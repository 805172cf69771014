"""What rules found out about a run."""
