"""The gradient steps in machine code are those of the programs that JAX compiles.

Those in turn are compared with the PyTorch agents and with Stable-Baselines3 next to this file.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces

from gymlab.agents.action_values import ActionValues
from gymlab.agents.actions import action_distribution
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.soft_actor_critic import SoftActorCritic
from gymlab.domain.networks import NetworkSpec
from gymlab.runners.turbo import dqn_update, ppo_update, sac_update
from gymlab.runners.turbo.adam import AdamSettings, begin, begin_apart
from gymlab.runners.turbo.distributions import distribution_of
from gymlab.runners.turbo.kernels import team
from gymlab.runners.turbo.kernels.compiling import kernel
from gymlab.runners.turbo.kernels.dqn_kernel import DqnKernel
from gymlab.runners.turbo.kernels.elementwise import exp, tanh
from gymlab.runners.turbo.kernels.ppo_kernel import PpoKernel
from gymlab.runners.turbo.kernels.sac_kernel import SacKernel
from gymlab.runners.turbo.layers import place
from gymlab.runners.turbo.parameters import Layout, Place, layout_of, vector_of
from gymlab.runners.turbo.replay import Drawn
from gymlab.runners.turbo.xla import jax

CLOSE = 1e-5
OBSERVED, STEPS, SIZE = 5, 6, 32
SPACES: dict[str, spaces.Space[Any]] = {
    "discrete": spaces.Discrete(4, start=2),
    "multidiscrete": spaces.MultiDiscrete([2, 3]),
    "box": spaces.Box(-1, 1, (2,)),
}
ACTIVATIONS = ("tanh", "relu", "leaky_relu", "linear")
ADAM = AdamSettings(learning_rate=1e-3, eps=1e-5, weight_decay=0.01, max_grad_norm=0.5)


def _network(*activations: str) -> NetworkSpec:
    return NetworkSpec.model_validate({
        "layers": [{"type": "dense", "units": 24, "activation": name} for name in activations]
    })


def _floats(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


@pytest.fixture(autouse=True)
def same_weights() -> None:
    """Begin with the same weights always: where a gradient is all but zero, Adam's step is rounding."""
    torch.manual_seed(0)


@pytest.fixture(params=[True, False], ids=["one core", "two cores"])
def is_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Have kernels run on one thread, and on two."""
    found = team.Team(is_alone=request.param)
    for module in ("dqn_kernel", "ppo_kernel", "sac_kernel"):
        monkeypatch.setattr(f"gymlab.runners.turbo.kernels.{module}.the_team", lambda: found)
    return bool(request.param)


@pytest.mark.usefixtures("is_alone")
@pytest.mark.parametrize("kind", SPACES)
@pytest.mark.parametrize(
    "changes",
    [{}, {"clips_values": True}, {"normalizes": False}, {"rows": STEPS * SIZE - 5}, {"kl": 1e-4}],
    ids=["plain", "clipped values", "raw advantages", "uneven", "early end"],
)
def test_ppo(kind: str, changes: dict[str, Any]) -> None:
    """Weights, Adam's memory and everything measured are the same after some minibatches."""
    space = SPACES[kind]
    module = ActorCritic(
        _network(*ACTIVATIONS), (OBSERVED,), action_distribution(space), PpoConfig()
    )
    layout, distribution = layout_of(module), distribution_of(space)
    layers = _network(*ACTIVATIONS).layers
    model = ppo_update.Model(
        layout, place(layers, "trunk"), place(layers, "critic_trunk"), distribution
    )
    num_rows = changes.get("rows", STEPS * SIZE)
    traits = ppo_update.Traits(
        normalizes=changes.get("normalizes", True),
        clips_values=changes.get("clips_values", False),
        is_even=num_rows % SIZE == 0,
    )
    observations, columns = _floats(num_rows, OBSERVED), _floats(num_rows, 4)
    if kind == "box":
        actions = _floats(num_rows, 2)
    else:
        counts = [4] if kind == "discrete" else [2, 3]
        actions = np.stack([np.arange(num_rows) % count for count in counts], 1)
    columns[:, 0] = -1.5 + 0.1 * columns[:, 0]
    rows = ppo_update.Transitions(
        observations, np.concatenate([actions.astype(np.float32), columns], 1)
    )
    order = np.full(STEPS * SIZE, -1, np.int32)
    order[:num_rows] = np.random.default_rng(1).permutation(num_rows)
    numbers = ppo_update.LossSettings(
        clip_range=0.2, clip_range_vf=0.1, vf_coef=0.5, ent_coef=0.02,
        target_kl=changes.get("kl", float("inf")),
    )  # fmt: skip
    weights = vector_of(module)
    arguments = (rows, order.reshape(STEPS, SIZE), STEPS, numbers, ADAM)
    expected = ppo_update.PpoProgram(model, traits).improve(begin(weights), *arguments)
    found = PpoKernel(model, traits, SIZE).improve(begin(weights), *arguments)
    assert found.taken == int(expected.taken)
    assert found.is_over == bool(expected.is_over)
    assert found.is_over == ("kl" in changes)
    np.testing.assert_allclose(found.measured, expected.measured, rtol=1e-4, atol=CLOSE)
    for ours, theirs in zip(found.state, expected.state, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=CLOSE)


@pytest.mark.usefixtures("is_alone")
@pytest.mark.parametrize("double", [False, True])
def test_dqn(*, double: bool) -> None:
    """Weights, Adam's memory and everything measured are the same after some minibatches."""
    spec = _network(*ACTIVATIONS)
    module = ActionValues(spec, (OBSERVED,), 3, dueling=False)
    model = dqn_update.ValueModel(layout_of(module), place(spec.layers, "trunk"), False)
    drawn = (
        _floats(STEPS, SIZE, OBSERVED),
        np.random.default_rng(2).integers(0, 3, (STEPS, SIZE)).astype(np.int32),
        _floats(STEPS, SIZE),
        _floats(STEPS, SIZE, OBSERVED)[::-1].copy(),
        np.full((STEPS, SIZE), 0.9, np.float32),
    )
    weights, target = vector_of(module), vector_of(module)[::-1].copy()
    program = dqn_update.DqnProgram(model, double=double)
    expected = program.improve(begin(weights), jax.numpy.array(target), drawn, STEPS - 1, ADAM)
    steps = DqnKernel(model, SIZE, double=double)
    found = steps.improve(begin(weights), target, drawn, STEPS - 1, ADAM)
    np.testing.assert_allclose(found.measured, expected.measured, rtol=1e-4)
    for ours, theirs in zip(found.state, expected.state, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=CLOSE)


def _soft(
    num_actions: int, num_critics: int = 2
) -> tuple[sac_update.SoftModel, Callable[[], sac_update.Learnt], Any]:
    """Return networks, what begins with their weights, and the arguments of an update."""
    spec = _network("relu", "tanh")
    module = SoftActorCritic(spec, (OBSERVED,), num_actions, num_critics)
    layout = layout_of(module)
    split = next(item.first for item in layout.places if item.name.startswith("critics."))
    model = sac_update.SoftModel(
        Layout(tuple(item for item in layout.places if item.first < split)),
        Layout(tuple(
            Place(item.name, item.shape, item.first - split)
            for item in layout.places if item.first >= split
        )),
        place(spec.layers, "trunk"),
        tuple(place(spec.layers_of_critic, f"critics.{idx}.trunk") for idx in range(num_critics)),
    )  # fmt: skip
    weights = vector_of(module)

    def begun() -> sac_update.Learnt:
        return sac_update.Learnt(
            begin_apart(weights[:split], model.actor_layout),
            begin_apart(weights[split:], model.critic_layout),
            jax.tree.map(jax.numpy.array, model.critic_layout.split(weights[split:])),
            begin(np.array([-0.5], np.float32)),
        )

    drawn = Drawn(
        _floats(STEPS, SIZE, OBSERVED),
        np.tanh(_floats(STEPS, SIZE, num_actions)),
        _floats(STEPS, SIZE),
        _floats(STEPS, SIZE, OBSERVED)[::-1].copy(),
        np.full((STEPS, SIZE), 0.9, np.float32),
    )
    settings = sac_update.Settings(ADAM._replace(max_grad_norm=float("inf")), 0.05, -1.0, 2)
    parts = tuple(getattr(drawn, name) for name in Drawn.__slots__)
    arguments = (parts, _floats(STEPS, 2, SIZE, num_actions), 3, STEPS - 1, settings)
    return model, begun, arguments


@pytest.mark.usefixtures("is_alone")
@pytest.mark.parametrize(("num_actions", "num_critics"), [(1, 2), (3, 2), (2, 3)])
@pytest.mark.parametrize("learns_entropy", [False, True])
def test_sac(num_actions: int, num_critics: int, *, learns_entropy: bool) -> None:
    """Everything that a gradient step changes is the same after some of them."""
    model, begun, arguments = _soft(num_actions, num_critics)
    program = sac_update.SacProgram(model, learns_entropy=learns_entropy)
    expected = program.improve(begun(), *arguments)
    steps = SacKernel(model, (SIZE, OBSERVED, num_actions), learns_entropy=learns_entropy)
    found = steps.improve(begun(), *arguments)
    np.testing.assert_allclose(found.measured, expected.measured, rtol=1e-4, atol=1e-4)
    ours, theirs = jax.tree.leaves(found.learnt), jax.tree.leaves(expected.learnt)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, atol=CLOSE)


def test_sac_comes_to_the_same_bits_with_one_thread_and_two_call_after_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second thread stays in its work between calls; everything reported is the same too."""
    model, begun, arguments = _soft(2)
    found: list[bytes] = []
    for is_alone in (True, False):
        chosen = team.Team(is_alone=is_alone)
        monkeypatch.setattr(
            "gymlab.runners.turbo.kernels.sac_kernel.the_team", lambda chosen=chosen: chosen
        )
        steps = SacKernel(model, (SIZE, OBSERVED, 2), learns_entropy=True)
        learnt, seen = begun(), b""
        for _ in range(50):
            moved = steps.improve(learnt, *arguments)
            learnt = moved.learnt
            seen += moved.measured.tobytes()
        parts = jax.tree.leaves(learnt)
        found.append(seen + b"".join(np.asarray(part).tobytes() for part in parts))
    assert found[0] == found[1]


@pytest.fixture(params=[0, 3], ids=["quiet", "busy"])
def other_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let other processes use the cores, so that two threads part in the middle of their work."""
    with ExitStack() as stack:
        for _ in range(request.param):
            other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(other.wait)
            stack.callback(other.kill)
        yield


@pytest.mark.usefixtures("other_processes")
def test_one_thread_and_two_come_to_the_same_bits() -> None:
    """How many cores there are, and what else they do, decides no number."""
    spec = _network("tanh", "relu")
    module = ActionValues(spec, (OBSERVED,), 3, dueling=False)
    model = dqn_update.ValueModel(layout_of(module), place(spec.layers, "trunk"), False)
    drawn = (
        _floats(STEPS, SIZE, OBSERVED), np.zeros((STEPS, SIZE), np.int32), _floats(STEPS, SIZE),
        _floats(STEPS, SIZE, OBSERVED), np.full((STEPS, SIZE), 0.9, np.float32),
    )  # fmt: skip
    found: list[bytes] = []
    for is_alone in (True, False):
        chosen = team.Team(is_alone=is_alone)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "gymlab.runners.turbo.kernels.dqn_kernel.the_team", lambda chosen=chosen: chosen
            )
            steps = DqnKernel(model, SIZE, double=True)
            state = begin(vector_of(module))
            for _ in range(150):
                state = steps.improve(state, vector_of(module), drawn, STEPS, ADAM).state
            found.append(np.array(state.weights).tobytes())
    assert found[0] == found[1]


@kernel
def _applied(values: Any, found: Any, *, is_tanh: bool) -> None:
    for i in range(values.size):
        found[i] = tanh(values[i]) if is_tanh else exp(values[i])


def test_elementwise_functions_are_exact_to_single_precision() -> None:
    """A few units in the last place, everywhere; what is not a number stays none."""
    values = np.linspace(-20, 20, 200_001).astype(np.float32)
    found = np.empty_like(values)
    _applied(values, found, is_tanh=True)
    np.testing.assert_allclose(found, np.tanh(values.astype(np.float64)), rtol=1e-6, atol=0)
    _applied(values, found, is_tanh=False)
    np.testing.assert_allclose(found, np.exp(values.astype(np.float64)), rtol=3e-7)
    extremes = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30], np.float32)
    found = np.empty_like(extremes)
    _applied(extremes, found, is_tanh=True)
    np.testing.assert_array_equal(found, [np.nan, 1, -1, 1, -1])
    _applied(extremes, found, is_tanh=False)
    assert np.isnan(found[0])
    assert (found[[1, 3]] > 1e37).all()
    assert (found[[2, 4]] < 1e-37).all()
