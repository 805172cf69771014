"""Rewards that a user writes: calling them, checking what they return, adding them up."""
