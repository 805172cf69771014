"""The fake runner's adapter."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import gymnasium
import numpy as np
from pydantic import ValidationError
from safetensors.numpy import load as load_tensors

from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.runner_api.runner import Actor, Members, RunContext
from gymlab.runners.fake.config import RandomConfig
from gymlab.runners.fake.training import RandomTraining

_ACTION_SPACES = ("Discrete", "Box", "MultiDiscrete", "MultiBinary")
_OBSERVATION_SPACES = (*_ACTION_SPACES, "Dict")


class RandomActor:
    """Plays one fixed action when greedy, random ones otherwise."""

    def __init__(self, action_space: gymnasium.Space[Any], seed: int) -> None:
        """Seed the action space and draw the greedy action."""
        self._space = action_space
        self._space.seed(seed)
        self._greedy: Any = action_space.sample()

    def reset(self) -> None:
        """Take the random actions of the episode from NumPy's own generator."""
        self._space.seed(int(np.random.randint(2**31)))  # noqa: NPY002 - the generator that evaluations seed

    def act(self, observation: Any, *, deterministic: bool) -> Any:  # noqa: ARG002 - part of the interface
        """Return the fixed or a random action."""
        return self._greedy if deterministic else self._space.sample()


class FakeRunner:
    """A complete runner that learns nothing."""

    def describe(self) -> Mapping[str, dict[str, Any]]:
        """Return the JSON Schema of the only algorithm."""
        return {"random": RandomConfig.model_json_schema()}

    def versions(self) -> Mapping[str, str]:
        """Return the versions of what decides the returns."""
        return {"gymnasium": str(gymnasium.__version__), "numpy": np.__version__}

    def problems(self, spec: RunSpec) -> Sequence[str]:
        """Refuse bad hyperparameters and action spaces without a sampler."""
        try:
            RandomConfig.model_validate(spec.hyperparameters)
        except ValidationError as error:
            return [
                f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}."
                for problem in error.errors()
            ]
        env = self.make_env(spec, render_mode=None)
        spaces = (
            ("action", env.action_space, _ACTION_SPACES),
            ("observation", env.observation_space, _OBSERVATION_SPACES),
        )
        env.close()
        return [
            f"{spec.env_id} has a {type(space).__name__} {role} space; needed: {', '.join(allowed)}."
            for role, space, allowed in spaces
            if type(space).__name__ not in allowed
        ]

    def warm_up(self) -> None:
        """Do nothing: there is nothing slow."""

    def train(self, context: RunContext) -> None:
        """Play random actions until the budget is spent."""
        training = RandomTraining(
            context, RandomConfig.model_validate(context.spec.hyperparameters)
        )
        try:
            training.run()
        finally:
            training.close()

    def make_env(
        self, spec: RunSpec, *, render_mode: Literal["rgb_array"] | None
    ) -> gymnasium.Env[Any, Any]:
        """Make one environment without wrappers."""
        return compose_env(spec, render_mode=render_mode)

    def load_actor(self, spec: RunSpec, members: Members) -> Actor:
        """Rebuild the actor from its seed."""
        seed = int(load_tensors(bytes(members["policy.safetensors"]))["seed"][0])
        env = self.make_env(spec, render_mode=None)
        space = env.action_space
        env.close()
        return RandomActor(space, seed)


RUNNER = FakeRunner()
