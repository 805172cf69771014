"""The compiled agents compute the numbers of the PyTorch agents."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from gymlab.agents.action_values import ActionValues
from gymlab.agents.actions import action_distribution
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.flat_optimizer import FlatAdam
from gymlab.domain.networks import NetworkSpec
from gymlab.runners.native.dqn import dqn_loss, next_values
from gymlab.runners.native.ppo import Minibatch, generalized_advantages, ppo_loss
from gymlab.runners.turbo import dqn_update, ppo_update
from gymlab.runners.turbo.adam import AdamSettings, begin, descend
from gymlab.runners.turbo.distributions import distribution_of
from gymlab.runners.turbo.layers import PlainNetwork, place
from gymlab.runners.turbo.parameters import layout_of, vector_of
from gymlab.runners.turbo.xla import jax

CLOSE = 1e-5
OBSERVED, ROWS = 5, 48
DENSE = {"layers": [{"type": "dense", "units": 16, "activation": "tanh"}] * 2}
NETWORKS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "separate": (DENSE, (OBSERVED,)),
    "shared": ({**DENSE, "trunk": "shared"}, (OBSERVED,)),
    "activations": (
        {
            "layers": [
                {"type": "dense", "units": 9, "activation": name}
                for name in ("relu", "leaky_relu", "sigmoid", "linear", "gelu", "silu")
            ]
        },
        (OBSERVED,),
    ),
    "normalised": (
        {"layers": [DENSE["layers"][0], {"type": "layer_norm"}], "critic_layers": DENSE["layers"]},
        (OBSERVED,),
    ),
    "convolutions": (
        {
            "layers": [
                {"type": "conv2d", "filters": 4, "kernel_size": 3, "stride": 2, "padding": 1},
                {"type": "layer_norm"},
                {"type": "flatten"},
                {"type": "dense", "units": 8},
            ],
            "trunk": "shared",
        },
        (2, 8, 8),
    ),
}
SPACES: dict[str, spaces.Space[Any]] = {
    "discrete": spaces.Discrete(4, start=2),
    "multidiscrete": spaces.MultiDiscrete([2, 3]),
    "multibinary": spaces.MultiBinary(3),
    "box": spaces.Box(-1, 1, (2,)),
}


def _rows(shape: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(0).normal(size=(ROWS, *shape)).astype(np.float32)


def _torch_gradient(module: nn.Module, loss: torch.Tensor) -> np.ndarray[Any, Any]:
    loss.backward()
    named = dict(module.named_parameters())
    parts = [named[name].grad for name in module.state_dict()]
    return np.concatenate([part.numpy().reshape(-1) for part in parts if part is not None])


@pytest.mark.parametrize(
    ("network", "space", "clips_values"),
    [
        *((network, "discrete", False) for network in NETWORKS),
        *(("shared", space, True) for space in SPACES),
    ],
)
def test_ppo_gradients_are_those_of_the_pytorch_agent(
    network: str, space: str, clips_values: bool
) -> None:
    """Loss, its parts and every weight's gradient, for each kind of action and layer."""
    torch.manual_seed(2)
    document, shape = NETWORKS[network]
    spec = NetworkSpec.model_validate(document)
    config = PpoConfig(ent_coef=0.01, clip_range_vf=0.1 if clips_values else None)
    actions = action_distribution(SPACES[space])
    module = ActorCritic(spec, shape, actions, config)
    seen = _rows(shape)
    with torch.no_grad():
        outputs, values = module(torch.from_numpy(seen))
        taken = actions.sample(outputs, module.log_std)
        old, _ = actions.log_prob_and_entropy(outputs, module.log_std, taken)
        generator = np.random.default_rng(2)
        old = old + torch.from_numpy(generator.normal(0, 0.3, ROWS).astype(np.float32))
        spread = generator.normal(0, 0.1, ROWS).astype(np.float32)
        old_values = values + torch.from_numpy(spread)
    advantages, returns = generator.normal(size=(2, ROWS)).astype(np.float32)
    batch = Minibatch(
        torch.from_numpy(seen), taken, old, old_values,
        torch.from_numpy(advantages), torch.from_numpy(returns),
    )  # fmt: skip
    losses = ppo_loss(module, actions, batch, config, 0.2, config.clip_range_vf and 0.1)
    wanted = _torch_gradient(module, losses.total)

    critic = None if spec.trunk == "shared" else place(spec.layers_of_critic, "critic_trunk")
    model = ppo_update.Model(
        layout_of(module), place(spec.layers, "trunk"), critic, distribution_of(SPACES[space])
    )
    traits = ppo_update.Traits(normalizes=True, clips_values=clips_values, is_even=True)
    columns = [part.numpy().reshape(ROWS, -1) for part in (taken.float(), old, old_values)]
    columns += [advantages[:, None], returns[:, None]]
    rows = ppo_update.Transitions(seen, np.concatenate(columns, 1))
    numbers = ppo_update.LossSettings(0.2, 0.1, config.vf_coef, config.ent_coef, np.inf)
    (total, parts), found = jax.jit(
        jax.value_and_grad(
            lambda weights: ppo_update.ppo_loss(model, traits, weights, rows, None, numbers),
            has_aux=True,
        )
    )(vector_of(module))
    assert float(total) == pytest.approx(losses.total.item(), abs=CLOSE)
    assert float(parts[3]) == pytest.approx(losses.entropy.item(), abs=CLOSE)
    np.testing.assert_allclose(np.asarray(found), wanted, atol=CLOSE, rtol=1e-4)


def test_a_smaller_last_minibatch_counts_its_own_rows_alone() -> None:
    """Padding with rows that do not count changes nothing."""
    torch.manual_seed(3)
    spec = NetworkSpec.model_validate(DENSE)
    space = SPACES["discrete"]
    module = ActorCritic(spec, (OBSERVED,), action_distribution(space), PpoConfig())
    model = ppo_update.Model(
        layout_of(module), place(spec.layers, "trunk"), place(spec.layers, "critic_trunk"),
        distribution_of(space),
    )  # fmt: skip
    generator = np.random.default_rng(4)
    columns = generator.normal(size=(ROWS, 5)).astype(np.float32)
    columns[:, 0] = generator.integers(0, 4, ROWS)
    numbers = ppo_update.LossSettings(0.2, 0.0, 0.5, 0.01, np.inf)
    some = 17

    def gradient(count: int, present: Any) -> Any:
        rows = ppo_update.Transitions(_rows((OBSERVED,))[:count], columns[:count])
        traits = ppo_update.Traits(normalizes=True, clips_values=False, is_even=present is None)
        return jax.grad(
            lambda weights: ppo_update.ppo_loss(model, traits, weights, rows, present, numbers)[0]
        )(vector_of(module))

    present = (np.arange(ROWS) < some).astype(np.float32)
    np.testing.assert_allclose(gradient(ROWS, present), gradient(some, None), atol=CLOSE)


def test_advantages_are_those_of_the_pytorch_agent() -> None:
    """Episodes that end, and one that goes on."""
    generator = np.random.default_rng(5)
    rewards = generator.normal(size=(20, 3)).astype(np.float32)
    values = generator.normal(size=(21, 3)).astype(np.float32)
    begins = generator.random((21, 3)) < 0.2
    wanted = generalized_advantages(rewards, values, begins, 0.97, 0.9)
    found = ppo_update.advantages_of(rewards, values, begins.astype(np.float32), 0.97, 0.9)
    np.testing.assert_allclose(np.asarray(found), wanted, atol=CLOSE)


@pytest.mark.parametrize("dueling", [False, True])
@pytest.mark.parametrize("double", [False, True])
def test_dqn_gradients_are_those_of_the_pytorch_agent(*, dueling: bool, double: bool) -> None:
    """With each option."""
    torch.manual_seed(6)
    spec = NetworkSpec.model_validate({"layers": [{"type": "dense", "units": 16}]})
    module, target = (ActionValues(spec, (OBSERVED,), 4, dueling=dueling) for _ in range(2))
    generator = np.random.default_rng(7)
    seen, following = _rows((OBSERVED,)), _rows((OBSERVED,))[::-1].copy()
    actions = generator.integers(0, 4, ROWS).astype(np.int32)
    rewards, discounts = generator.normal(size=(2, ROWS)).astype(np.float32)
    expected = next_values(module, target, torch.from_numpy(following), double=double)
    goals = torch.from_numpy(rewards) + torch.from_numpy(discounts) * expected
    predicted = module(torch.from_numpy(seen)).gather(1, torch.from_numpy(actions).long()[:, None])
    wanted = _torch_gradient(module, dqn_loss(predicted.squeeze(1), goals, None))

    model = dqn_update.ValueModel(layout_of(module), place(spec.layers, "trunk"), dueling)
    weights = vector_of(module)
    told = dqn_update.next_values(model, weights, vector_of(target), following, double=double)
    np.testing.assert_allclose(np.asarray(told), expected.numpy(), atol=CLOSE)
    found = jax.grad(
        lambda vector: dqn_update.dqn_loss(model, vector, seen, actions, goals.numpy())[0]
    )(weights)
    np.testing.assert_allclose(np.asarray(found), wanted, atol=CLOSE, rtol=1e-4)


def test_adam_takes_the_steps_of_the_pytorch_agent() -> None:
    """From the first step on, with long and short gradients and a penalty on the weights."""
    torch.manual_seed(8)
    module = nn.Linear(6, 3)
    weights = vector_of(module)
    optimizer = FlatAdam(module, eps=1e-5, weight_decay=0.01, max_grad_norm=0.5)
    state = begin(weights)
    settings = AdamSettings(1e-2, 1e-5, 0.01, 0.5)
    inputs = torch.randn(12, 40, 6)
    for idx in range(12):
        loss = (module(inputs[idx]) ** 2).sum() * 10.0 ** (idx % 5 - 3)
        norm = optimizer.descend(loss, 1e-2)
        gradient = optimizer.gradient.numpy() * (
            max(1.0, (norm.item() + 1e-6) / 0.5)  # `descend` shortened it
        )
        state, found = descend(state, jax.numpy.array(gradient), settings)
        assert float(found) == pytest.approx(norm.item(), rel=1e-4)
        np.testing.assert_allclose(np.asarray(state.weights), optimizer.values.detach(), atol=1e-5)


def test_acting_in_numpy_gives_the_networks_outputs() -> None:
    """Whatever the number of rows, one call after the other."""
    torch.manual_seed(9)
    document = {
        "layers": [
            {"type": "dense", "units": 8, "activation": name}
            for name in ("tanh", "relu", "leaky_relu", "linear")
        ]
    }
    spec = NetworkSpec.model_validate(document)
    module = ActorCritic(spec, (OBSERVED,), action_distribution(SPACES["box"]), PpoConfig())
    layout = layout_of(module)
    policy = PlainNetwork(place(spec.layers, "trunk"), "policy")
    policy.load(layout.split(vector_of(module)))
    for count in (1, 7, 3):
        rows = _rows((OBSERVED,))[:count]
        wanted = module(torch.from_numpy(rows))[0].detach().numpy()
        np.testing.assert_allclose(policy(rows), wanted, atol=1e-6)


def test_drawn_actions_are_distributed_as_the_network_says() -> None:
    """Shares of 40,000 draws are within four standard errors of the probabilities."""
    logits = np.tile(np.array([[0.5, -1.0, 0.0, 1.5]], np.float32), (40_000, 1))
    distribution = distribution_of(spaces.Discrete(4))
    noise = distribution.noise(np.random.default_rng(10), (len(logits),))
    drawn = distribution.draw(logits, noise, None)[:, 0]
    wanted = np.exp(logits[0]) / np.exp(logits[0]).sum()
    shares = np.bincount(drawn, minlength=4) / len(logits)
    assert np.all(np.abs(shares - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / len(logits)))
    switches = distribution_of(spaces.MultiBinary(4))
    noise = switches.noise(np.random.default_rng(11), (len(logits),))
    shares = switches.draw(logits, noise, None).mean(0)
    wanted = 1 / (1 + np.exp(-logits[0]))
    assert np.all(np.abs(shares - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / len(logits)))
