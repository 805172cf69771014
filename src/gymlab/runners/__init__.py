"""Training backends: one folder each, none knows another."""
