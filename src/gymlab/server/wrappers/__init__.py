"""The wrappers that a run may put around its environment."""
