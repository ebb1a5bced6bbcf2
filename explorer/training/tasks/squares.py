"""What tasks share whose network sees the middle square of an image and answers about the whole image."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.augment.network_input import training_image, validation_image
from explorer.data.fit import Fit, square
from explorer.data.sample import Sample
from explorer.runs.record.reasons import reason
from explorer.runs.spec.config import RunConfig
from explorer.training.stopping import TrainingError


def fit(config: RunConfig) -> Fit:
    """The size of validation images: the middle square at the size of the network's input."""
    return square(config.image_size)


def pixels(sample: Sample, config: RunConfig, epoch: int | None, index: int) -> NDArray[Any]:
    """(S, S, 3) pixels for the network: of an epoch, or without augmentation where that is None."""
    if epoch is None:
        return validation_image(sample, config.pipeline)
    return training_image(sample, config.pipeline, config.seed, epoch, index, config.image_size)


def check_finite(logits: NDArray[np.float32]) -> None:
    """Raise TrainingError if (N, C) logits are nan or infinite."""
    broken = int((~np.isfinite(logits)).any(axis=1).sum())
    if broken:
        raise TrainingError(reason("outputs_not_finite", broken=broken, images=len(logits)))
