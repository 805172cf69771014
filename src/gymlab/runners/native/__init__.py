"""Our own agents in PyTorch, written to be read."""
