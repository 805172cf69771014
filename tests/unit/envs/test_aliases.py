"""Old ids lead to the environment that replaced them, and say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.envs.aliases import aliases_of, newest_versions, resolve_alias

CATALOGUE = ["LunarLander-v3", "Taxi-v4", "ALE/Breakout-v5", "MiniGrid-DoorKey-5x5-v0", "NoVersion"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("LunarLander-v2", "LunarLander-v3"),
        ("LunarLander-v0", "LunarLander-v3"),
        ("Taxi-v3", "Taxi-v4"),
        ("Breakout-v0", "ALE/Breakout-v5"),
        ("BreakoutNoFrameskip-v4", "ALE/Breakout-v5"),
        ("BreakoutDeterministic-v4", "ALE/Breakout-v5"),
        ("ALE/Breakout-v4", "ALE/Breakout-v5"),
    ],
)
def test_an_older_id_is_answered_with_a_notice(asked: str, answered: str) -> None:
    """The notice names both ids."""
    resolved = resolve_alias(asked, CATALOGUE)
    assert resolved is not None
    assert resolved.env_id == answered
    assert asked in str(resolved.notice)
    assert answered in str(resolved.notice)


def test_a_current_id_has_no_notice() -> None:
    """Nothing is said where nothing differs."""
    resolved = resolve_alias("Taxi-v4", CATALOGUE)
    assert resolved is not None
    assert (resolved.env_id, resolved.notice) == ("Taxi-v4", None)


@pytest.mark.parametrize(
    "asked", ["LunarLander-v4", "LunarLander", "lunarlander-v2", "", "-v1", "Nope-v0", "os:x-v0"]
)
def test_what_never_existed_is_not_guessed(asked: str) -> None:
    """A newer version or another spelling is unknown, not an alias."""
    assert resolve_alias(asked, CATALOGUE) is None


def test_every_listed_alias_leads_back() -> None:
    """What the catalogue shows as an alias is one."""
    for env_id in CATALOGUE:
        for alias in aliases_of(env_id, CATALOGUE):
            resolved = resolve_alias(alias, CATALOGUE)
            assert resolved is not None
            assert resolved.env_id == env_id


def test_a_card_game_is_not_taken_for_its_console_version() -> None:
    """Both Blackjacks had a first version; the plain name means the plain game."""
    ids = ["Blackjack-v1", "ALE/Blackjack-v5"]
    resolved = resolve_alias("Blackjack-v0", ids)
    assert resolved is not None
    assert resolved.env_id == "Blackjack-v1"
    assert "Blackjack-v0" not in aliases_of("ALE/Blackjack-v5", ids)


def test_only_the_newest_version_is_listed() -> None:
    """Order is kept and ids without a version stay."""
    ids = ["A-v0", "B-v4", "A-v1", "NoVersion", "B-v5", "x/A-v0"]
    assert newest_versions(ids) == ["A-v1", "NoVersion", "B-v5", "x/A-v0"]


@given(st.text(max_size=400))
def test_no_text_breaks_the_search(asked: str) -> None:
    """Any text is either an id of the catalogue or nothing."""
    resolved = resolve_alias(asked, CATALOGUE)
    assert resolved is None or resolved.env_id in CATALOGUE
