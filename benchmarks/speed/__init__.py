"""How fast each engine trains the same thing, and how well: `make bench-speed`."""
