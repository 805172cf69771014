"""Tests of the Stable-Baselines3 backend."""
