"""When the next picture is due: a schedule that survives pauses between timesteps."""

MAX_DEBT = 5.0
"""Intervals of delay that are made up for."""
MIN_SPACING = 0.1
"""Shortest time between two pictures while catching up, in intervals."""
EVEN_FPS = 2.0
"""At this rate and below nothing is caught up with: every interval is at least as long as asked for."""


class Pace:
    """A schedule of equal intervals with limited catch-up.

    Training steps in bursts: updates hold it for milliseconds to seconds. Each picture is
    due at its place in the schedule, not an interval after the last one, so short holds
    cost nothing; after a long hold at most `MAX_DEBT` intervals are made up for, spread out
    so that a burst does not show the same instant several times.
    """

    def __init__(self) -> None:
        """Begin idle: nothing is ever due."""
        self._interval_s = 0.0
        self._scheduled = 0.0
        self._due = float("inf")
        self._spacing = MIN_SPACING

    @property
    def is_active(self) -> bool:
        """Whether pictures are wanted at all."""
        return self._interval_s > 0

    def set_rate(self, fps: float, now: float) -> None:
        """Change the rate; 0 stops. The first picture after an idle time is due at once."""
        if fps <= 0:
            self._interval_s, self._due = 0.0, float("inf")
            return
        was_active = self.is_active
        self._interval_s = 1.0 / fps
        self._spacing = 1.0 if fps <= EVEN_FPS else MIN_SPACING
        self._due = min(self._due, now + self._interval_s) if was_active else now
        self._scheduled = self._due

    def is_due(self, now: float) -> bool:
        """Tell whether a picture should be taken now; cheap."""
        return now >= self._due and self._interval_s > 0

    def is_nearly_due(self, now: float) -> bool:
        """Tell whether a picture that is taken anyway should count as the next one."""
        return self.is_due(now + self._interval_s / 2)

    def taken(self, now: float) -> None:
        """Note that a picture was taken, and schedule the next one."""
        interval = self._interval_s
        if not interval:
            return
        # The schedule falls behind on its own; only the spacing pushes a picture later.
        self._scheduled = max(self._scheduled + interval, now - MAX_DEBT * interval)
        self._due = max(self._scheduled, now + self._spacing * interval)
