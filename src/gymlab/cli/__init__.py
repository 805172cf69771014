"""The `gymlab` command: one file per command group; each parses, calls and prints."""
