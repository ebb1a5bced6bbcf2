"""How often each class occurs in the training images, which the weights of classes are made of."""

from collections.abc import Callable, Sequence

import numpy as np

from explorer.data.dataset import Split
from explorer.data.sample import Sample
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.training.losses import ClassCounts


def counts_of(
    config: RunConfig,
    split: Split,
    classes: Sequence[str],
    sample: Callable[[int], Sample],
    *,
    is_whole: bool = True,
) -> ClassCounts:
    """(C,) training images of each class, or pixels of each class in their masks.

    Where images can have several labels, (L, 2) images without each label, and with it.

    Pixels are those of masks at the size at which images are kept. The masks are read one after the other, and only for
    weights that need their numbers; without such weights they are 0.

    Args:
        config: of the run.
        split: its training images.
        classes: their names.
        sample: gives the sample at an index, at the size at which images are kept.
        is_whole: whether these are all training images. Among a few, a class without pixels counts as one pixel.

    Raises:
        ConfigError: weights by the share of a class are asked for, and a class has no pixels.
    """
    if split.labels.ndim == 2:
        return split.with_and_without()
    if split.masks is None:
        return split.counts(len(classes))
    found = np.zeros(len(classes), np.int64)
    if config.class_weights != "balanced":
        return found
    for index in range(len(split)):
        mask = sample(index).mask
        assert mask is not None
        found += np.bincount(split.masks.target(mask).reshape(-1), minlength=256)[: len(classes)]
    if not is_whole:
        return np.maximum(found, 1)
    if not found.all():
        without = ", ".join(name for name, count in zip(classes, found, strict=True) if not count)
        raise ConfigError(
            {
                "class_weights": f"No training mask has pixels of {without}: weights by the share of a class are not "
                "defined. Give weights as numbers, or have such values ignored."
            }
        )
    return found
