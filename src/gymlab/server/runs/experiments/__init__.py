"""Experiments: the same specification with several seeds, created and steered together."""
