"""What a short training would leave on the disk."""

import msgspec

from gymlab.protocol.learning import LearnerPicture, NetworkPicture
from gymlab.protocol.parts import EpisodeRow, LearnerRow, Member
from gymlab.protocol.worker import Checkpoint
from gymlab.supervisor.calibration_files import MAX_REMEMBERED, Scales
from gymlab.supervisor.rows import RowNumberer


def scales() -> Scales:
    """Return empty ones."""
    return Scales(RowNumberer(attempt=1, seq=0, main_loss=None))


def episode(timestep: int, length: int) -> EpisodeRow:
    """Return the row of an episode."""
    return EpisodeRow(timestep, 0.0, 0.0, 1, 0, 1.0, length, terminated=True, truncated=False)


def checkpoint(timestep: int, lasting: int, transient: int) -> Checkpoint:
    """Return a checkpoint of two files."""
    members = [
        Member(name="policy.safetensors", size=lasting, token=1),
        Member(name="buffer.bin", size=transient, token=2, transient=True),
    ]
    return Checkpoint(
        timestep=timestep, episodes=1, gradient_steps=0, wall_time_s=1.0, mean_return=None,
        members=members,
    )  # fmt: skip


def test_nothing_weighs_nothing() -> None:
    """No episode, no checkpoint, no picture."""
    found = scales().total(0)
    assert found.num_episodes == found.episode_row_bytes == found.transient_bytes == 0
    assert found.episode_length is found.checkpoint_bytes is found.picture_bytes is None


def test_the_second_half_says_how_long_episodes_are_now() -> None:
    """What they were at first is past."""
    weighed = scales()
    weighed.episodes([episode(100, 100), episode(600, 500), episode(1000, 400)])
    found = weighed.total(1000)
    assert (found.num_episodes, found.episode_length) == (3, 450.0)
    assert 150 < found.episode_row_bytes < 500


def test_episodes_of_the_first_half_alone_count() -> None:
    """Where none has ended since."""
    weighed = scales()
    weighed.episodes([episode(100, 100)])
    assert weighed.total(1000).episode_length == 100


def test_a_flood_of_episodes_is_counted_and_not_kept() -> None:
    """A worker cannot fill the memory of what measures it."""
    weighed = scales()
    weighed.episodes([episode(idx + 1, 10**12) for idx in range(MAX_REMEMBERED + 5)])
    found = weighed.total(1)
    assert found.num_episodes == MAX_REMEMBERED + 5
    assert found.episode_length == 10**12


def test_the_last_checkpoint_counts_and_its_growth_since_the_first() -> None:
    """Lasting files apart from what training continues from."""
    weighed = scales()
    weighed.checkpoint(checkpoint(1000, 70, 5000))
    assert weighed.total(1000).transient_bytes_per_timestep is None
    weighed.checkpoint(checkpoint(2000, 80, 9000))
    weighed.checkpoint(checkpoint(3000, 90, 13_000))
    found = weighed.total(3500)
    assert (found.checkpoint_bytes, found.transient_bytes) == (90, 13_000)
    assert (found.checkpoint_timestep, found.transient_bytes_per_timestep) == (3000, 4.0)


def test_pictures_and_rows_of_the_learner() -> None:
    """By the bytes of their JSON."""
    weighed = scales()
    network = NetworkPicture(timestep=1, gradient_steps=1, layers=[])
    weighed.picture(LearnerPicture(network))
    weighed.learner(
        LearnerRow(timestep=1, timestamp=1.0, wall_time_s=1.0, gradient_steps=1, metrics={})
    )
    found = weighed.total(10)
    assert found.picture_bytes == len(msgspec.json.encode([network, None]))
    assert found.learner_row_bytes_per_timestep > 5
