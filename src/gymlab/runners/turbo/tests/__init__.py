"""Tests of the compiled runner."""
