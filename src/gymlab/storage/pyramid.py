"""A series at several resolutions, each the minima and maxima of the one below.

Shapes: a point is (timestep, value, seq), float64. Level 0 holds every point, in chunks of
1,024. Level k holds, for every full chunk of level k-1, the least and the greatest value of
each of 64 buckets of 16 points, in the order they occurred: 128 points.
"""

from collections.abc import Sequence

from gymlab.late import Floats, np

Points = Floats

CHUNK_POINTS = 1024
BUCKETS = 64
BUCKET_POINTS = CHUNK_POINTS // BUCKETS
SUMMARY_POINTS = 2 * BUCKETS
"""Points of level k for one full chunk of level k-1."""
NUM_COLUMNS = 3
TIMESTEP, VALUE, SEQ = 0, 1, 2


def summary(chunk: Points) -> Points:
    """Return the 128 points that stand for a full chunk at the next level.

    Args:
        chunk: (1024, 3) points in order.
    """
    values = chunk[:, VALUE].reshape(BUCKETS, BUCKET_POINTS)
    is_missing = np.isnan(values)
    lowest = np.where(is_missing, np.inf, values).argmin(axis=1)
    highest = np.where(is_missing, -np.inf, values).argmax(axis=1)
    # A bucket of equal values has both ends at one point: its last one stands for the other,
    # so that every bucket keeps two points in order.
    highest = np.where(lowest == highest, BUCKET_POINTS - 1, highest)
    pairs = np.sort(np.stack([lowest, highest], axis=1), axis=1)
    indices = (pairs + np.arange(BUCKETS)[:, None] * BUCKET_POINTS).reshape(-1)
    return chunk[indices]


def counts_after_cut(num_points: int, num_levels: int) -> list[int]:
    """Return how many points each level holds when level 0 holds `num_points`.

    Level arithmetic makes a cut exact: points of level k depend on full chunks below alone.
    """
    counts = [num_points]
    while len(counts) < num_levels:
        counts.append(SUMMARY_POINTS * (counts[-1] // CHUNK_POINTS))
    return counts


def encode_points(points: Points) -> bytes:
    """Return the columns one after the other, little-endian."""
    return np.ascontiguousarray(points.T, dtype="<f8").tobytes()


def decode_points(data: bytes) -> Points:
    """Return the (n, 3) points of a stored chunk."""
    return np.frombuffer(data, dtype="<f8").reshape(NUM_COLUMNS, -1).T


class OpenChunk:
    """The last chunk of a level, still growing."""

    def __init__(self, idx: int = 0, points: Points | None = None) -> None:
        """Continue a chunk, or begin an empty one."""
        self.idx = idx
        self.buffer: Points = np.empty((CHUNK_POINTS, NUM_COLUMNS))
        self.num_points = 0
        self.is_dirty = False
        if points is not None:
            self.num_points = len(points)
            self.buffer[: len(points)] = points

    @property
    def points(self) -> Points:
        """The (n, 3) points so far."""
        return self.buffer[: self.num_points]


class SeriesTail:
    """The growing ends of one series at every level, and the chunks that became full."""

    def __init__(self, levels: Sequence[OpenChunk] = ()) -> None:
        """Continue with the open chunks of a stored series, level 0 first."""
        self.levels: list[OpenChunk] = list(levels) or [OpenChunk()]
        self.full: list[tuple[int, int, Points]] = []
        """Level, index and points of chunks that were filled since they were last taken."""

    def append(self, points: Points) -> None:
        """Add points of level 0.

        Args:
            points: (n, 3) in order.
        """
        self._append(0, points)

    def _append(self, level: int, points: Points) -> None:
        while len(points):
            if level == len(self.levels):
                self.levels.append(OpenChunk())
            chunk = self.levels[level]
            taken = min(CHUNK_POINTS - chunk.num_points, len(points))
            chunk.buffer[chunk.num_points : chunk.num_points + taken] = points[:taken]
            chunk.num_points += taken
            chunk.is_dirty = True
            points = points[taken:]
            if chunk.num_points == CHUNK_POINTS:
                self.full.append((level, chunk.idx, chunk.buffer))
                self.levels[level] = OpenChunk(chunk.idx + 1)
                self._append(level + 1, summary(chunk.buffer))

    def take_changes(self) -> list[tuple[int, int, Points]]:
        """Return every chunk to be written: level, index, points."""
        changes, self.full = self.full, []
        for level, chunk in enumerate(self.levels):
            if chunk.is_dirty and chunk.num_points:
                changes.append((level, chunk.idx, chunk.points.copy()))
            chunk.is_dirty = False
        return changes
