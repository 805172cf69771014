"""The catalogue of environments, with pictures."""
