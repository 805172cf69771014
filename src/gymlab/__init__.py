"""gymlab: train, watch, question and share reinforcement-learning agents in the browser."""

__version__ = "0.1.0"
