"""Our own algorithms, compiled."""
