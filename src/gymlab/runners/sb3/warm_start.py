"""Beginning a new run with another run's policy."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any, cast

import torch
from stable_baselines3.common.base_class import BaseAlgorithm

from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import Members
from gymlab.runners.sb3.weights import NORMALISATION_FILE, load_normalisation, load_policy


def begin_with_policy(model: BaseAlgorithm, members: Members) -> None:
    """Put another run's weights and normalisation in; everything else stays as it begins.

    Target networks are part of the policy and come along; optimizers, the entropy coefficient,
    the replay buffer and the schedules are the new run's own.

    Raises:
        TrainingFailedError: The files are missing, damaged or belong to another network.
    """
    load_policy(model.policy, members)
    if hasattr(model, "weights"):
        # Random search perturbs a copy of the parameters.
        vector = torch.nn.utils.parameters_to_vector(model.policy.parameters())
        cast("Any", model).weights = vector.detach().clone()
    normalise = model.get_vec_normalize_env()
    if normalise is None:
        return
    if NORMALISATION_FILE not in members:
        raise TrainingFailedError(
            "The checkpoint's policy was trained without normalisation.",
            hint="Switch `normalize` off, as in the run that it comes from.",
        )
    try:
        load_normalisation(normalise, members)
    except KeyError as error:
        raise TrainingFailedError(
            f"The checkpoint's normalisation lacks {error}.",
            hint="Choose `norm_obs` as in the run that it comes from.",
        ) from error
