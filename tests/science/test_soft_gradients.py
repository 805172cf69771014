"""The compiled SAC computes the losses, gradients and steps of Stable-Baselines3."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any, NamedTuple, cast

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3 import SAC
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.logger import configure
from stable_baselines3.common.type_aliases import ReplayBufferSamples

from gymlab.agents.soft_actor_critic import SoftActorCritic
from gymlab.domain.networks import NetworkSpec
from gymlab.runners.turbo.adam import AdamSettings, begin
from gymlab.runners.turbo.layers import place
from gymlab.runners.turbo.parameters import Layout, Place, layout_of, vector_of
from gymlab.runners.turbo.replay import Drawn
from gymlab.runners.turbo.sac_update import Learnt, SacProgram, Settings, SoftModel
from gymlab.runners.turbo.xla import jax

CLOSE = 1e-5
ROWS, OBSERVED, ACTED = 32, 3, 2
GAMMA, TAU, ALPHA, TARGET_ENTROPY = 0.97, 0.05, 0.4, -2.0
SPEC = NetworkSpec.model_validate({"layers": [{"type": "dense", "units": 24}] * 2})
NAMES = {
    "trunk.0": "actor.latent_pi.0", "trunk.2": "actor.latent_pi.2", "policy": "actor.mu",
    "log_std": "actor.log_std",
    **{
        f"critics.{idx}.{ours}": f"critic.qf{idx}.{theirs}"
        for idx in range(2)
        for ours, theirs in (("trunk.0", 0), ("trunk.2", 2), ("q", 4))
    },
}  # fmt: skip
"""Our name of a layer -> that of Stable-Baselines3."""


class Batch(NamedTuple):
    """One minibatch and the noise of its two draws of actions."""

    drawn: Drawn
    noise: np.ndarray[Any, Any]
    """(2, B, A): for the actions now, and for those that follow."""


class _Given(ReplayBuffer):
    """Hands out the minibatches that it was given, one after the other."""

    batches: list[Batch]

    def sample(self, batch_size: int, env: Any = None) -> ReplayBufferSamples:
        """Return the next."""
        del batch_size, env
        drawn = self.batches.pop(0).drawn
        ended = (drawn.discounts == 0.0).astype(np.float32)
        columns = (drawn.observations, drawn.actions, drawn.following)
        seen, acted, following = (torch.from_numpy(part) for part in columns)
        rewards = torch.from_numpy(drawn.rewards)[:, None]
        return ReplayBufferSamples(
            seen, acted, following, torch.from_numpy(ended)[:, None], rewards
        )


def _batches(count: int, seed: int) -> list[Batch]:
    """Return minibatches; their noise is what torch draws next where it is seeded with `seed`."""
    generator = np.random.default_rng(seed)
    torch.manual_seed(seed)
    found: list[Batch] = []
    for _ in range(count):
        noise = torch.stack([
            torch.normal(torch.zeros(ROWS, ACTED), torch.ones(ROWS, ACTED)) for _ in range(2)
        ])
        drawn = Drawn(
            observations=generator.normal(size=(ROWS, OBSERVED)).astype(np.float32),
            actions=generator.uniform(-1, 1, (ROWS, ACTED)).astype(np.float32),
            rewards=generator.normal(size=ROWS).astype(np.float32),
            following=generator.normal(size=(ROWS, OBSERVED)).astype(np.float32),
            discounts=np.where(generator.random(ROWS) < 0.3, 0.0, GAMMA).astype(np.float32),
        )
        found.append(Batch(drawn, noise.numpy()))
    return found


class _Spaces(gymnasium.Env[Any, Any]):
    """Has spaces and nothing else."""

    observation_space = spaces.Box(-np.inf, np.inf, (OBSERVED,), np.float32)
    action_space = spaces.Box(-1.0, 1.0, (ACTED,), np.float32)


def _reference(optimizer: type[torch.optim.Optimizer], rate: float, **options: Any) -> SAC:
    policy = {"net_arch": [24, 24], "optimizer_class": optimizer, "optimizer_kwargs": options}
    agent = SAC(
        "MlpPolicy", _Spaces(), learning_rate=rate, gamma=GAMMA, tau=TAU, ent_coef=f"auto_{ALPHA}",
        batch_size=ROWS, buffer_size=ROWS, replay_buffer_class=_Given, policy_kwargs=policy,
        device="cpu", seed=1,
    )  # fmt: skip
    agent.set_logger(configure(None, []))
    return agent


def _train(agent: SAC, batches: list[Batch], seed: int) -> None:
    """Have the reference learn from minibatches, with their noise."""
    cast("_Given", agent.replay_buffer).batches = list(batches)
    torch.manual_seed(seed)
    agent.train(gradient_steps=len(batches), batch_size=ROWS)


def _vector(agent: SAC, module: SoftActorCritic, critic: str = "critic") -> np.ndarray[Any, Any]:
    """Return the weights of the reference in our order."""
    theirs = agent.policy.state_dict()
    parts: list[np.ndarray[Any, Any]] = []
    for name in module.state_dict():
        layer, _, kind = name.rpartition(".")
        place_of = NAMES[layer].replace("critic.", f"{critic}.")
        parts.append(theirs[f"{place_of}.{kind}"].numpy().reshape(-1).copy())
    return np.concatenate(parts)


def _model(module: SoftActorCritic) -> tuple[SoftModel, int]:
    places = layout_of(module).places
    split = next(item.first for item in places if item.name.startswith("critics."))
    critics = tuple(
        Place(item.name, item.shape, item.first - split) for item in places if item.first >= split
    )
    actor = tuple(item for item in places if item.first < split)
    model = SoftModel(
        Layout(actor), Layout(critics), place(SPEC.layers, "trunk"),
        tuple(place(SPEC.layers_of_critic, f"critics.{idx}.trunk") for idx in range(2)),
    )  # fmt: skip
    return model, split


def _learnt(vector: np.ndarray[Any, Any], targets: np.ndarray[Any, Any], split: int) -> Learnt:
    weight = np.array([np.log(ALPHA)], np.float32)
    return Learnt(
        begin(vector[:split]),
        begin(vector[split:]),
        jax.numpy.array(targets[split:]),
        begin(weight),
    )


def test_losses_and_gradients_are_those_of_stable_baselines3() -> None:
    """With plain descent by 1 the reference's weights move by its gradients, number for number."""
    agent = _reference(torch.optim.SGD, 1.0)
    module = SoftActorCritic(SPEC, (OBSERVED,), ACTED, 2)
    with torch.no_grad():  # targets that differ from what they follow
        for parameter in agent.critic_target.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    before, targets = _vector(agent, module), _vector(agent, module, "critic_target")
    (batch,) = batches = _batches(1, seed=5)
    _train(agent, batches, seed=5)
    wanted = before - _vector(agent, module)

    model, split = _model(module)
    program = SacProgram(model, learns_entropy=True)
    learnt = _learnt(before, targets, split)
    critic_loss, critic_gradient = jax.value_and_grad(program.critic_loss)(
        learnt.critics.weights, learnt, batch.drawn, batch.noise[1], ALPHA
    )
    np.testing.assert_allclose(np.asarray(critic_gradient), wanted[split:], atol=CLOSE)
    moved = learnt.critics.weights - critic_gradient
    (actor_loss, (log_probs, _)), actor_gradient = jax.value_and_grad(
        program.actor_loss, has_aux=True
    )(learnt.actor.weights, moved, batch.drawn.observations, batch.noise[0], ALPHA)
    np.testing.assert_allclose(np.asarray(actor_gradient), wanted[:split], atol=CLOSE)
    told = agent.logger.name_to_value
    assert float(critic_loss) == pytest.approx(told["train/critic_loss"], abs=CLOSE)
    assert float(actor_loss) == pytest.approx(told["train/actor_loss"], abs=CLOSE)
    entropy_loss = -np.log(ALPHA) * (float(log_probs.mean()) + TARGET_ENTROPY)
    assert entropy_loss == pytest.approx(told["train/ent_coef_loss"], abs=CLOSE)
    followed = targets[split:] + TAU * (np.asarray(moved) - targets[split:])
    after = _vector(agent, module, "critic_target")[split:]
    np.testing.assert_allclose(followed, after, atol=CLOSE)


def test_steps_are_those_of_stable_baselines3() -> None:
    """Critics, actor, entropy coefficient and target critics after several steps with Adam."""
    rate, eps, count = 1e-3, 1e-3, 4
    agent = _reference(torch.optim.Adam, rate, eps=eps)
    module = SoftActorCritic(SPEC, (OBSERVED,), ACTED, 2)
    before = _vector(agent, module)
    batches = _batches(count, seed=6)
    _train(agent, batches, seed=6)

    model, split = _model(module)
    program = SacProgram(model, learns_entropy=True)
    rows = zip(*((item.drawn.observations, item.drawn.actions, item.drawn.rewards,
                  item.drawn.following, item.drawn.discounts) for item in batches), strict=True)  # fmt: skip
    drawn = tuple(np.stack(part) for part in rows)
    noise = np.stack([item.noise for item in batches])
    settings = Settings(AdamSettings(rate, eps, 0.0, np.inf), TAU, TARGET_ENTROPY, 1)
    found = program.improve(_learnt(before, before, split), drawn, noise, 0, count, settings).learnt
    vector = np.concatenate([np.asarray(found.actor.weights), np.asarray(found.critics.weights)])
    np.testing.assert_allclose(vector, _vector(agent, module), atol=CLOSE)
    after = _vector(agent, module, "critic_target")[split:]
    np.testing.assert_allclose(np.asarray(found.targets), after, atol=CLOSE)
    assert agent.log_ent_coef is not None
    assert float(found.entropy.weights[0]) == pytest.approx(agent.log_ent_coef.item(), abs=CLOSE)


def test_the_references_weights_are_ours_under_other_names() -> None:
    """The order of the vector is that of our module."""
    agent, module = _reference(torch.optim.SGD, 1.0), SoftActorCritic(SPEC, (OBSERVED,), ACTED, 2)
    assert _vector(agent, module).shape == vector_of(module).shape
    assert {name.rpartition(".")[0] for name in module.state_dict()} == set(NAMES)
