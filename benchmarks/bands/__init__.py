"""Learning curves of every engine over many seeds: `python -m benchmarks.bands`."""
