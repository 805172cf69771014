"""Ids become names that people would use."""

import pytest

from gymlab.domain.environments import DescriptionSection
from gymlab.envs.titles import summary_of, title_of


@pytest.mark.parametrize(
    ("env_id", "title"),
    [
        ("gymlab/GridWorld-v0", "Grid World"),
        ("LunarLander-v3", "Lunar Lander"),
        ("LunarLanderContinuous-v3", "Lunar Lander, continuous"),
        ("InvertedDoublePendulum-v5", "Inverted Double Pendulum"),
        ("ALE/SpaceInvaders-v5", "Space Invaders"),
        ("ALE/Pitfall2-v5", "Pitfall 2"),
        ("MiniGrid-DoorKey-5x5-v0", "Door Key 5x5"),
        ("MiniGrid-LavaCrossingS9N1-v0", "Lava Crossing S9N1"),
        ("MiniGrid-MemoryS17Random-v0", "Memory S17 Random"),
        ("MiniGrid-ObstructedMaze-2Dlhb-v1", "Obstructed Maze 2Dlhb"),
        ("MiniGrid-WFC-MazeSimple-v0", "WFC Maze Simple"),
        ("someone/my-env-v3", "my env"),
        ("-v0", "-v0"),
    ],
)
def test_the_title_of_an_id(env_id: str, title: str) -> None:
    """Words are parted, namespaces and versions dropped."""
    assert title_of(env_id) == title


def test_a_summary_is_one_sentence() -> None:
    """Ours, that of the level's kind, the docstring's first, or the title."""
    sections = [DescriptionSection(title="Description", markdown="Go there. Then back.")]
    assert summary_of("CartPole-v1", "CartPole", sections).startswith("Balance")
    assert summary_of("MiniGrid-DoorKey-99x99-v0", "Door Key", sections).startswith("Pick up a key")
    assert summary_of("Other-v0", "Other", sections) == "Go there."
    assert summary_of("Other-v0", "Other", []) == "Other."
