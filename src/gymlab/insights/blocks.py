"""A long series of episodes in a bounded number of blocks of equal length."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FIRST_BLOCK_EPISODES = 5
MAX_BLOCKS = 64


@dataclass(slots=True)
class Block:
    """Some episodes in a row: sums, from which means and spreads follow."""

    first_timestep: int
    last_timestep: int = 0
    num_episodes: int = 0
    sums: dict[str, float] = field(default_factory=dict[str, float])
    """Metric -> sum of its values."""
    squares: dict[str, float] = field(default_factory=dict[str, float])
    """Metric -> sum of their squares."""

    def add(self, timestep: int, values: Mapping[str, float]) -> None:
        """Count an episode."""
        self.last_timestep = timestep
        self.num_episodes += 1
        for name, given in values.items():
            value = float(given)
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.squares[name] = self.squares.get(name, 0.0) + value * value

    def joined(self, later: "Block") -> "Block":
        """Return this block and the next one as one."""
        names = self.sums.keys() | later.sums.keys()
        return Block(
            self.first_timestep,
            later.last_timestep,
            self.num_episodes + later.num_episodes,
            {name: self.sums.get(name, 0.0) + later.sums.get(name, 0.0) for name in names},
            {name: self.squares.get(name, 0.0) + later.squares.get(name, 0.0) for name in names},
        )

    def mean(self, name: str) -> float:
        """Return the mean of a metric; an episode without it counts as 0."""
        return self.sums.get(name, 0.0) / self.num_episodes

    def variance(self, name: str) -> float:
        """Return the variance of a metric within the block."""
        mean = self.mean(name)
        return max(0.0, self.squares.get(name, 0.0) / self.num_episodes - mean * mean)


class Blocks:
    """Blocks of one size; when there are too many, neighbours are joined and the size doubles."""

    def __init__(self) -> None:
        """Begin with small blocks."""
        self.size = FIRST_BLOCK_EPISODES
        self.full: list[Block] = []
        self._open: Block | None = None

    def add(self, timestep: int, values: Mapping[str, float]) -> bool:
        """Count an episode; tell whether it completed a block."""
        block = self._open = self._open or Block(timestep)
        block.add(timestep, values)
        if block.num_episodes < self.size:
            return False
        self.full.append(block)
        self._open = None
        if len(self.full) == MAX_BLOCKS:
            pairs = zip(self.full[::2], self.full[1::2], strict=True)
            self.full = [first.joined(second) for first, second in pairs]
            self.size *= 2
        return True
