"""Environments to look at and act in, without training."""
