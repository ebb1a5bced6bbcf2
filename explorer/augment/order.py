"""The order in which an epoch sees its images: a page that shows a batch asks the same question as training."""

import numpy as np


def permutation(seed: int, epoch: int, size: int) -> list[int]:
    """The order in which an epoch, from 0, sees the `size` training images."""
    order: list[int] = np.random.default_rng([seed, epoch, size]).permutation(size).tolist()
    return order
