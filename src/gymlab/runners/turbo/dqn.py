"""Deep Q-networks: acting and remembering in NumPy, gradient steps in compiled programs.

Mnih et al. 2015, doi:10.1038/nature14236. The mathematics is in `dqn_update.py`.

N environments, B transitions of a minibatch, A actions.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import numpy as np
from gymnasium import spaces

from gymlab.agents.action_values import ActionValues, exploration_rate
from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.default_networks import ACTION_VALUE_DEFAULTS, chosen_network
from gymlab.domain.network_shapes import Shape, report_network
from gymlab.domain.networks import NetworkSpec
from gymlab.runner_api.runner import Members, RunContext
from gymlab.runners.turbo.adam import AdamSettings
from gymlab.runners.turbo.agent import Array, Tensors
from gymlab.runners.turbo.dqn_update import NUM_MEASURED, ValueModel, ValuesMoved, program_of
from gymlab.runners.turbo.kernels.dqn_kernel import DqnKernel
from gymlab.runners.turbo.layers import PlainNetwork, is_plain, multiplications, place
from gymlab.runners.turbo.remembering import RememberingAgent
from gymlab.runners.turbo.stepping import Stepper
from gymlab.runners.turbo.xla import jax

_OPERATIONS_OF_A_CALL = 8e9
"""Floating-point operations after which a pause or a stop is looked for: some tenths of a second."""
_OPERATIONS_PER_MULTIPLICATION = 8
"""The target network's, then one multiplication and addition forwards, two backwards."""
_MOST_ROWS_OF_A_CALL = 16_384
_MOST_DRAWN = 256
"""Timesteps for which is drawn ahead."""


class Dqn(RememberingAgent):
    """Acts epsilon-greedily, remembers, and learns from what it remembers."""

    def __init__(self, config: DqnConfig, stepper: Stepper, context: RunContext) -> None:
        """Build networks, optimizer and memory."""
        space = cast("spaces.Discrete[Any]", stepper.action_space)
        self._num_actions, self._first_action = int(space.n), int(space.start)
        encoder = stepper.encoder
        spec = chosen_network(config.network, ACTION_VALUE_DEFAULTS, encoder.shape)
        module = ActionValues(spec, encoder.shape, self._num_actions, dueling=config.dueling)
        actions = np.zeros(stepper.num_envs, np.int32)
        most = _minibatches_per_call(spec, encoder.shape, self._num_actions, config.batch_size)
        super().__init__(config, stepper, module, context, actions, most)
        self.config = config
        model = ValueModel(self.layout, place(spec.layers, "trunk"), config.dueling)
        self.program = program_of(model, double=config.double_q)
        self._improve: Callable[..., ValuesMoved] = self.program.improve
        self._plain: PlainNetwork | None = None
        is_vector = not encoder.is_bytes and len(encoder.shape) == 1
        if is_vector and is_plain(spec.layers) and not config.dueling:
            self._plain = PlainNetwork(model.layers, "q")
            steps = DqnKernel(model, config.batch_size, double=config.double_q)
            self._improve = steps.improve
        self._draws: Iterator[tuple[Array, Array]] = iter(())
        self._target: Any = jax.numpy.array(self.weights)
        self._steps = 0
        self._target_updates = 0
        """Updates of the target network that are due: it is looked at while learning only."""
        self._interval = max(config.target_update_interval // self.num_envs, 1)
        self.weights_changed()

    # ---- acting

    def weights_changed(self) -> None:
        """Act with the weights as they are now."""
        if self._plain is not None:
            self._plain.load(self.layout.split(self.weights))

    def act(self, observations: Array) -> Array:
        """Return actions (N,): random with probability epsilon, else the most valued."""
        drawn, chances = next(self._draws)
        if self.timestep < self.learning_starts:
            return drawn
        is_greedy = chances >= exploration_rate(self.config, self.progress)
        if not np.count_nonzero(is_greedy):
            return drawn
        seen = self.normaliser.scaled(observations)
        if self._plain is not None:
            values = self._plain(seen)
        else:
            values = np.asarray(self.program.values(self.adam.weights, seen))
        np.copyto(drawn, values.argmax(1), where=is_greedy, casting="same_kind")
        return drawn

    def _draw_ahead(self) -> Iterator[tuple[Array, Array]]:
        """Yield random actions (N,) and chances (N,) of each timestep up to the next update.

        Drawn for many timesteps at once: a call takes longer than a number.
        """
        generator, left = self.generator, self.config.train_freq
        while left > 0:
            shape = min(left, _MOST_DRAWN), self.num_envs
            drawn = generator.integers(0, self._num_actions, shape, np.int32)
            yield from zip(drawn, generator.random(shape), strict=True)
            left -= shape[0]

    def for_environments(self, actions: Array) -> Array:
        """Return whole numbers from the first action on."""
        return actions + self._first_action if self._first_action else actions

    def stepped(self) -> None:
        """Count towards the next update of the target network."""
        self._steps += 1
        if self._steps % self._interval == 0:
            self._target_updates += 1

    def collect(self) -> None:
        """Take train_freq timesteps in every environment, then move the target network."""
        self._draws = self._draw_ahead()
        super().collect()
        self._update_target()

    # ---- learning

    def improve(self, updates: int) -> None:
        """Take gradient steps."""
        config = self.config
        settings = AdamSettings(
            learning_rate=self.current_learning_rate,
            eps=config.optimizer_eps,
            weight_decay=config.weight_decay,
            max_grad_norm=config.max_grad_norm,
        )
        measured = np.zeros(NUM_MEASURED)
        for _, count, drawn in self.calls(updates):
            moved = self._improve(self.adam, self._target, drawn, count, settings)
            self.adam = moved.state
            measured += np.asarray(moved.measured)
        loss, value, norm = (measured / updates).tolist()
        self.metrics = {
            "loss/q": loss,
            "value/q_mean": value,
            "optim/gradient_norm": norm,
            "optim/learning_rate": settings.learning_rate,
            "policy/exploration_rate": exploration_rate(config, self.progress),
        }

    def _update_target(self) -> None:
        """Move the target network as often as was due while the weights rested.

        k moves by a share tau towards weights that rest are one move by 1 - (1 - tau)^k.
        """
        count, self._target_updates = self._target_updates, 0
        if not count:
            return
        share = 1.0 - (1.0 - self.config.tau) ** count
        target, weights = np.array(self._target), self.weights
        self._target = jax.numpy.array((target + share * (weights - target)).astype(np.float32))

    # ---- saving

    def begin_with(self, members: Members) -> None:
        """Begin with another run's values, in the target network too."""
        super().begin_with(members)
        self._target = jax.numpy.array(self.weights)

    def own_state(self) -> tuple[dict[str, Any], Tensors]:
        """Return counters, the target network and the timesteps that wait."""
        data, tensors = super().own_state()
        return {**data, "steps": self._steps}, {**tensors, "target": np.array(self._target)}

    def load_own_state(self, data: Mapping[str, Any], tensors: Tensors) -> None:
        """Continue with them."""
        super().load_own_state(data, tensors)
        self._steps = int(data["steps"])
        self._target = jax.numpy.array(tensors["target"])
        self._target_updates = 0


def _minibatches_per_call(
    spec: NetworkSpec, observation: Shape, num_actions: int, batch_size: int
) -> int:
    report = report_network(spec, observation, {"q": num_actions})
    shapes = [item.shape or () for item in report.layers]
    multiplied = max(1, multiplications(spec.layers, shapes, observation))
    operations = _OPERATIONS_PER_MULTIPLICATION * multiplied * batch_size
    return max(1, min(int(_OPERATIONS_OF_A_CALL / operations), _MOST_ROWS_OF_A_CALL // batch_size))
