"""Trained policies as files: downloading them, and taking over what was trained elsewhere."""
