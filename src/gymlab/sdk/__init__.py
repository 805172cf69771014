"""Typed HTTP client for Python users: `gymlab.Client`."""
