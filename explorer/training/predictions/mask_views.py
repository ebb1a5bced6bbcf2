"""What networks for masks see of an image, and how what they say of views is put back and averaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError
from explorer.augment.masked_input import letterboxed, place
from explorer.augment.network_input import augmenting, checked, scaled
from explorer.augment.observe import between_images
from explorer.augment.pipeline import Pipeline
from explorer.augment.put_back import NotInvertible, WayBack
from explorer.augment.trace import trace
from explorer.data.depth import Decided
from explorer.data.fit import longest
from explorer.data.mask_classes import UNCOUNTED
from explorer.data.prepare import fitted
from explorer.data.sample import Sample, SampleError
from explorer.data.stored import ImageError
from explorer.runs.spec.predict import PredictPlan
from explorer.training.predictions.inputs import Input
from explorer.training.predictions.sources import Source
from explorer.training.stopping import TrainingError

Probabilities = NDArray[np.float32]  # (H, W, C)


@dataclass(frozen=True, eq=False)
class View:
    """What a network sees.

    Attributes:
        pixels: (S, S, 3).
        size: Height and width in px before it was padded.
        way: Where the pixels of the image are in it; None for the image itself.
    """

    pixels: NDArray[Any]
    size: tuple[int, int]
    way: WayBack | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """An image with its views.

    Attributes:
        size: Height and width of the image in px.
        truth: (H, W) classes of the prediction, UNCOUNTED where none counts; None where the mask is not known.
        views: For each input, the image itself and then its views.
    """

    size: tuple[int, int]
    truth: NDArray[np.uint8] | None
    views: list[list[View]]


@dataclass(frozen=True, eq=False)
class MaskDrawer:
    """Draws what the networks see; threads may share it. The arguments are those of `Drawer`, and the classes."""

    source: Source
    plan: PredictPlan
    inputs: Sequence[tuple[Input, Pipeline]]
    classes: tuple[str, ...]

    def draw(self, index: int) -> Drawn | ImageError:
        """Draw an image; or why it cannot be read. Raises TrainingError where a step fails or cannot be put back."""
        samples: dict[Decided | None, Sample] = {}
        try:
            for each, _ in self.inputs:
                if each.depth not in samples:
                    samples[each.depth] = self.source.splits[each.depth].load(index)
            first = next(iter(samples.values()))
            views = [self._views(samples[each.depth], each, pipeline, index) for each, pipeline in self.inputs]
            return Drawn(first.size, self._truth(first), views)
        except ImageError as error:
            return error
        except (cv2.error, MemoryError):
            name = self.source.ids[index]
            return ImageError(f"{name} is too large for the memory. Make it smaller, or remove it.")
        except (AugmentError, SampleError, NotInvertible) as error:
            raise TrainingError(" ".join(f"{self.source.ids[index]}: {error}".split())) from error
        finally:
            between_images()

    def _views(self, sample: Sample, each: Input, pipeline: Pipeline, index: int) -> list[View]:
        image = fitted(Sample(sample.image), longest(each.size))
        found = [View(scaled(letterboxed(image.image, each.size), pipeline), image.size)]
        if self.plan.views is None:
            return found
        views = augmenting(self.plan.views)
        for number in range(self.plan.count):
            traced = trace(image, views, self.plan.seed, number, index)
            pixels = checked(traced.result, views)
            way = WayBack.of(traced, image.size)
            found.append(View(scaled(letterboxed(pixels, each.size), pipeline), pixels.shape[:2], way))
        return found

    def _truth(self, sample: Sample) -> NDArray[np.uint8] | None:
        """The true mask as classes of the prediction."""
        masks = next(iter(self.source.splits.values())).masks
        if masks is None or sample.mask is None:
            return None
        table = np.full(256, UNCOUNTED, np.uint8)
        for index, name in enumerate(masks.classes):
            table[index] = self.classes.index(name)
        return np.asarray(table[masks.target(sample.mask)])


def averaged(views: Sequence[View], probabilities: Sequence[Probabilities]) -> Probabilities:
    """Put the probabilities of views back, and average them with those of the image itself where each was seen.

    Args:
        views: The image itself, then its views.
        probabilities: Of each, (S, S, C).

    Returns:
        (h, w, C), where h and w are the size of the image in the network's input.
    """
    own = inside(probabilities[0], views[0].size)
    if len(views) == 1:
        return own
    total = own.astype(np.float64)
    counts = np.ones(total.shape[:2])
    for view, each in zip(views[1:], probabilities[1:], strict=True):
        assert view.way is not None
        back, seen = view.way.scores(resized(inside(each, view.size), view.size))
        total += back
        counts += seen
    return np.asarray(total / counts[..., None], np.float32)


def inside(probabilities: Probabilities, size: tuple[int, int]) -> Probabilities:
    """Cut the padding away: (S, S, C) -> the part that shows an image of this height and width."""
    top, left, height, width = place(*size, len(probabilities))
    return probabilities[top : top + height, left : left + width]


def resized(probabilities: Probabilities, size: tuple[int, int]) -> Probabilities:
    """Probabilities at another height and width, bilinearly."""
    if probabilities.shape[:2] == size:
        return probabilities
    planes = [_plane(probabilities, channel, size) for channel in range(probabilities.shape[2])]
    return np.stack(planes, axis=2)


def likeliest(probabilities: Probabilities, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The (H, W) likeliest classes at this height and width; one class after the other, for large images."""
    best = _plane(probabilities, 0, size)
    found = np.zeros(size, np.uint8)
    for channel in range(1, probabilities.shape[2]):
        plane = _plane(probabilities, channel, size)
        higher = plane > best
        found[higher] = channel
        np.maximum(best, plane, out=best)
    return found


def _plane(probabilities: Probabilities, channel: int, size: tuple[int, int]) -> NDArray[np.float32]:
    plane = np.ascontiguousarray(probabilities[..., channel], np.float32)
    if plane.shape == size:
        return plane
    return np.asarray(cv2.resize(plane, (size[1], size[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def margins_of(truth: NDArray[np.uint8] | None, mask: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """(C, 3) pixels of a class that are predicted as it, of the class, predicted as the class; 0 without a truth."""
    if truth is None:
        return np.zeros((classes, 3), np.int64)
    counts = truth != UNCOUNTED
    cells = np.bincount(truth[counts].astype(np.int64) * classes + mask[counts], minlength=classes**2)
    cells = cells.reshape(classes, classes)
    return np.stack([np.diagonal(cells), cells.sum(axis=1), cells.sum(axis=0)], axis=1).astype(np.int64)
