"""Measured series and rows."""
