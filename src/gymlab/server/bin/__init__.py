"""Deleted runs that can still be restored."""
