"""What a pipeline does to masks that a network learns: blended values, corners of a class, views of one class only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.catalog import catalog
from explorer.augment.masked_input import training_pair, validation_pair
from explorer.augment.pipeline import Group, Nodes, Pipeline, Step, is_on
from explorer.data.mask_classes import UNCOUNTED, MaskClasses
from explorer.data.sample import Sample

_PARAMETER = "mask_interpolation"
_NEAREST = frozenset({cv2.INTER_NEAREST, cv2.INTER_NEAREST_EXACT})
_WORTH_A_WORD = 0.1  # by which the share of views of one class grows before a caution is worth reading


def blending(pipeline: Pipeline) -> tuple[Step, ...]:
    """The steps that may fire and that interpolate masks, so that borders get values of other classes.

    A rule of the whole pipeline replaces what its steps say.
    """
    rule = pipeline.targets.mask_interpolation
    everywhere = None if rule is None else getattr(cv2, rule) not in _NEAREST
    return tuple(step for step in _firing(pipeline.nodes) if _blends(step, everywhere))


def _blends(step: Step, everywhere: bool | None) -> bool:
    parameter = catalog()[step.transform].parameters.get(_PARAMETER)
    if parameter is None:
        return False
    return step.params.get(_PARAMETER, parameter.default) not in _NEAREST if everywhere is None else everywhere


def _firing(nodes: Nodes) -> list[Step]:
    found: list[Step] = []
    for node in nodes:
        if not is_on(node) or node.p == 0:
            continue
        found += _firing(node.children) if isinstance(node, Group) else [node]
    return found


def blending_words(pipeline: Pipeline) -> str:
    """A caution that names the steps that interpolate masks; "" where none does."""
    names = list(dict.fromkeys(step.transform for step in blending(pipeline)))
    if not names:
        return ""
    verb = "interpolates" if len(names) == 1 else "interpolate"
    return (
        f"{', '.join(names)} {verb} masks: between two classes, borders get the number of a third class. "
        "Set mask_interpolation to INTER_NEAREST."
    )


def filling_words(pipeline: Pipeline, masks: MaskClasses) -> str:
    """A caution that names the steps that fill what is outside of the image with a class; "" where none does.

    A background is meant to be there, so that filling with it is no mistake.
    """
    filled: dict[int, list[str]] = {}
    for step in _firing(pipeline.nodes):
        value = _fills(step)
        if value is not None and value in masks.values and not _is_called_background(masks.names[value]):
            filled.setdefault(value, []).append(step.transform)
    return " ".join(_filled(list(dict.fromkeys(names)), value, masks.names[value]) for value, names in filled.items())


def _filled(names: list[str], value: int, called: str) -> str:
    verb = "fills" if len(names) == 1 else "fill"
    return (
        f"{', '.join(names)} {verb} what lies outside of the image with the mask value {value}, so that empty corners "
        f"are learned as {called}. Set fill_mask to 255, which never counts."
    )


def _is_called_background(name: str) -> bool:
    return name.strip("_ ").lower() == "background"


def _fills(step: Step) -> int | None:
    """The mask value with which a step fills what is outside of the image; None where it fills nothing."""
    parameters = catalog()[step.transform].parameters

    def value(name: str) -> Any:
        return step.params.get(name, parameters[name].default) if name in parameters else None

    fill = value("fill_mask")
    constant = value("border_mode") == cv2.BORDER_CONSTANT
    unpadded = value("pad_if_needed") is False or value("crop_border") is True
    return int(fill) if constant and not unpadded and isinstance(fill, int | float) else None


@dataclass(frozen=True)
class OneClass:
    """How often a network sees images whose mask has one class only.

    Attributes:
        images: how many training images were looked at.
        views: how many views of them.
        augmented: the share of views whose mask has at most one class, 0 to 1.
        whole: the same share of the images without augmentation.
        alone: the class that most of the views of one class show, "" where there are none.
    """

    images: int
    views: int
    augmented: float
    whole: float
    alone: str = ""

    @property
    def words(self) -> str:
        """A caution, "" where the pipeline hardly changes the share."""
        if self.augmented - self.whole < _WORTH_A_WORD:
            return ""
        return (
            f"{self.augmented:.0%} of {self.views:,} views of training images show one class only, mostly "
            f"{self.alone}, against {self.whole:.0%} of the whole images. Make crops larger, or use one that keeps "
            "masks in view, such as CropNonEmptyMaskIfExists."
        )


def one_class(
    samples: Sequence[Sample], masks: MaskClasses, pipeline: Pipeline, *, seed: int, size: int, views: int = 4
) -> OneClass:
    """Measure how often the views that a network gets show one class only.

    Args:
        samples: some training samples with masks, as augmentation gets them; at least one.
        masks: what the values of their masks mean.
        pipeline: the pipeline of training.
        seed: of the run.
        size: side of the network's input in px.
        views: of each sample, in the epochs from 0 on.

    Raises:
        AugmentError: a step fails.
    """
    whole = np.array([_counts(validation_pair(sample, pipeline, size)[1], masks) for sample in samples])
    seen = np.array(
        [
            _counts(training_pair(sample, pipeline, seed, epoch, index, size)[1], masks)
            for index, sample in enumerate(samples)
            for epoch in range(views)
        ]
    )
    alone = seen[_of_one_class(seen)] > 0
    name = masks.classes[int(alone.sum(axis=0).argmax())] if alone.any() else ""
    return OneClass(
        len(samples), len(seen), float(_of_one_class(seen).mean()), float(_of_one_class(whole).mean()), name
    )


def _of_one_class(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray((counts > 0).sum(axis=1) <= 1)


def _counts(mask: NDArray[np.uint8], masks: MaskClasses) -> NDArray[np.int64]:
    """(C,) counted pixels of each class."""
    found = np.bincount(masks.target(mask).reshape(-1), minlength=UNCOUNTED + 1)
    return found[: len(masks.classes)].astype(np.int64)
