"""Arguments are checked by name, type and range before an environment sees them."""

import math
from typing import Any

import gymnasium as gym
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.envs.arguments import check_kwargs, native_kwargs, to_json
from gymlab.errors import InvalidInputError

DEFAULTS: dict[str, Any] = {
    "continuous": False,
    "frame_skip": 4,
    "gravity": -10.0,
    "healthy_z_range": (0.7, math.inf),
    "map_name": "4x4",
    "layers": [1],
    "table": {"a": 1},
    "anything": None,
    "rainy_probability": 0.5,
}


def check(**kwargs: Any) -> dict[str, Any]:
    """Check arguments of an imagined environment."""
    return check_kwargs("Imagined-v0", kwargs, DEFAULTS)


def test_fitting_values_become_those_of_python() -> None:
    """Lists become tuples, whole numbers become floats, "inf" becomes infinity."""
    assert check(
        continuous=True, gravity=-3, healthy_z_range=[1, "inf"], anything=[[1, 2]], map_name="8x8"
    ) == {
        "continuous": True,
        "gravity": -3.0,
        "healthy_z_range": (1, math.inf),
        "anything": [[1, 2]],
        "map_name": "8x8",
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("continuous", 1, "wrong_type"),
        ("continuous", "yes", "wrong_type"),
        ("frame_skip", 2.5, "wrong_type"),
        ("frame_skip", True, "wrong_type"),
        ("frame_skip", "4", "wrong_type"),
        ("frame_skip", 0, "out_of_range"),
        ("frame_skip", 10**9, "out_of_range"),
        ("gravity", "low", "wrong_type"),
        ("gravity", True, "wrong_type"),
        ("gravity", math.nan, "wrong_type"),
        ("gravity", math.inf, "wrong_type"),
        ("gravity", 10**400, "wrong_type"),
        ("gravity", None, "wrong_type"),
        ("healthy_z_range", 3, "wrong_type"),
        ("healthy_z_range", [], "wrong_type"),
        ("healthy_z_range", [1], "wrong_type"),
        ("healthy_z_range", [1, "a"], "wrong_type"),
        ("healthy_z_range", [1, 10**400], "wrong_type"),
        ("frame_skip", 10**400, "wrong_type"),
        ("continuous", 10**400, "wrong_type"),
        ("map_name", 4, "wrong_type"),
        ("layers", "x", "wrong_type"),
        ("table", [], "wrong_type"),
        ("anything", math.nan, "wrong_type"),
        ("anything", "x" * 30_000, "too_large"),
        ("rainy_probability", 2, "out_of_range"),
        ("rainy_probability", -0.1, "out_of_range"),
        ("gravitY", -10.0, "unknown_argument"),
        ("__class__", 1, "unknown_argument"),
        ("render_mode", "human", "unknown_argument"),
        ("x" * 10_000, 1, "unknown_argument"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: Any, code: str) -> None:
    """The error says which argument, which value and what would fit."""
    with pytest.raises(InvalidInputError) as caught:
        check(**{name: value})
    (problem,) = caught.value.fields
    assert problem.field == f"env_kwargs.{name[:100]}"
    assert problem.code == code
    assert len(problem.detail) < 400


def test_a_misspelt_name_gets_the_closest_one() -> None:
    """A list of everything is shown only where nothing is close."""
    with pytest.raises(InvalidInputError, match="gravty") as caught:
        check(gravty=1.0)
    assert caught.value.hint == "Did you mean gravity?"
    with pytest.raises(InvalidInputError) as caught:
        check(zzzzz=1.0)
    assert "gravity" in str(caught.value.hint)


def test_every_problem_is_told_at_once() -> None:
    """A form can mark all fields in one go."""
    with pytest.raises(InvalidInputError) as caught:
        check(gravity="low", continuous=3)
    assert len(caught.value.fields) == 2


def test_defaults_come_from_the_signature_and_the_registration() -> None:
    """A parameter annotated as a float has a float default even where it is written as 0."""
    assert native_kwargs(gym.spec("MountainCar-v0")) == {"goal_velocity": 0.0}
    assert native_kwargs(gym.spec("FrozenLake8x8-v1"))["map_name"] == "8x8"


def test_what_names_a_file_or_a_python_object_cannot_be_set() -> None:
    """A run is complete in its specification, so nothing points out of it."""
    assert not {"xml_file", "render_mode", "self", "default_camera_config"} & set(
        native_kwargs(gym.spec("Hopper-v5"))
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ((0.7, math.inf), [0.7, "inf"]),
        (-math.inf, "-inf"),
        (math.nan, None),
        ({1: (2,)}, {"1": [2]}),
        (True, True),
        (range(2), "range(0, 2)"),
    ],
)
def test_defaults_are_shown_as_json(value: Any, shown: Any) -> None:
    """What is shown can be given back."""
    assert to_json(value) == shown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(DEFAULTS)) | st.text(max_size=10), JSON, max_size=4))
def test_any_json_is_checked_or_refused(kwargs: dict[str, Any]) -> None:
    """No value gets past with another type than its default's, and none crashes the check."""
    try:
        checked = check(**kwargs)
    except InvalidInputError:
        return
    for name, value in checked.items():
        default = DEFAULTS[name]
        assert default is None or isinstance(value, type(default))
