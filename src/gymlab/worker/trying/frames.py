"""Small pictures of an episode whose length is not known beforehand."""

import base64

from gymlab.worker.pictures import as_picture, encode_jpeg, scaled_to_width

MAX_FRAMES = 60
WIDTH = 200


class FrameStrip:
    """Keeps at most 60 evenly spaced pictures of an episode."""

    def __init__(self) -> None:
        """Begin without any."""
        self.frames: list[str] = []
        """JPEG pictures, base64."""
        self.timesteps: list[int] = []
        """Timesteps that they were taken after."""
        self._every = 1

    def wants(self, timestep: int) -> bool:
        """Tell whether the state after a timestep is to be drawn."""
        return timestep % self._every == 0

    def add(self, timestep: int, drawn: object) -> None:
        """Keep what was drawn.

        Raises:
            NoPictureError: It is no picture.
        """
        if len(self.frames) == MAX_FRAMES:
            self.frames, self.timesteps = self.frames[::2], self.timesteps[::2]
            self._every *= 2
            if not self.wants(timestep):
                return
        content = encode_jpeg(scaled_to_width(as_picture(drawn), WIDTH))
        self.frames.append(base64.b64encode(content).decode())
        self.timesteps.append(timestep)
