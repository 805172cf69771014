"""Tests of our own agents."""
