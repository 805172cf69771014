"""Draws places in proportion to their priority in logarithmic time.

Source: Schaul et al. 2016, Prioritized Experience Replay, arXiv:1511.05952, appendix B.2.1. B places.
"""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class SumTree:
    """A binary tree whose leaves are priorities and whose nodes are the sums below them."""

    def __init__(self, capacity: int) -> None:
        """Begin with priorities of 0."""
        self._first_leaf = 1
        self._depth = 0
        while self._first_leaf < capacity:
            self._first_leaf *= 2
            self._depth += 1
        self._capacity = capacity
        self._nodes = np.zeros(2 * self._first_leaf)

    @property
    def total(self) -> float:
        """Sum of all priorities."""
        return float(self._nodes[1])

    @property
    def leaves(self) -> FloatArray:
        """(capacity,) priorities."""
        return self._nodes[self._first_leaf : self._first_leaf + self._capacity]

    def set(self, places: Indices, priorities: FloatArray) -> None:
        """Give places (B,) new priorities (B,)."""
        nodes = places + self._first_leaf
        self._nodes[nodes] = priorities
        for _ in range(self._depth):
            nodes = np.unique(nodes // 2)
            self._nodes[nodes] = self._nodes[2 * nodes] + self._nodes[2 * nodes + 1]

    def find(self, sums: FloatArray) -> Indices:
        """Return the places (B,) at which the running sum of priorities passes each of `sums`."""
        nodes = np.ones(len(sums), np.int64)
        rest = sums.copy()
        for _ in range(self._depth):
            left = 2 * nodes
            is_right = rest >= self._nodes[left]
            # Rounding may point beyond the last priority; a node of 0 is never entered.
            is_right &= self._nodes[left + 1] > 0
            rest -= np.where(is_right, self._nodes[left], 0.0)
            nodes = left + is_right
        return nodes - self._first_leaf
