"""What trying a reward says about it: numbers, arrays, potentials."""

from typing import Any

import pytest

from gymlab.domain.code import source_code
from gymlab.errors import UserCodeError
from gymlab.protocol.worker import StartTrial
from gymlab.server.code.templates import all_templates
from gymlab.worker.trying.evaluation import try_evaluation
from gymlab.worker.trying.reward import try_reward

LONG = "def reward_function(obs, action, next_obs, reward, terminated, truncated, info):\n"
PHI = "import math\ndef phi(s):\n    return math.sin(3.0 * s[0]) + 100.0 * s[1] ** 2 + 2.0\n\n"


def tried(source: str, env_id: str = "MountainCar-v0", num_episodes: int = 2) -> dict[str, Any]:
    """Try a reward."""
    code = source_code(source)
    message = StartTrial("reward", code.model_dump(mode="json"), env_id, {}, None, num_episodes, 5)
    return try_reward(code, message)


@pytest.mark.parametrize(
    "template",
    [item for item in all_templates() if item.kind == "reward"],
    ids=lambda item: item.id,
)
def test_the_templates_run_in_their_environments(template: Any) -> None:
    """Without problems, with pictures."""
    found = tried(template.source, template.env_id, 1)
    assert found["problems"] == []
    episode = found["episodes"][0]
    assert episode["length"] == len(episode["rewards"]) == len(episode["own_rewards"]) > 0
    assert all(len(values) == episode["length"] for values in episode["terms"].values())
    assert 1 <= len(episode["frames"]) == len(episode["frame_timesteps"]) <= 42
    assert found["minimum"] <= found["maximum"]


@pytest.mark.parametrize(
    ("body", "is_based", "words"),
    [
        ("    after = 0.0 if terminated else phi(next_obs)\n    return reward + 0.9 * after - phi(obs)",
         True, "gamma = 0.9"),
        (("    after = 0.0 if terminated else phi(next_obs)\n"
         "    return {'own': reward, 'shaping': after - phi(obs)}"), True, "gamma = 1"),
        ("    return reward + 0.9 * phi(next_obs) - phi(obs)", False, "terminated"),
        ("    return reward + phi(next_obs)", False, ""),
        ("    return reward - 0.1 * abs(action - 1)", False, "action"),
        ("    return reward", None, "Nothing is added"),
        ("    return 2.0 * reward + phi(obs)", False, "changes the environment's own"),
        ("    return phi(next_obs) - phi(obs)", False, "leaves the environment's own reward out"),
        ("    return reward + phi(next_obs) * phi(obs)", False, "difference"),
        ("    import random\n    return reward + random.random()", None, "different numbers"),
        (("    after = 0.0 if terminated else phi(next_obs)\n"
         "    return {'own': reward, 'shaping': 0.9 * after - phi(obs), 'effort': -0.1 * action}"),
         False, "`shaping` is"),
    ],
)  # fmt: skip
def test_potential_based_shaping_is_recognised(
    body: str, is_based: bool | None, words: str
) -> None:
    """By what the function gives for states of the episodes put together anew."""
    found = tried(f"{PHI}{LONG}{body}\n")["potential"]
    assert found["is_potential_based"] is is_based, found
    assert words in found["detail"]


def test_a_reward_of_two_arguments_is_no_shaping() -> None:
    """It replaces the environment's own."""
    found = tried("def reward_function(obs, action):\n    return 1.0\n")
    assert found["potential"]["is_potential_based"] is None
    assert "replaces" in found["potential"]["detail"]


def test_arrays_are_found_out_and_timed() -> None:
    """For what treats every transition alone."""
    line = "def reward_function(obs, action):\n    return -np.abs(obs[..., 0])\n"
    found = tried(f"import numpy as np\n{line}")
    assert found["batched"]["detected"]
    assert found["batched"]["speed_up"] > 1
    branch = "def reward_function(obs, action):\n    return 1.0 if obs[0] > 0 else 0.0\n"
    assert not tried(branch)["batched"]["detected"]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("None", "None"),
        ("'a'", "text"),
        ("[1.0]", "list"),
        ("1j", "complex"),
        ("10 ** 400", "too large"),
        ("obs", "shape (2,)"),
        ("{'a b': 1.0}", "key"),
        ("{i: 1.0 for i in range(40)}", "key"),
        ("{f't{i}': 1.0 for i in range(40)}", "at most 32"),
        ("1 / 0", "ZeroDivisionError"),
        ("undefined", "NameError"),
        ("__import__('torch').ones(1, requires_grad=True)", "tensor"),
    ],
)
def test_what_is_no_reward_is_a_problem_with_its_line(value: str, word: str) -> None:
    """Said once, because it would come at every timestep."""
    found = tried(f"def reward_function(obs, action):\n    x = 1\n    return {value}\n")
    assert len(found["problems"]) == 1, found["problems"]
    problem = found["problems"][0]
    assert (problem["line"], problem["severity"]) == (3, "error")
    assert word in problem["message"] + (problem["hint"] or "")


@pytest.mark.parametrize("value", ["float('nan')", "float('inf')", "-float('inf')"])
def test_numbers_that_are_not_finite_are_counted(value: str) -> None:
    """The rest of the episode is still shown."""
    found = tried(
        f"def reward_function(obs, action):\n    return {value} if action == 2 else 1.0\n"
    )
    assert found["not_finite"] > 10
    assert (found["minimum"], found["maximum"]) == (1.0, 1.0)
    assert [item["code"] for item in found["problems"]] == ["not_finite"]
    assert None in found["episodes"][0]["rewards"]


def test_terms_may_come_and_go() -> None:
    """Absent ones are holes."""
    found = tried(
        "def reward_function(obs, action):\n"
        "    return {'right': 1.0} if action == 2 else {'other': 0.0}\n"
    )
    terms = found["episodes"][0]["terms"]
    assert set(terms) == {"right", "other"}
    assert {len(values) for values in terms.values()} == {found["episodes"][0]["length"]}
    assert all(
        (one is None) != (other is None)
        for one, other in zip(terms["right"], terms["other"], strict=True)
    )


def test_a_loop_is_stopped_and_named() -> None:
    """With its line."""
    found = tried("def reward_function(obs, action):\n    while True:\n        pass\n")
    assert found["problems"][0]["code"] == "too_slow"
    assert found["problems"][0]["line"] in {2, 3}


def judged(source: str) -> dict[str, Any]:
    """Try an evaluation."""
    code = source_code(source)
    message = StartTrial("evaluation", code.model_dump(mode="json"), "CartPole-v1", {}, None, 3, 5)
    return try_evaluation(code, message)


def test_an_evaluation_sees_whole_episodes() -> None:
    """Observations, actions, rewards, infos and how it ended."""
    found = judged(
        "import numpy as np\n"
        "def evaluate(episodes):\n"
        "    e = episodes[0]\n"
        "    assert e.observations.shape == (e.length + 1, 4)\n"
        "    assert len(e.actions) == len(e.rewards) == len(e.infos) == e.length\n"
        "    assert e.episode_return == e.length and e.terminated and not e.truncated\n"
        "    return {'n': len(episodes), 'seed': e.seed, 'empty': np.nan}\n"
    )
    assert found["metrics"] == {"n": 3.0, "seed": 5.0, "empty": None}
    assert [item["code"] for item in found["problems"]] == ["not_finite"]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("None", "not a dict"),
        ("3.0", "not a dict"),
        ("{1: 2}", "key"),
        ("{'../x': 2}", "key"),
        ("{'a': None}", "None"),
        ("{'a': episodes}", "list"),
        ("{'a': 10 ** 400}", "too large"),
        ("{f'm{i}': 0 for i in range(100)}", "more than 64"),
        ("episodes[7]", "IndexError"),
    ],
)
def test_what_is_no_metric_is_a_problem(value: str, word: str) -> None:
    """With a hint."""
    found = judged(f"def evaluate(episodes):\n    return {value}\n")
    assert found["metrics"] == {}
    assert word in found["problems"][0]["message"]


def test_a_source_that_cannot_be_loaded_is_an_error_of_its_own() -> None:
    """The trial has not begun."""
    with pytest.raises(UserCodeError):
        judged("x = 1\n")
