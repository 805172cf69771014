"""Evaluations of stored policies."""
