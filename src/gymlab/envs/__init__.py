"""Environments: what is installed, how one is made, what it is and what it looks like."""
