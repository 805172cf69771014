"""Kept training episodes."""
