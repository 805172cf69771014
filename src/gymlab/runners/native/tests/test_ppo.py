"""PPO's mathematics against its definitions and against Stable-Baselines3."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticPolicy
from torch import nn

from gymlab.agents.actions import action_distribution
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.config_ppo import PpoConfig
from gymlab.domain.networks import NetworkSpec
from gymlab.runners.native.ppo import Minibatch, generalized_advantages, ppo_loss
from gymlab.runners.native.tests.rehearsing import PPO, make_spec, trained

SPEC = NetworkSpec.model_validate({
    "layers": [{"type": "dense", "units": 8, "activation": "tanh"}] * 2
})


def test_advantages_are_the_definition() -> None:
    """A_t is the sum of (gamma lambda)^k delta_t+k up to the end of the episode."""
    generator = np.random.default_rng(0)
    steps, num_envs, gamma, lam = 9, 2, 0.9, 0.8
    rewards = generator.normal(size=(steps, num_envs)).astype(np.float32)
    values = generator.normal(size=(steps + 1, num_envs)).astype(np.float32)
    begins = np.zeros((steps + 1, num_envs), np.bool_)
    begins[4, 0] = begins[9, 1] = True
    found = generalized_advantages(rewards, values, begins, gamma, lam)
    for env in range(num_envs):
        for t in range(steps):
            expected, weight = 0.0, 1.0
            for k in range(t, steps):
                follows = 0.0 if begins[k + 1, env] else values[k + 1, env]
                expected += weight * (rewards[k, env] + gamma * follows - values[k, env])
                weight *= gamma * lam
                if begins[k + 1, env]:
                    break
            assert found[t, env] == pytest.approx(expected, abs=1e-5)


def _batch(actions: Any, network: ActorCritic, size: int) -> Minibatch:
    observations = torch.randn(size, 4)
    with torch.no_grad():
        outputs, values = network(observations)
        chosen = actions.sample(outputs, network.log_std)
        log_probs, _ = actions.log_prob_and_entropy(outputs, network.log_std, chosen)
    moved = log_probs + 0.3 * torch.randn(size)
    return Minibatch(
        observations,
        chosen,
        moved,
        values + torch.randn(size),
        torch.randn(size),
        torch.randn(size),
    )


@pytest.mark.parametrize("clip_range_vf", [None, 0.2])
@pytest.mark.parametrize(
    "space", [spaces.Discrete(3), spaces.MultiDiscrete([2, 3]), spaces.Box(-1, 1, (2,))], ids=str
)
def test_gradients_equal_those_of_stable_baselines3(
    space: spaces.Space[Any], clip_range_vf: float | None
) -> None:
    """On one minibatch, with its policy holding our weights, to 1e-5."""
    torch.manual_seed(1)
    actions = action_distribution(space)
    config = PpoConfig(ent_coef=0.01, clip_range_vf=clip_range_vf)
    network = ActorCritic(SPEC, (4,), actions, config)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    batch = _batch(actions, network, 64)
    ppo_loss(network, actions, batch, config, 0.2, clip_range_vf).total.backward()

    policy = ActorCriticPolicy(
        spaces.Box(-np.inf, np.inf, (4,)), space, lambda _: 1e-3, net_arch=[8, 8]
    )
    pairs = _same_weights(network, policy)
    _reference_loss(policy, batch, config, clip_range_vf).backward()
    for mine, theirs in pairs:
        assert mine.grad is not None
        torch.testing.assert_close(mine.grad, theirs.grad, atol=1e-5, rtol=1e-5)


def _same_weights(network: ActorCritic, policy: Any) -> list[tuple[nn.Parameter, nn.Parameter]]:
    assert network.critic_trunk is not None
    extractor = policy.mlp_extractor
    mine = [
        *network.trunk.parameters(),
        *network.critic_trunk.parameters(),
        *network.policy.parameters(),
        *network.value.parameters(),
    ]
    theirs = [
        *extractor.policy_net.parameters(),
        *extractor.value_net.parameters(),
        *policy.action_net.parameters(),
        *policy.value_net.parameters(),
    ]
    if network.log_std is not None:
        mine, theirs = [*mine, network.log_std], [*theirs, policy.log_std]
    with torch.no_grad():
        for ours, other in zip(mine, theirs, strict=True):
            other.copy_(ours)
    return list(zip(mine, theirs, strict=True))


def _reference_loss(
    policy: Any, batch: Minibatch, config: PpoConfig, clip_range_vf: float | None
) -> torch.Tensor:
    """What `stable_baselines3.PPO.train` computes for a minibatch, with its own policy."""
    actions = batch.actions[:, 0] if batch.actions.shape[1] == 1 else batch.actions
    values, log_prob, entropy = policy.evaluate_actions(batch.observations, actions)
    values = values.flatten()
    advantages = batch.advantages
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    ratio = torch.exp(log_prob - batch.log_probs)
    policy_loss = -torch.min(
        advantages * ratio, advantages * torch.clamp(ratio, 1 - 0.2, 1 + 0.2)
    ).mean()
    if clip_range_vf is not None:
        values = batch.values + torch.clamp(values - batch.values, -clip_range_vf, clip_range_vf)
    value_loss = nn.functional.mse_loss(batch.returns, values)
    entropy_loss = -torch.mean(entropy)
    return policy_loss + config.ent_coef * entropy_loss + config.vf_coef * value_loss


def test_a_time_limit_is_no_end() -> None:
    """Where every episode is cut off, values are those of a task without an end.

    Pendulum never terminates and is cut off after 200 timesteps.
    """
    context = trained(
        make_spec("ppo", "Pendulum-v1", 400, **{**PPO, "num_envs": 1, "n_steps": 200})
    )
    assert all(episode.truncated for episode in context.record.episodes)
    assert len(context.record.episodes) == 2


@pytest.mark.parametrize(
    ("env_id", "changes"),
    [
        ("Pendulum-v1", {}),
        ("Taxi-v3", {}),
        ("MiniGrid-Empty-5x5-v0", {}),
        ("CartPole-v1", {"network": {"layers": [{"type": "gru", "units": 8}]}}),
        (
            "CartPole-v1",
            {
                "network": {
                    "layers": [{"type": "dense", "units": 8}, {"type": "lstm", "units": 8}],
                    "trunk": "shared",
                },
                "batch_size": 32,
            },
        ),
        ("CartPole-v1", {"target_kl": 1e-9, "clip_range_vf": 0.2, "normalize": True}),
        ("CartPole-v1", {"batch_size": 4096, "ortho_init": False, "normalize_advantage": False}),
    ],
)
def test_it_trains_in_every_form(env_id: str, changes: dict[str, Any]) -> None:
    """Finite measurements, and a policy at the end."""
    settings = {**PPO, **changes}
    if env_id.startswith("MiniGrid"):
        settings.pop("network")
    context = trained(make_spec("ppo", env_id, 192, **settings))
    assert context.counters.timestep == 192
    for row in context.record.metrics:
        assert all(np.isfinite(value) for value in row.values())
    assert "policy/entropy" in context.record.metrics[-1]
