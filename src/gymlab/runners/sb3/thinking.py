"""What a Stable-Baselines3 policy makes of an observation, as numbers for pictures."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import math
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import torch
from gymnasium import spaces
from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy
from stable_baselines3.common.distributions import (
    CategoricalDistribution,
    MultiCategoricalDistribution,
)
from stable_baselines3.common.policies import ActorCriticPolicy, BasePolicy
from stable_baselines3.common.preprocessing import preprocess_obs
from stable_baselines3.dqn.policies import DQNPolicy
from stable_baselines3.sac.policies import SACPolicy
from stable_baselines3.td3.policies import TD3Policy
from torch import Tensor, nn

from gymlab.agents.thinking import (
    MAX_LAYERS,
    MAX_VALUES,
    numbers,
    observation_seen,
    weight_histograms,
)
from gymlab.protocol.parts import LayerThoughts, Thoughts, WeightHistogram

_ACTIVATIONS = (nn.Tanh, nn.ReLU, nn.ELU, nn.LeakyReLU, nn.SiLU, nn.GELU)


def can_think(policy: BasePolicy) -> bool:
    """Tell whether single observations say something to this policy that is known how to read."""
    if isinstance(policy, RecurrentActorCriticPolicy):
        return False
    is_known = isinstance(policy, ActorCriticPolicy | DQNPolicy | SACPolicy | TD3Policy)
    return is_known and not isinstance(policy.observation_space, spaces.Dict)


def weights_of(policy: BasePolicy) -> list[WeightHistogram]:
    """Return how the weights of the part that acts are spread."""
    match policy:
        case DQNPolicy():
            return weight_histograms(policy.q_net)
        case SACPolicy() | TD3Policy():
            return weight_histograms(policy.actor)
        case _:
            return weight_histograms(policy)


@torch.no_grad()
def think(policy: BasePolicy, observation: Any, weights: list[WeightHistogram]) -> Thoughts:
    """Return what a policy that `can_think` makes of an observation, normalised as it gets it."""
    seen = cast("Tensor", policy.obs_to_tensor(observation)[0])
    with _listening(policy) as layers:
        kind, outputs, chosen = _outputs(policy, seen)
    value = _value(policy, seen, outputs)
    inputs = preprocess_obs(seen, policy.observation_space, policy.normalize_images)
    flat = cast("Tensor", inputs)
    shown = flat if flat.dim() == 4 else flat.reshape(1, -1)
    return Thoughts(
        kind=cast("Any", kind),
        outputs=numbers(outputs)[:MAX_VALUES],
        chosen=chosen,
        value=value if value is not None and math.isfinite(value) else None,
        layers=layers,
        weights=weights,
        seen=observation_seen(shown),
    )


@contextmanager
def _listening(policy: BasePolicy) -> Generator[list[LayerThoughts]]:
    """Collect what the hidden layers say meanwhile."""
    found: list[LayerThoughts] = []

    def hear(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        if len(found) == MAX_LAYERS:
            return
        units = output[0].mean((1, 2)) if output.dim() == 4 else output[0]
        spread = units[:: math.ceil(len(units) / MAX_VALUES)]
        kind = "conv2d" if output.dim() == 4 else "dense"
        found.append(LayerThoughts(f"{len(found) + 1} {kind}", len(units), numbers(spread)))

    acting = policy.actor if isinstance(policy, SACPolicy | TD3Policy) else policy
    parts = [part for part in acting.modules() if isinstance(part, _ACTIVATIONS)]
    if isinstance(policy, TD3Policy):
        parts.pop()  # it squashes the action
    handles = [part.register_forward_hook(hear) for part in parts]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def _outputs(policy: BasePolicy, seen: Tensor) -> tuple[str, Tensor, list[int]]:
    """Return what the outputs are, the outputs, and the places of the likeliest action."""
    match policy:
        case DQNPolicy():
            values = policy.q_net(seen)[0]
            return "action_values", values, [int(values.argmax())]
        case SACPolicy():
            return "means", policy.actor(seen, deterministic=True)[0], []
        case TD3Policy():
            return "means", policy.actor(seen)[0], []
        case _:
            return _distributed(cast("ActorCriticPolicy", policy), seen)


def _distributed(policy: ActorCriticPolicy, seen: Tensor) -> tuple[str, Tensor, list[int]]:
    found = _distribution(policy, seen)
    if isinstance(found, CategoricalDistribution):
        shares = found.distribution.probs[0]
        return "probabilities", shares, [int(shares.argmax())]
    if isinstance(found, MultiCategoricalDistribution):
        parts = [part.probs[0] for part in found.distribution]
        starts = [sum(len(part) for part in parts[:idx]) for idx in range(len(parts))]
        chosen = [start + int(p.argmax()) for start, p in zip(starts, parts, strict=True)]
        return "probabilities", torch.cat(parts), chosen
    return "means", found.mode()[0], []


def _distribution(policy: ActorCriticPolicy, seen: Tensor) -> Any:
    # The actor's layers alone: what the critic says is heard nowhere else.
    features = policy.extract_features(seen, policy.pi_features_extractor)
    latent = policy.mlp_extractor.forward_actor(cast("Tensor", features))
    return policy._get_action_dist_from_latent(latent)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _value(policy: BasePolicy, seen: Tensor, outputs: Tensor) -> float | None:
    match policy:
        case ActorCriticPolicy():
            return float(policy.predict_values(seen))
        case DQNPolicy():
            return float(outputs.max())
        case SACPolicy() | TD3Policy():
            # A critic of quantiles answers with many numbers for each action.
            found = policy.critic(seen, outputs[None])
            parts = found if isinstance(found, tuple) else (found,)
            return min(float(part.mean()) for part in parts)
        case _:
            return None
