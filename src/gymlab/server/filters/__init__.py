"""Filters of the list of runs that have names."""
