"""The catalogue as the server knows it."""

import pytest

from gymlab.errors import EnvironmentNotFoundError
from gymlab.server.catalogue.catalogue import Catalogue

CATALOGUE = Catalogue({
    "environments": [
        {
            "id": "LunarLander-v3",
            "title": "Lunar Lander",
            "family": "box2d",
            "summary": "Land.",
            "action_space": {"type": "Discrete", "text": "Discrete(4)"},
            "observation_space": {"type": "Box", "text": "Box(8)"},
            "available": True,
            "aliases": ["LunarLander-v2"],
        }
    ],
    "runners": [],
})


def test_an_older_id_is_answered_with_what_differs() -> None:
    """The entry is the present one; the notice warns of comparing with old results."""
    info, notice = CATALOGUE.environment("LunarLander-v2")
    assert info.id == "LunarLander-v3"
    assert notice == (
        "`LunarLander-v2` was replaced by `LunarLander-v3`; returns may differ from older results."
    )


@pytest.mark.parametrize("env_id", ["LunarLander-v2", "LunarLander-v3"])
def test_the_id_that_replaced_an_older_one_is_known(env_id: str) -> None:
    """Unknown ids stay as they are: somebody else refuses them."""
    assert CATALOGUE.current_id(env_id) == "LunarLander-v3"
    assert CATALOGUE.current_id("code/x@1") == "code/x@1"


def test_a_present_id_has_no_notice() -> None:
    """Nothing is said where nothing differs."""
    assert CATALOGUE.environment("LunarLander-v3")[1] is None


def test_an_unknown_id_names_the_closest() -> None:
    """Whatever its case."""
    with pytest.raises(EnvironmentNotFoundError) as caught:
        CATALOGUE.environment("lunarlandr-v3")
    assert "LunarLander-v3" in str(caught.value.hint)
