"""One class for each pixel: targets and predictions are (N, S, S) int64 class indices; `UNCOUNTED` counts nowhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.augment.masked_input import letterboxed_mask, sliding_pair, training_pair, validation_pair
from explorer.augment.mixing import Mix
from explorer.data.dataset import Split
from explorer.data.fit import Fit, longest
from explorer.data.sample import Sample
from explorer.metrics.scores import bins_for
from explorer.metrics.table import Evaluation, measure
from explorer.runs.record.budget import keeps_cells
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.pixels import PixelCounts
from explorer.runs.record.reasons import reason
from explorer.runs.spec.config import RunConfig
from explorer.training import pixel_losses
from explorer.training.losses import Objective
from explorer.training.mask_pictures import MaskPictures, joined
from explorer.training.mixing import pasted
from explorer.training.pixel_counts import borders_of, cells_of, scores_of
from explorer.training.sliding import sliding
from explorer.training.stopping import TrainingError
from explorer.training.tasks.task import Task, Validation, at_once


def _fit(config: RunConfig) -> Fit | None:
    return config.kept if _slides(config) else longest(config.image_size)


def _slides(config: RunConfig) -> bool:
    return config.evaluation == "sliding"


def _outputs(config: RunConfig, network: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    if _slides(config):
        # As many windows as a training batch has images: then they fit into the memory.
        return sliding(network, images, config.image_size, config.batch_size)
    return at_once(config, network, images)


def _together(config: RunConfig) -> int | None:
    return 1 if _slides(config) else None  # each image has a size of its own


def _item(
    sample: Sample, split: Split, config: RunConfig, epoch: int | None, index: int
) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    assert split.masks is not None
    if epoch is None:
        view = sliding_pair if _slides(config) else validation_pair
        pixels, mask = view(sample, config.pipeline, config.image_size)
    else:
        pixels, mask = training_pair(sample, config.pipeline, config.seed, epoch, index, config.image_size)
    return pixels, split.masks.target(mask)


def _stacked(masks: Sequence[NDArray[np.uint8]]) -> Tensor:
    return torch.from_numpy(np.stack(masks)).long()


def count(targets: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """(C, C) int64 counts of the pixels of a batch."""
    return cells_of(targets, predicted, classes).sum(dim=0)


def margins_of(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, C, 3) pixels of each class that are predicted as it, of the class, predicted as it, from (N, C, C) cells."""
    return np.stack([np.diagonal(cells, axis1=1, axis2=2), cells.sum(axis=2), cells.sum(axis=1)], axis=2)


@dataclass(frozen=True, eq=False)
class _Part:
    """What one judge has found: counts of each image by its place, and sums over its images.

    Attributes:
        confusion: (C, C) int64.
        margins, borders: (C, 3) and (C, 4) int64 of each image.
        cells: (C, C) int32 of each image; None where those of this judge alone are too many to be kept.
        scores: (2, C, B) int64.
        loss: The sum of the mean loss of each image.
        broken: Images whose outputs are not finite.
        masks: The part of the predicted masks.
    """

    confusion: NDArray[np.int64]
    margins: dict[int, NDArray[np.int64]]
    borders: dict[int, NDArray[np.int64]]
    cells: dict[int, NDArray[np.int32]] | None
    scores: NDArray[np.int64]
    loss: float
    broken: int
    masks: Any


class _Judge:
    """Counts the pixels of each image as its batch comes: the outputs of all images would not fit into memory."""

    def __init__(self, objective: Objective, config: RunConfig) -> None:
        self._window = config.image_size if _slides(config) else None
        self._objective, self._epochs = objective, config.epochs
        self._classes = objective.num_outputs
        self._confusion = np.zeros((self._classes, self._classes), np.int64)
        self._margins: dict[int, NDArray[np.int64]] = {}
        self._cells: dict[int, NDArray[np.int32]] | None = {}
        self._borders: dict[int, NDArray[np.int64]] = {}
        self._scores: Tensor | None = None
        self._pictures = MaskPictures()
        self._loss, self._broken = 0.0, 0

    def add(self, outputs: Tensor, targets: Tensor, places: Tensor) -> None:
        """Take in a batch of (N, C, H, W) outputs and (N, H, W) targets, which are squares unless windows slide."""
        # A sum is finite only where all of its parts are.
        self._broken += int((~torch.isfinite(outputs.sum(dim=(1, 2, 3)))).sum())
        self._loss += float(self._objective.loss(outputs, targets)) * len(outputs)
        predicted = self._objective.predict(outputs)
        self._pictures.add(self._squares(predicted), places)
        scores = scores_of(outputs, targets)
        self._scores = scores if self._scores is None else self._scores + scores
        where = places.tolist()
        borders = borders_of(targets, predicted, self._classes).cpu().numpy()
        self._borders.update(zip(where, borders, strict=True))
        self._keep(where, cells_of(targets, predicted, self._classes).cpu().numpy())

    def _keep(self, where: Sequence[int], cells: NDArray[np.int64]) -> None:
        """Add (N, C, C) cells of images to the whole, and keep each while all of them fit into what an epoch keeps."""
        self._confusion += cells.sum(axis=0)
        self._margins.update(zip(where, margins_of(cells), strict=True))
        if not keeps_cells(len(self._margins), self._classes, self._epochs):
            self._cells = None
        if self._cells is not None:
            self._cells.update(zip(where, cells.astype(np.int32), strict=True))

    def _squares(self, predicted: Tensor) -> Tensor:
        """(N, S, S) predicted classes to be looked at, in the square in which pages show the image."""
        if self._window is None:
            return predicted
        masks = predicted.cpu().numpy().astype(np.uint8)
        return torch.from_numpy(np.stack([letterboxed_mask(mask, self._window) for mask in masks])).long()

    @property
    def part(self) -> Any:
        """What it has found, as a `_Part`."""
        none = np.zeros((2, self._classes, bins_for(self._classes)), np.int64)
        scores = none if self._scores is None else self._scores.cpu().numpy()
        return _Part(
            self._confusion, self._margins, self._borders, self._cells, scores, self._loss, self._broken,
            self._pictures.part,
        )  # fmt: skip

    def finish(self, parts: Sequence[_Part]) -> Validation:
        """Put the counts together in the order of the split."""
        margins = {place: counts for part in parts for place, counts in part.margins.items()}
        borders = {place: counts for part in parts for place, counts in part.borders.items()}
        images, broken = len(margins), sum(part.broken for part in parts)
        if broken:
            raise TrainingError(reason("outputs_not_finite", broken=broken, images=images))
        order = sorted(margins)
        pixels = PixelCounts(
            np.stack([margins[place] for place in order]),
            self._cells_of(parts, order),
            np.stack([borders[place] for place in order]),
        )
        positives, negatives = np.sum([part.scores for part in parts], axis=0)
        record = EpochRecord(np.sum([part.confusion for part in parts], axis=0), positives, negatives, pixels=pixels)
        loss = sum(part.loss for part in parts) / images
        unknown = (None,) * self._classes  # no metric of scores is listed for masks
        evaluation = Evaluation(record.confusion, unknown, loss, task="segmentation", pixels=pixels.margins)
        return Validation(record, measure(evaluation).values, joined(part.masks for part in parts))

    def _cells_of(self, parts: Sequence[_Part], order: Sequence[int]) -> NDArray[np.int64] | None:
        """(N, C, C) cells of the images of all parts, if they are kept."""
        if not keeps_cells(len(order), self._classes, self._epochs):
            return None
        cells = {place: counts for part in parts for place, counts in (part.cells or {}).items()}
        return np.stack([cells[place] for place in order]).astype(np.int64)


def _mixed_loss(objective: Objective, outputs: Tensor, masks: Tensor, mix: Mix) -> Tensor:
    """The loss against masks that were cut and pasted with their images."""
    return objective.loss(outputs, pasted(masks, mix))


def _has_scores(labels: NDArray[np.int64]) -> bool:
    return len(labels) > 0


SEGMENTATION = Task(
    name="segmentation",
    fit=_fit,
    item=_item,
    stack=_stacked,
    objective=pixel_losses.objective,
    mixed_loss=_mixed_loss,
    count=count,
    judge=_Judge,
    has_scores=_has_scores,
    outputs=_outputs,
    together=_together,
)
