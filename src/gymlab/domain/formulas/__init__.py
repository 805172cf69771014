"""Reward formulas: a small language of numbers, read by a parser of its own and never run as Python."""
