"""The tags that runs have."""
